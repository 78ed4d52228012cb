import { createLog } from '../adapters/log/pino-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { newId } from '../adapters/system/ids.ts';
import type { Settings } from '../config/load.ts';
import type { TransportName } from '../domain/automation.ts';
import { TankError } from '../domain/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { openIdentity } from './identity.ts';
import { once, oncePer } from './once.ts';
import type { AppOptions } from './options.ts';
import { openQueue } from './queue.ts';
import { openSources } from './sources.ts';
import { openStore } from './store.ts';
import { openTransport } from './transports.ts';

/** Settings in, ports out: the only place that constructs adapters, each when it is first asked for. */
export const createPorts = (settings: Settings, options: AppOptions): Ports => {
  const runtime = createRuntime(settings, options);
  const opened = once(() => openStore(settings, options.sqlite));
  const store = async () => (await opened()).database;
  const dialect = async () => (await opened()).dialect;
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

  const vault = once(async () =>
    (await import('../adapters/vault/envelope-vault.ts')).createEnvelopeVault({
      secrets,
      dataKeys,
      clock: runtime.clock,
    }),
  );

  return {
    runtime,
    limits: settings,
    access: settings.access,
    ...openIdentity({
      settings,
      runtime,
      store,
      dialect,
      secrets,
      vault,
      auditFolder: options.logTo === 'stdout' ? undefined : settings.dataDir,
    }),
    vault,
    secrets,
    transport,
    queue: once(() => openQueue(settings, options.sqlite, runtime)),
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
    events: once(async () => (await import('../adapters/sql/events.ts')).createSqlEvents(await store())),
    pace: once(async () =>
      (await import('../adapters/sql/pace.ts')).createSqlPace(
        await store(),
        await dialect(),
        allowedRate(settings, transport),
      ),
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
