import type { Runtime } from '../shared/ports/runtime.ts';
import { NO_METRICS } from './door-metrics.ts';
import type { HostRoutes } from './http-door/exchange.ts';
import type { HttpLimits } from './http-door/limits.ts';
import { textReply } from './http-door/reply.ts';
import { createHttpDoor, type HttpDoor } from './http-door.ts';
import { createInFlight } from './in-flight.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** What the host says about itself, on either port. */
export interface HostStatus {
  readonly status: 'starting' | 'ok' | 'draining';
  readonly role: string;
  readonly startedAt: string;
  readonly inFlight: number;
}

/** /health says that the process lives, also while it drains; /ready whether it wants more work. */
export const statusRoutes = (status: () => HostStatus): HostRoutes =>
  new Map([
    ['/health', () => jsonReply(200, status())],
    ['/ready', () => jsonReply(status().status === 'ok' ? 200 : 503, status())],
  ]);

const jsonReply = (code: number, value: HostStatus) =>
  textReply(code, 'application/json', JSON.stringify(value));

export interface WorkerPortOptions {
  readonly status: () => HostStatus;
  readonly metrics: WorkerMetrics;
  readonly runtime: Runtime;
  readonly limits?: Partial<HttpLimits>;
}

/** The same careful listener as the API's, without any function behind it. */
export const createWorkerPort = (options: WorkerPortOptions): HttpDoor => {
  const { status, metrics, runtime, limits } = options;
  const renderMetrics = async () => textReply(200, metrics.contentType, await metrics.render());
  return createHttpDoor({
    routes: [],
    invokers: new Map(),
    hostRoutes: new Map([...statusRoutes(status), ['/metrics', renderMetrics]]),
    runtime,
    metrics: NO_METRICS,
    inFlight: createInFlight(),
    limits: { maxConnections: 50, ...limits },
  });
};
