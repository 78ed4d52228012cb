import { createLog } from '../adapters/log/pino-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { newId } from '../adapters/system/ids.ts';
import type { Settings } from '../config/load.ts';
import type { TransportName } from '../domain/automation.ts';
import { TankError } from '../domain/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { once, oncePer } from './once.ts';
import type { AppOptions } from './options.ts';
import { paceLimits } from './pace-limits.ts';
import { openSources } from './sources.ts';
import { openOwnSqlite, openStore, QUEUE_FILE } from './store.ts';
import { openTransport } from './transports.ts';

/** Settings in, ports out: the only place that constructs adapters, each when it is first asked for. */
export const createPorts = (settings: Settings, options: AppOptions): Ports => {
  const runtime = createRuntime(settings, options);
  const store = once(() => openStore(settings, options.sqlite));
  const dialect = once(async () => (await import('../adapters/sql/dialects/sqlite.ts')).sqliteDialect);
  const dataKeys = once(async () =>
    (await import('../adapters/sql/data-keys.ts')).createSqlDataKeys(await store()),
  );

  const secrets = once(async () => {
    const { createEmbeddedSecrets } = await import('../adapters/secrets/env.ts');
    return createEmbeddedSecrets({
      dataDir: settings.dataDir,
      ...(settings.masterKey ? { masterKey: settings.masterKey } : {}),
      isAnythingEncrypted: async () => (await (await dataKeys()).count()) > 0,
    });
  });

  const transports = oncePer((name) => openTransport(name as TransportName, settings, runtime));
  const transport: Ports['transport'] = (name) => transports(name ?? settings.transport);
  const { clock } = runtime;
  const paces = oncePer(async (name) => {
    const { createSqlPace } = await import('../adapters/sql/pace.ts');
    const limits = paceLimits(settings, () => transports(name));
    const parts = { database: await store(), dialect: await dialect(), clock, limits };
    return createSqlPace(parts, name as TransportName);
  });
  const breakers = oncePer(async (name) => {
    const { createSqlBreaker } = await import('../adapters/sql/breaker.ts');
    const parts = { database: await store(), dialect: await dialect() };
    return createSqlBreaker(parts, clock, name as TransportName, settings.callTimeoutMs + PROBE_MARGIN_MS);
  });

  return {
    runtime,
    limits: settings,
    secrets,
    transport,
    queue: once(async () => {
      const { openEmbeddedQueue } = await import('../adapters/embedded/queue.ts');
      return openEmbeddedQueue({
        database: await openOwnSqlite(settings, QUEUE_FILE, options.sqlite),
        runtime,
        maxReceiveCount: () => MAX_RECEIVE_COUNT,
      });
    }),
    ledger: once(async () =>
      (await import('../adapters/sql/ledger/ledger.ts')).createSqlLedger(await store(), await dialect()),
    ),
    automations: once(async () =>
      (await import('../adapters/sql/automations.ts')).createSqlAutomations(
        await store(),
        await dialect(),
        runtime,
      ),
    ),
    suppressions: once(async () =>
      (await import('../adapters/sql/suppressions.ts')).createSqlSuppressions(await store(), await dialect()),
    ),
    accounts: once(async () =>
      (await import('../adapters/sql/accounts.ts')).createSqlAccounts(await store()),
    ),
    events: once(async () => (await import('../adapters/sql/events.ts')).createSqlEvents(await store())),
    pace: (name) => paces(name ?? settings.transport),
    breaker: (name) => breakers(name ?? settings.transport),
    vault: once(async () =>
      (await import('../adapters/vault/envelope-vault.ts')).createEnvelopeVault({
        secrets,
        dataKeys,
        clock: runtime.clock,
      }),
    ),
    passwords: once(async () =>
      (await import('../adapters/identity/scrypt-passwords.ts')).createScryptPasswords(),
    ),
    tokens: once(async () =>
      (await import('../adapters/identity/signed-tokens.ts')).createSignedTokens({ secrets, runtime }),
    ),
    sources: once(async () => openSources(settings, options.sqlite, secrets)),
    attachments: once(async () => {
      if (!settings.fileRoot) throw new TankError('folder_refused', { reason: 'TANK_FILE_ROOT is not set' });
      return (await import('../adapters/files/attachments.ts')).createFileAttachments({
        root: settings.fileRoot,
      });
    }),
  };
};

/** A probe whose caller died is given to another when its answer is so long overdue. */
const PROBE_MARGIN_MS = 10_000;

/** FACTS: at least 5, so that a worker that dies now and then does not look like poison. */
const MAX_RECEIVE_COUNT = 5;

const createRuntime = (settings: Settings, { logTo }: AppOptions): Runtime => ({
  clock: systemClock,
  log: createLog({ level: settings.logLevel, to: logTo, now: systemClock.now }),
  id: () => newId(systemClock.now()),
});
