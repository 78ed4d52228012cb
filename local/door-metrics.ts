import type { QueueName } from '../shared/ports/queue.ts';

/** What the doors tell about themselves; the worker port shows it. Labels never hold what a caller chose. */
export interface DoorMetrics {
  /** `route`: the manifest's template, or `unmatched`. */
  request(method: string, route: string, status: number): void;
  invocation(functionName: string, outcome: 'answered' | 'failed' | 'timed_out', seconds: number): void;
  messages(queue: QueueName, outcome: 'handled' | 'failed', count: number): void;
}

export const NO_METRICS: DoorMetrics = { request: () => {}, invocation: () => {}, messages: () => {} };
