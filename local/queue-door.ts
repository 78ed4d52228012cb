import type { ReceivedMessage } from '../shared/ports/queue.ts';
import { InvocationTimedOut } from './invoke.ts';
import { toSqsEvent } from './queue-door/event.ts';
import { assertBatching, createGather } from './queue-door/gather.ts';
import { QUEUE_TIMES, type QueueDoorOptions, type QueueMapping } from './queue-door/options.ts';
import { createPoll, createTroubles, type Troubles } from './queue-door/poll.ts';
import { keepInvisible, settleBatch } from './queue-door/settle.ts';
import { allFailed, judgeBatch, type Verdict } from './queue-door/verdict.ts';

/** A door that takes work by itself, until it is told to stop. */
export interface TakingDoor {
  /** Takes nothing more. Resolves when the taking has ended; what is in flight goes on. */
  stop(): Promise<void>;
}

/** An event source mapping: long poll, gather a batch, call the function, believe its answer, delete or give back. */
export const openQueueDoor = (options: QueueDoorOptions): TakingDoor => {
  assertBatching(options.door);
  const mapping: QueueMapping = {
    random: Math.random,
    ...options,
    times: { ...QUEUE_TIMES, ...options.times },
  };
  const stopping = new AbortController();
  const troubles = createTroubles(mapping);
  const gather = createGather(mapping, createPoll(mapping, troubles, stopping.signal), stopping.signal);
  let running = 0;
  let wake = (): void => {};
  const start = (batch: readonly ReceivedMessage[]): void => {
    running += 1;
    const work = handleBatch(batch, mapping, troubles).finally(() => {
      running -= 1;
      wake();
    });
    void mapping.inFlight.track(work);
  };
  const takeUntilStopped = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (running >= mapping.door.concurrency) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const batch = await gather();
      if (batch.length > 0) start(batch);
    }
  };
  const taking = takeUntilStopped();
  return {
    stop: () => {
      stopping.abort();
      wake();
      return taking;
    },
  };
};

/** Never throws: what fails is given back, and what cannot even be given back returns by itself. */
const handleBatch = async (
  batch: readonly ReceivedMessage[],
  mapping: QueueMapping,
  troubles: Troubles,
): Promise<void> => {
  const heartbeat = keepInvisible(batch, mapping);
  const verdict = await callFunction(batch, mapping, troubles);
  await heartbeat.stop();
  await settleBatch(batch, verdict, mapping);
};

const callFunction = async (
  batch: readonly ReceivedMessage[],
  { functionName, door, region, runtime, invoke }: QueueMapping,
  troubles: Troubles,
): Promise<Verdict> => {
  const ids = batch.map((message) => message.messageId);
  const fields = { queue: door.queue, function: functionName, messages: batch.length };
  try {
    const verdict = judgeBatch(await invoke(toSqsEvent(door.queue, region, batch), runtime.id()), ids);
    if (verdict.misread) runtime.log.error('queue_answer_misread', { ...fields, reason: verdict.misread });
    if (verdict.failed.size < batch.length) troubles.worked();
    else troubles.failed(undefined);
    return verdict;
  } catch (thrown) {
    const timedOut = thrown instanceof InvocationTimedOut;
    runtime.log.error(timedOut ? 'queue_handler_timed_out' : 'queue_handler_failed', fields, thrown);
    troubles.failed(thrown);
    return allFailed(ids);
  }
};
