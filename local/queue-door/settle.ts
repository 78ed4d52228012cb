import type { Queue, ReceivedMessage } from '../../shared/ports/queue.ts';
import type { QueueMapping } from './options.ts';
import type { Verdict } from './verdict.ts';

export interface Heartbeat {
  /** Resolves when no extension is under way any more: a late one would undo a giving back. */
  stop(): Promise<void>;
}

/** Extends the visibility at half its time for as long as the function works. */
export const keepInvisible = (batch: readonly ReceivedMessage[], mapping: QueueMapping): Heartbeat => {
  const { door, runtime } = mapping;
  const { queue, visibilitySeconds } = door;
  const stopping = new AbortController();
  const handles = batch.map((message) => message.receiptHandle);
  const beat = async (): Promise<void> => {
    for (;;) {
      await runtime.clock.sleep((visibilitySeconds * 1000) / 2, stopping.signal).catch(() => {});
      if (stopping.signal.aborted) return;
      await attempt('queue_extend_failed', mapping, (on) =>
        on.changeVisibility(queue, handles, visibilitySeconds),
      );
    }
  };
  const beating = beat();
  return {
    stop: () => {
      stopping.abort();
      return beating;
    },
  };
};

export const settleBatch = async (
  batch: readonly ReceivedMessage[],
  { failed }: Verdict,
  mapping: QueueMapping,
): Promise<void> => {
  const { door, metrics } = mapping;
  const done = batch.filter((message) => !failed.has(message.messageId));
  const back = batch.filter((message) => failed.has(message.messageId));
  if (done.length > 0) {
    const handles = done.map((message) => message.receiptHandle);
    await attempt('queue_delete_failed', mapping, (queue) => queue.delete(door.queue, handles));
    metrics.messages(door.queue, 'handled', done.length);
  }
  if (back.length > 0) {
    metrics.messages(door.queue, 'failed', back.length);
    await giveBackLater(back, mapping);
  }
};

const giveBackLater = async (back: readonly ReceivedMessage[], mapping: QueueMapping): Promise<void> => {
  const bySeconds = new Map<number, string[]>();
  for (const message of back) {
    const seconds = redeliverySeconds(message, mapping);
    bySeconds.set(seconds, [...(bySeconds.get(seconds) ?? []), message.receiptHandle]);
  }
  for (const [seconds, handles] of bySeconds) {
    await attempt('queue_give_back_failed', mapping, (queue) =>
      queue.changeVisibility(mapping.door.queue, handles, seconds),
    );
  }
};

const redeliverySeconds = (message: ReceivedMessage, mapping: QueueMapping): number => {
  const { door, functionName, runtime, times } = mapping;
  const receiveCount = Number(message.attributes.ApproximateReceiveCount);
  if (receiveCount >= door.maxReceiveCount) {
    const fields = { queue: door.queue, function: functionName, messageId: message.messageId, receiveCount };
    runtime.log.error('queue_message_exhausted', fields);
  }
  return times.redeliverySeconds(receiveCount);
};

/** What cannot be said to the queue now, the queue does by itself when the visibility ends. */
const attempt = async (
  event: string,
  { queue, door, runtime }: QueueMapping,
  say: (queue: Queue) => Promise<void>,
): Promise<void> => {
  try {
    await say(await queue());
  } catch (cause) {
    runtime.log.error(event, { queue: door.queue }, cause);
  }
};
