import type { FunctionEntry } from '../functions/manifest.ts';
import { openApi, openGateway, openTakingDoors, openWorkerPort } from './daemon-doors.ts';
import { NO_METRICS } from './door-metrics.ts';
import type { Drained } from './drain.ts';
import type { DaemonOptions, DaemonRole, Host } from './host.ts';
import { createInFlight } from './in-flight.ts';
import { takeLock } from './lock.ts';
import { within } from './within.ts';
import { createWorkerMetrics } from './worker-metrics.ts';
import type { HostStatus } from './worker-port.ts';

export interface Daemon {
  readonly url: string | undefined;
  readonly workerUrl: string | undefined;
  readonly gatewayUrl: string | undefined;
  /** Takes nothing more, waits for what is under way, closes the doors. The ports stay their owner's to close. */
  stop(): Promise<Drained>;
}

const GRACE_MS = 30_000;

/** Hosts the functions of the manifest. Throws a StartFault when a person can mend what stands in the way. */
export const startDaemon = async (options: DaemonOptions): Promise<Daemon> => {
  const { settings, ports, role } = options;
  const lock = await takeLock(settings.dataDir);
  const inFlight = createInFlight();
  const startedAt = new Date(ports.runtime.clock.now()).toISOString();
  const life = { status: 'starting' as HostStatus['status'] };
  const status = (): HostStatus => ({ status: life.status, role, startedAt, inFlight: inFlight.count });
  const metrics = role === 'api' ? undefined : await createWorkerMetrics(ports.queue);
  const host: Host = { inFlight, taking: [], listeners: {}, status, metrics };
  const close = async (): Promise<void> => {
    cutListeners(host);
    metrics?.close();
    await lock.release();
  };
  try {
    // The lock says that no other worker of this folder is alive.
    await ports.takeOver();
    const { url, workerUrl, gatewayUrl } = await openDoors(options, host);
    await lock.publish({
      pid: process.pid,
      role,
      startedAt,
      ...(url && { url }),
      ...(workerUrl && { workerUrl }),
      ...(gatewayUrl && { gatewayUrl }),
    });
    life.status = 'ok';
    ports.runtime.log.info('daemon_started', { role, url, workerUrl, gatewayUrl });
    const stop = async (): Promise<Drained> => {
      life.status = 'draining';
      const left = await drain(host, options.graceMs ?? GRACE_MS);
      await close();
      ports.runtime.log.info('daemon_stopped', { left });
      return { left };
    };
    return { url, workerUrl, gatewayUrl, stop: once(stop) };
  } catch (fault) {
    await close();
    throw fault;
  }
};

const openDoors = async (options: DaemonOptions, host: Host) => {
  const { ports, role, manifest } = options;
  const deps = { runtime: ports.runtime, metrics: host.metrics ?? NO_METRICS, inFlight: host.inFlight };
  const hosted = manifest.filter((entry) => hasDoors(entry, role));
  // A build that cannot be loaded must fail here and now, not wear out every message of its queue.
  await Promise.all(hosted.map((entry) => entry.load()));
  const url = role === 'worker' ? undefined : await openApi(options, hosted, deps, host);
  const gatewayUrl = role === 'worker' ? undefined : await openGateway(options, hosted, deps, host);
  const workerUrl = host.metrics && (await openWorkerPort(options, host.metrics, host));
  if (role !== 'api') {
    for (const entry of hosted) host.taking.push(...openTakingDoors(entry, options, deps));
  }
  return { url, workerUrl, gatewayUrl };
};

const hasDoors = (entry: FunctionEntry, role: DaemonRole): boolean => {
  const takesWork = entry.queues !== undefined || entry.schedule !== undefined;
  return (role !== 'worker' && entry.http !== undefined) || (role !== 'api' && takesWork);
};

/** The work that did not end in time. The worker port answers all the while: a monitor can tell draining from dead. */
const drain = async ({ listeners, taking, inFlight }: Host, graceMs: number): Promise<number> => {
  listeners.api?.stopListening();
  listeners.gateway?.stopListening();
  const quiet = Promise.all(taking.map((door) => door.stop())).then(() => inFlight.idle());
  await within(graceMs, quiet, () => new Error('the grace is over')).catch(() => {});
  return inFlight.count;
};

const cutListeners = ({ listeners }: Host): void => {
  for (const door of [listeners.api, listeners.gateway, listeners.worker]) {
    door?.stopListening();
    door?.cut();
  }
};

const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let begun: Promise<T> | undefined;
  return () => {
    begun ??= work();
    return begun;
  };
};
