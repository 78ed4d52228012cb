import { createLog } from '../adapters/log/pino-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { newId } from '../adapters/system/ids.ts';
import type { Settings } from '../config/load.ts';
import type { TransportName } from '../domain/automation.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { openAttachments } from './attachments.ts';
import { once, oncePer } from './once.ts';
import type { AppOptions } from './options.ts';
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
  const attachments = openAttachments(settings);
  const transport: Ports['transport'] = (name) => transports(name ?? settings.transport);

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
    organisations: once(async () =>
      (await import('../adapters/sql/organisations.ts')).createSqlOrganisations(await store()),
    ),
    reports: once(async () =>
      (await import('../adapters/sql/reports.ts')).createSqlReports(await store(), await dialect()),
    ),
    suppressions: once(async () =>
      (await import('../adapters/sql/suppressions.ts')).createSqlSuppressions(await store(), await dialect()),
    ),
    accounts: once(async () =>
      (await import('../adapters/sql/accounts.ts')).createSqlAccounts(await store()),
    ),
    events: once(async () => (await import('../adapters/sql/events.ts')).createSqlEvents(await store())),
    pace: once(async () =>
      (await import('../adapters/sql/pace.ts')).createSqlPace(
        await store(),
        await dialect(),
        allowedRate(settings, transport),
      ),
    ),
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
    attachments: async () => attachments,
  };
};

/** FACTS: at least 5, so that a worker that dies now and then does not look like poison. */
const MAX_RECEIVE_COUNT = 5;

const createRuntime = (settings: Settings, { logTo }: AppOptions): Runtime => ({
  clock: systemClock,
  log: createLog({ level: settings.logLevel, to: logTo, now: systemClock.now }),
  id: () => newId(systemClock.now()),
});

/** What the settings and the transport allow: the smaller of both, and of the transport 90%. */
const allowedRate =
  (settings: Settings, transport: Ports['transport']) => async (): Promise<number | undefined> => {
    const { ratePerSecond } = await (await transport(undefined)).limits();
    const rates = [settings.sendRate, ratePerSecond && ratePerSecond * SHARE_OF_RATE].filter(
      (rate) => rate !== undefined,
    );
    return rates.length > 0 ? Math.min(...rates) : undefined;
  };

const SHARE_OF_RATE = 0.9;
