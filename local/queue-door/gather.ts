import type { QueueDoor } from '../../functions/manifest.ts';
import type { ReceivedMessage } from '../../shared/ports/queue.ts';
import type { QueueMapping } from './options.ts';
import type { Poll } from './poll.ts';

/** What SQS hands out at once, and the longest poll it knows. */
const MOST_AT_ONCE = 10;
const MOST_IN_A_BATCH = 10_000;
const LONGEST_WINDOW_SECONDS = 300;
/** Lambda closes a batch here, whatever its size and window. */
const BATCH_BYTES = 6 * 1024 * 1024;

/** The next batch; empty when nothing came, or when the door is closing: what was taken by then is given back. */
export type Gather = () => Promise<readonly ReceivedMessage[]>;

/** One long poll, and with a batching window as many more as the batch has room and the window time. */
export const createGather = (mapping: QueueMapping, poll: Poll, signal: AbortSignal): Gather => {
  const { door, times, runtime } = mapping;
  const { batchSize, windowSeconds = 0 } = door;
  const receive = (room: number, waitSeconds: number) =>
    poll.receive(Math.min(MOST_AT_ONCE, room), Math.min(times.waitSeconds, waitSeconds));
  const fill = async (first: readonly ReceivedMessage[]): Promise<readonly ReceivedMessage[]> => {
    const until = runtime.clock.monotonic() + windowSeconds * 1000;
    const batch = [...first];
    while (!signal.aborted && batch.length < batchSize && bytesOf(batch) < BATCH_BYTES) {
      // A poll waits whole seconds only, so the window may be over by a part of one.
      const seconds = Math.ceil((until - runtime.clock.monotonic()) / 1000);
      const more = seconds > 0 ? await receive(batchSize - batch.length, seconds) : undefined;
      if (!more) break;
      batch.push(...more);
    }
    return batch;
  };
  return async () => {
    await poll.rest();
    if (signal.aborted) return [];
    const first = (await receive(batchSize, times.waitSeconds)) ?? [];
    const batch = first.length > 0 ? await fill(first) : first;
    if (!signal.aborted) return batch;
    await poll.giveBack(batch);
    return [];
  };
};

const bytesOf = (batch: readonly ReceivedMessage[]): number =>
  batch.reduce((bytes, { body }) => bytes + Buffer.byteLength(body), 0);

/** The same refusals as an event source mapping on AWS gives, and one of the visibility's own. */
export const assertBatching = (door: QueueDoor): void => {
  const { queue, batchSize, windowSeconds = 0, visibilitySeconds } = door;
  const fault = [
    !(batchSize >= 1 && batchSize <= MOST_IN_A_BATCH) && `batchSize must be 1 to ${MOST_IN_A_BATCH}`,
    !(windowSeconds >= 0 && windowSeconds <= LONGEST_WINDOW_SECONDS) &&
      `windowSeconds must be 0 to ${LONGEST_WINDOW_SECONDS}`,
    batchSize > MOST_AT_ONCE &&
      windowSeconds < 1 &&
      `batchSize beyond ${MOST_AT_ONCE} needs windowSeconds of 1 or more`,
    visibilitySeconds <= 2 * windowSeconds &&
      'visibilitySeconds must be more than twice windowSeconds, or a message is seen again while its batch fills',
  ].find(Boolean);
  if (fault) throw new Error(`queue ${queue}: ${fault}`);
};
