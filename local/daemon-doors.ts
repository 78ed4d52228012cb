import type { FunctionEntry } from '../functions/manifest.ts';
import type { DaemonOptions, Host } from './host.ts';
import { HTTP_LIMITS } from './http-door/limits.ts';
import { routesOf } from './http-door/routes.ts';
import { createHttpDoor, type HttpDoor } from './http-door.ts';
import { createInvoker, type InvokerDeps } from './invoke.ts';
import { type ListenOptions, listen, toUrl } from './listen.ts';
import { openQueueDoor, type TakingDoor } from './queue-door.ts';
import { openScheduleDoor } from './schedule-door.ts';
import type { WorkerMetrics } from './worker-metrics.ts';
import { createWorkerPort, statusRoutes } from './worker-port.ts';

/** Its address. */
export const openApi = (
  { settings, limits }: DaemonOptions,
  hosted: readonly FunctionEntry[],
  deps: InvokerDeps,
  host: Host,
): Promise<string> => {
  const handlerMs = limits?.handlerMs ?? HTTP_LIMITS.handlerMs;
  const timeoutMs = (entry: FunctionEntry) => Math.min(entry.timeoutSeconds * 1000, handlerMs);
  const door = createHttpDoor({
    routes: routesOf(hosted),
    invokers: new Map(hosted.map((entry) => [entry.name, createInvoker(entry, timeoutMs(entry), deps)])),
    hostRoutes: statusRoutes(host.status),
    origins: settings.access?.origins ?? [],
    ...deps,
    ...(limits && { limits }),
  });
  host.listeners.api = door;
  return openListener(door, { ...settings.http, hostKey: 'TANK_HTTP_HOST', portKey: 'TANK_HTTP_PORT' });
};

export const openWorkerPort = (
  { settings, ports, limits }: DaemonOptions,
  metrics: WorkerMetrics,
  host: Host,
): Promise<string> => {
  const { runtime } = ports;
  const door = createWorkerPort({ status: host.status, metrics, runtime, ...(limits && { limits }) });
  host.listeners.worker = door;
  const keys = { hostKey: 'TANK_WORKER_PORT', portKey: 'TANK_WORKER_PORT' };
  return openListener(door, { host: '127.0.0.1', port: settings.workerPort, ...keys });
};

const openListener = async (door: HttpDoor, where: ListenOptions): Promise<string> =>
  toUrl(where.host, await listen(door.server, where));

/** A daemon extends what it works on, so that the messages of a dead one come back soon; Lambda cannot, and waits longer. */
const EXTENDED_SECONDS = 60;

/** The queues and the schedule of one function. */
export const openTakingDoors = (
  entry: FunctionEntry,
  { settings, ports, queueTimes }: DaemonOptions,
  deps: InvokerDeps,
): TakingDoor[] => {
  const shared = {
    functionName: entry.name,
    invoke: createInvoker(entry, entry.timeoutSeconds * 1000, deps),
    region: settings.awsRegion ?? 'local',
    ...deps,
  };
  const queues = (entry.queues ?? []).map((door) => {
    const concurrency = door.concurrency === 'workers' ? settings.sendWorkers : door.concurrency;
    const times = queueTimes && { times: queueTimes };
    const visibilitySeconds = Math.min(door.visibilitySeconds, EXTENDED_SECONDS);
    return openQueueDoor({
      ...shared,
      door: { ...door, concurrency, visibilitySeconds },
      queue: ports.queue,
      ...times,
    });
  });
  if (!entry.schedule) return queues;
  return [...queues, openScheduleDoor({ ...shared, everyMs: entry.schedule.everySeconds * 1000 })];
};
