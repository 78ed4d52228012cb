import type { Queue, ReceivedMessage } from '../../shared/ports/queue.ts';
import { createOutage, type Outage } from '../outage.ts';
import type { QueueMapping } from './options.ts';

/** The function's own: when every call throws, its store is gone, and each further message would only wear out. */
export type Troubles = Outage;

export const createTroubles = (mapping: QueueMapping): Troubles =>
  createOutage({ ...outageOptions(mapping), event: 'queue_handler', tolerated: 4 });

const outageOptions = ({ door, functionName, runtime, times, random }: QueueMapping) => ({
  fields: { queue: door.queue, function: functionName },
  log: runtime.log,
  random,
  firstMs: times.outageFirstMs,
  mostMs: times.outageMostMs,
});

export type Poll = () => Promise<readonly ReceivedMessage[]>;

/** One long poll. Never throws; a queue that cannot be reached, and a function in trouble, cost a growing wait. */
export const createPoll = (mapping: QueueMapping, troubles: Troubles, signal: AbortSignal): Poll => {
  const outage = createOutage({ ...outageOptions(mapping), event: 'queue_receive', tolerated: 0 });
  const { clock } = mapping.runtime;
  const rest = (ms: number): Promise<void> =>
    ms > 0 ? clock.sleep(ms, signal).catch(() => {}) : Promise.resolve();
  return async () => {
    await rest(troubles.waitMs());
    if (signal.aborted) return [];
    const startedAt = clock.monotonic();
    try {
      const batch = await receive(mapping, signal);
      outage.worked();
      if (batch.length === 0) await rest(SHORTEST_EMPTY_POLL_MS - (clock.monotonic() - startedAt));
      return batch;
    } catch (cause) {
      if (!signal.aborted) {
        outage.failed(cause);
        await rest(outage.waitMs());
      }
      return [];
    }
  };
};

/** A queue that answers "nothing" at once, instead of waiting, must not make this loop a busy one. */
const SHORTEST_EMPTY_POLL_MS = 100;

const receive = async (mapping: QueueMapping, signal: AbortSignal): Promise<readonly ReceivedMessage[]> => {
  const { door, times } = mapping;
  const queue = await mapping.queue();
  const batch = await queue.receive(door.queue, {
    max: door.batchSize,
    visibilitySeconds: door.visibilitySeconds,
    waitSeconds: times.waitSeconds,
    signal,
  });
  if (!signal.aborted) return batch;
  await giveBack(queue, batch, mapping);
  return [];
};

/** Taken in the moment of stopping and not begun: another worker may have it now. */
const giveBack = async (
  queue: Queue,
  batch: readonly ReceivedMessage[],
  { door }: QueueMapping,
): Promise<void> => {
  const handles = batch.map((message) => message.receiptHandle);
  if (handles.length > 0) await queue.changeVisibility(door.queue, handles, 0);
};
