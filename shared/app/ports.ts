import { createLog } from '../adapters/log/pino-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { newId } from '../adapters/system/ids.ts';
import type { Settings } from '../config/load.ts';
import type { TransportName } from '../domain/automation.ts';
import { evidenceOf } from '../domain/evidence.ts';
import type { Secrets } from '../ports/keys.ts';
import type { HostPorts, Lazy, Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { openAttachments } from './attachments.ts';
import { feedbackPorts } from './feedback.ts';
import { openIdentity } from './identity.ts';
import { once, oncePer } from './once.ts';
import type { AppOptions } from './options.ts';
import { paceLimits } from './pace-limits.ts';
import { openQueue } from './queue.ts';
import { openSecrets, shareSigningKeys } from './secrets.ts';
import { openSources } from './sources.ts';
import { openStore, type Store } from './store.ts';
import { openTransport } from './transports.ts';

/** Settings in, ports out: the only place that constructs adapters, each when it is first asked for. */
export const createPorts = (settings: Settings, options: AppOptions): HostPorts => {
  const runtime = createRuntime(settings, options);
  const opened: Lazy<Store> = once(() => openStore(settings, options.sqlite, () => secrets()));
  const store = async () => (await opened()).database;
  const dialect = async () => (await opened()).dialect;
  const dataKeys = once(async () =>
    (await import('../adapters/sql/data-keys.ts')).createSqlDataKeys(await store()),
  );

  const secrets: Lazy<Secrets> = once(async () => {
    const own = await openSecrets(settings, runtime, async () => (await (await dataKeys()).count()) > 0);
    const isShared = settings.store !== 'sqlite' && settings.secrets === 'files';
    return isShared ? shareSigningKeys(own, sharedSecrets, runtime) : own;
  });
  const sharedSecrets = once(async () => {
    const { createSqlSharedSecrets } = await import('../adapters/sql/shared-secrets.ts');
    return createSqlSharedSecrets({ database: await store(), vault: await vault(), clock: runtime.clock });
  });

  const ledger = once(async () =>
    (await import('../adapters/sql/ledger/ledger.ts')).createSqlLedger(await store(), await dialect()),
  );

  const leases = once(async () =>
    (await import('../adapters/sql/leases.ts')).createSqlLeases(await store(), await dialect(), runtime.id()),
  );

  const messages = once(async () =>
    (await import('../adapters/sql/gateway/messages.ts')).createSqlMessages(await store(), await dialect()),
  );

  const hosted = once(() => openQueue(settings, options.sqlite, runtime));
  const queue = async () => (await hosted()).queue;

  const transports = oncePer((name) => openTransport(name as TransportName, settings, runtime));
  const attachments = openAttachments(settings);
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

  const vault = once(async () =>
    (await import('../adapters/vault/envelope-vault.ts')).createEnvelopeVault({
      secrets,
      dataKeys,
      clock: runtime.clock,
    }),
  );

  const feedback = feedbackPorts(settings, runtime, store, dialect);
  return {
    runtime,
    limits: settings,
    ...openIdentity({
      settings,
      runtime,
      store,
      dialect,
      secrets,
      vault,
      alerts: feedback.alerts,
      auditFolder: options.logTo === 'stdout' ? undefined : settings.dataDir,
    }),
    vault,
    secrets,
    transport,
    evidence: (name) => evidenceOf(name ?? settings.transport, settings),
    queue,
    ledger,
    leases,
    messages,
    /** Only what one host has to itself: a shared store's leases belong to workers that live elsewhere. */
    takeOver: async () => {
      if (settings.store === 'sqlite') {
        await (await ledger()).endLeases();
        await (await leases()).endAll();
      }
      await (await hosted()).takeOver();
      const { removeUnfinished } = await import('../adapters/outbox/unfinished.ts');
      await removeUnfinished(settings.dataDir);
    },
    automations: once(async () =>
      (await import('../adapters/sql/automations.ts')).createSqlAutomations(
        await store(),
        await dialect(),
        runtime,
      ),
    ),
    schedules: once(async () =>
      (await import('../adapters/sql/schedules.ts')).createSqlSchedules(await store(), await dialect()),
    ),
    calendar: once(async () =>
      (await import('../adapters/sql/calendar.ts')).createSqlCalendar(await store()),
    ),
    organisations: once(async () =>
      (await import('../adapters/sql/organisations.ts')).createSqlOrganisations(await store()),
    ),
    reports: once(async () =>
      (await import('../adapters/sql/reports.ts')).createSqlReports(await store(), await dialect()),
    ),
    ...feedback,
    pace: (name) => paces(name ?? settings.transport),
    breaker: (name) => breakers(name ?? settings.transport),
    sources: once(async () => openSources(settings, options.sqlite, secrets)),
    attachments: async () => attachments,
  };
};

/** A probe whose caller died is given to another when its answer is so long overdue. */
const PROBE_MARGIN_MS = 10_000;

const createRuntime = (settings: Settings, { logTo }: AppOptions): Runtime => ({
  clock: systemClock,
  log: createLog({ level: settings.logLevel, to: logTo, now: systemClock.now }),
  id: () => newId(systemClock.now()),
});
