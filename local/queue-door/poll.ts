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

export interface Poll {
  /** Waits for as long as the queue, or the function behind it, is in trouble. */
  readonly rest: () => Promise<void>;
  /** Never throws: `undefined` from a queue that cannot be reached. */
  readonly receive: (max: number, waitSeconds: number) => Promise<readonly ReceivedMessage[] | undefined>;
  readonly giveBack: (messages: readonly ReceivedMessage[]) => Promise<void>;
}

/** A queue that answers "nothing" at once, instead of waiting, must not make a busy loop of its door. */
const SHORTEST_EMPTY_POLL_MS = 100;

export const createPoll = (mapping: QueueMapping, troubles: Troubles, signal: AbortSignal): Poll => {
  const outage = createOutage({ ...outageOptions(mapping), event: 'queue_receive', tolerated: 0 });
  const { clock } = mapping.runtime;
  const pause = (ms: number): Promise<void> =>
    ms > 0 ? clock.sleep(ms, signal).catch(() => {}) : Promise.resolve();
  const attempt = async <T>(ask: (queue: Queue) => Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await ask(await mapping.queue());
      outage.worked();
      return answer;
    } catch (cause) {
      if (!signal.aborted) outage.failed(cause);
      return undefined;
    }
  };
  const { queue: name, visibilitySeconds } = mapping.door;
  return {
    rest: () => pause(Math.max(troubles.waitMs(), outage.waitMs())),
    receive: async (max, waitSeconds) => {
      const startedAt = clock.monotonic();
      const options = { max, visibilitySeconds, waitSeconds, signal };
      const messages = await attempt((queue) => queue.receive(name, options));
      if (messages?.length === 0) await pause(SHORTEST_EMPTY_POLL_MS - (clock.monotonic() - startedAt));
      return messages;
    },
    giveBack: async (messages) => {
      const handles = messages.map((message) => message.receiptHandle);
      if (handles.length > 0) await attempt((queue) => queue.changeVisibility(name, handles, 0));
    },
  };
};
