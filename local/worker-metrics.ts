import type { Lazy } from '../shared/ports/ports.ts';
import { QUEUES, type Queue } from '../shared/ports/queue.ts';
import type { DoorMetrics } from './door-metrics.ts';
import { within } from './within.ts';

export interface WorkerMetrics extends DoorMetrics {
  readonly contentType: string;
  /** In Prometheus' text form. */
  render(): Promise<string>;
  close(): void;
}

const HANDLER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
/** A store that hangs must not take the other figures with it. */
const DEPTH_TIMEOUT_MS = 2_000;

export const createWorkerMetrics = async (queue: Lazy<Queue>): Promise<WorkerMetrics> => {
  // A bundle gives a CommonJS package its default export alone.
  const { default: prometheus } = await import('prom-client');
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = prometheus;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'tank_http_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const handlers = new Histogram({
    name: 'tank_handler_duration_seconds',
    help: 'Time of a function call',
    labelNames: ['function', 'outcome'],
    buckets: HANDLER_SECONDS,
    registers,
  });
  const messages = new Counter({
    name: 'tank_queue_messages_total',
    help: 'Messages that a function handled or failed',
    labelNames: ['queue', 'outcome'],
    registers,
  });
  new Gauge({
    name: 'tank_queue_depth',
    help: 'Messages in a queue',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      this.reset();
      await Promise.all(
        QUEUES.map((name) => setDepth(name, (state, value) => this.set({ queue: name, state }, value))),
      );
    },
  });
  const setDepth = async (
    name: (typeof QUEUES)[number],
    set: (state: string, value: number) => void,
  ): Promise<void> => {
    const asked = queue().then((ready) => ready.depth(name));
    const depth = await within(DEPTH_TIMEOUT_MS, asked, () => new Error('late')).catch(() => undefined);
    for (const [state, value] of Object.entries(depth ?? {})) set(state, value);
  };
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    close: () => registry.clear(),
    request: (method, route, status) => requests.inc({ method, route, status }),
    invocation: (name, outcome, seconds) => handlers.observe({ function: name, outcome }, seconds),
    messages: (name, outcome, count) => messages.inc({ queue: name, outcome }, count),
  };
};
