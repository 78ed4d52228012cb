import type { QueueDoor } from '../../functions/manifest.ts';
import type { Lazy } from '../../shared/ports/ports.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { Runtime } from '../../shared/ports/runtime.ts';
import type { DoorMetrics } from '../door-metrics.ts';
import type { InFlight } from '../in-flight.ts';
import type { Invoke } from '../invoke.ts';

export interface QueueTimes {
  /** Long poll; SQS allows 20 s at most. */
  readonly waitSeconds: number;
  readonly outageFirstMs: number;
  readonly outageMostMs: number;
  /** How long a failed message stays away after so many deliveries. */
  readonly redeliverySeconds: (receiveCount: number) => number;
}

/** 2 s, 8 s, 32 s, 2 min, 8½ min: five deliveries outlast a restart of the store behind the handler. */
export const QUEUE_TIMES: QueueTimes = {
  waitSeconds: 20,
  outageFirstMs: 500,
  outageMostMs: 30_000,
  redeliverySeconds: (receiveCount) => Math.min(900, 2 * 4 ** (receiveCount - 1)),
};

/** One queue, the function behind it, and all that is needed between them. */
export interface QueueMapping {
  readonly functionName: string;
  readonly door: QueueDoor & { readonly concurrency: number };
  readonly queue: Lazy<Queue>;
  readonly invoke: Invoke;
  readonly runtime: Runtime;
  readonly metrics: DoorMetrics;
  readonly inFlight: InFlight;
  readonly region: string;
  readonly times: QueueTimes;
  readonly random: () => number;
}

export type QueueDoorOptions = Omit<QueueMapping, 'times' | 'random'> & {
  readonly times?: Partial<QueueTimes>;
  readonly random?: () => number;
};
