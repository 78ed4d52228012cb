import { checkMessage } from '../../domain/queue-limits.ts';
import type {
  DeadMessage,
  OutgoingMessage,
  Queue,
  QueueDepth,
  QueueName,
  ReceivedMessage,
  ReceiveOptions,
} from '../../ports/queue.ts';
import type { Clock, Runtime } from '../../ports/runtime.ts';
import { SqsChannel } from './channel.ts';
import { connectSqs, type SqsClient, type SqsClientOptions } from './client.ts';
import { isQueueGone } from './faults.ts';
import { type PlacesOptions, QueuePlaces } from './places.ts';

export interface SqsQueueOptions extends SqsClientOptions, PlacesOptions {
  readonly runtime: Pick<Runtime, 'clock'>;
}

export const openSqsQueue = async (options: SqsQueueOptions): Promise<Queue> => {
  const sqs = await connectSqs(options);
  return new SqsQueue(sqs, new QueuePlaces(sqs, options), options.runtime.clock);
};

/** While dead messages are looked at or sent back nobody else gets them; a second's wait asks all of SQS's servers. */
const HANDLING = { visibilitySeconds: 120, waitSeconds: 1 };

class SqsQueue implements Queue {
  readonly #sqs: SqsClient;
  readonly #places: QueuePlaces;
  readonly #clock: Clock;

  constructor(sqs: SqsClient, places: QueuePlaces, clock: Clock) {
    this.#sqs = sqs;
    this.#places = places;
    this.#clock = clock;
  }

  async send(queue: QueueName, messages: readonly OutgoingMessage[]): Promise<void> {
    for (const { body, delaySeconds = 0 } of messages) checkMessage(body, delaySeconds);
    await this.#living(queue, (channel) => channel.send(messages));
  }

  async receive(queue: QueueName, options: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    return this.#living(queue, (channel) => channel.receive(options));
  }

  async delete(queue: QueueName, receiptHandles: readonly string[]): Promise<void> {
    return this.#living(queue, (channel) => channel.delete(receiptHandles));
  }

  async changeVisibility(
    queue: QueueName,
    receiptHandles: readonly string[],
    seconds: number,
  ): Promise<void> {
    return this.#living(queue, (channel) => channel.changeVisibility(receiptHandles, seconds));
  }

  async depth(queue: QueueName): Promise<QueueDepth> {
    const [living, dead] = await Promise.all([
      this.#living(queue, (channel) => channel.counts()),
      this.#dead(queue, (channel) => channel.counts()),
    ]);
    return { ...living, dead: dead.visible + dead.inFlight + dead.delayed };
  }

  async purge(queue: QueueName): Promise<void> {
    return this.#living(queue, (channel) => channel.purge());
  }

  /** SQS shows messages by handing them out, so they are given back afterwards. */
  async listDead(queue: QueueName, limit: number): Promise<readonly DeadMessage[]> {
    return this.#dead(queue, async (dead) => {
      const seen: ReceivedMessage[] = [];
      try {
        while (seen.length < limit) {
          const some = await dead.receive({ max: Math.min(10, limit - seen.length), ...HANDLING });
          if (some.length === 0) break;
          seen.push(...some);
        }
      } finally {
        await dead.changeVisibility(handlesOf(seen), 0);
      }
      return seen.map(toDead);
    });
  }

  /**
   * Sent back, then deleted: a crash between leaves a message twice, never not at all. StartMessageMoveTask
   * would answer before it has moved anything, without a number, and compatible brokers lack it.
   */
  async redrive(queue: QueueName): Promise<number> {
    return this.#dead(queue, async (dead) => {
      for (let moved = 0; ; ) {
        const some = await dead.receive({ max: 10, ...HANDLING });
        if (some.length === 0) return moved;
        await this.send(
          queue,
          some.map(({ body }) => ({ body })),
        );
        await dead.delete(handlesOf(some));
        moved += some.length;
      }
    });
  }

  async close(): Promise<void> {
    this.#sqs.client.destroy();
  }

  #living<T>(queue: QueueName, work: (channel: SqsChannel) => Promise<T>): Promise<T> {
    return this.#found(queue, () => this.#places.living(queue), work);
  }

  #dead<T>(queue: QueueName, work: (channel: SqsChannel) => Promise<T>): Promise<T> {
    return this.#found(queue, () => this.#places.dead(queue), work);
  }

  /** A broker that came back without its queues is given them once more; the store puts the work on them again. */
  async #found<T>(
    queue: QueueName,
    place: () => Promise<string>,
    work: (channel: SqsChannel) => Promise<T>,
  ): Promise<T> {
    const attempt = async () => work(new SqsChannel(this.#sqs, await place(), this.#clock));
    try {
      return await attempt();
    } catch (thrown) {
      if (!isQueueGone(thrown)) throw thrown;
      this.#places.forget(queue);
      return attempt();
    }
  }
}

const handlesOf = (messages: readonly ReceivedMessage[]): readonly string[] =>
  messages.map((message) => message.receiptHandle);

const toDead = ({ messageId, body, attributes }: ReceivedMessage): DeadMessage => ({
  messageId,
  body,
  receiveCount: Number(attributes.ApproximateReceiveCount),
  sentAt: Number(attributes.SentTimestamp),
});
