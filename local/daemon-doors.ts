import type { FunctionEntry } from '../functions/manifest.ts';
import { crlRoute } from './gateway/crl-route.ts';
import type { DaemonOptions, Host } from './host.ts';
import { HTTP_LIMITS } from './http-door/limits.ts';
import { routesOf } from './http-door/routes.ts';
import { createHttpDoor, type HttpDoor } from './http-door.ts';
import { createInvoker, type Invoke, type InvokerDeps } from './invoke.ts';
import { type ListenOptions, listen, toUrl } from './listen.ts';
import { openQueueDoor, type TakingDoor } from './queue-door.ts';
import { openScheduleDoor } from './schedule-door.ts';
import type { WorkerMetrics } from './worker-metrics.ts';
import { createWorkerPort, statusRoutes } from './worker-port.ts';

/** Its address. */
export const openApi = (
  { settings, limits, gateway }: DaemonOptions,
  hosted: readonly FunctionEntry[],
  deps: InvokerDeps,
  host: Host,
): Promise<string> => {
  const door = createHttpDoor({
    routes: routesOf(hosted, 'people'),
    invokers: invokersOf(hosted, deps, limits),
    hostRoutes: new Map([...statusRoutes(host.status), ...(gateway ? crlRoute(gateway.files.crl) : [])]),
    origins: settings.access?.origins ?? [],
    ...deps,
    ...(limits && { limits }),
  });
  host.listeners.api = door;
  return openListener(door, { ...settings.http, hostKey: 'TANK_HTTP_HOST', portKey: 'TANK_HTTP_PORT' });
};

const invokersOf = (
  hosted: readonly FunctionEntry[],
  deps: InvokerDeps,
  limits: DaemonOptions['limits'],
): ReadonlyMap<string, Invoke> => {
  const handlerMs = limits?.handlerMs ?? HTTP_LIMITS.handlerMs;
  const timeoutMs = (entry: FunctionEntry) => Math.min(entry.timeoutSeconds * 1000, handlerMs);
  return new Map(hosted.map((entry) => [entry.name, createInvoker(entry, timeoutMs(entry), deps)]));
};

/** The door of other systems, where its certificates are; its address. Their library is loaded for it alone. */
export const openGateway = async (
  { gateway, limits }: DaemonOptions,
  hosted: readonly FunctionEntry[],
  deps: InvokerDeps,
  host: Host,
): Promise<string | undefined> => {
  if (!gateway) return undefined;
  const { createGatewayDoor } = await import('./gateway-door.ts');
  const { files, audit, alerts, host: address, port } = gateway;
  const door = await createGatewayDoor({
    routes: routesOf(hosted, 'clients'),
    invokers: invokersOf(hosted, deps, limits),
    hostRoutes: statusRoutes(host.status),
    files,
    audit,
    alerts,
    ...deps,
    ...(limits && { limits }),
  });
  host.listeners.gateway = door;
  const keys = { hostKey: 'TANK_GATEWAY_HOST', portKey: 'TANK_GATEWAY_PORT' };
  const url = await openListener(door, { host: address, port, ...keys });
  return url.replace(/^http:/, 'https:');
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
