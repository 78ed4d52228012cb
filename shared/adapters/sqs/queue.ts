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
    await (await this.#living(queue)).send(messages);
  }

  async receive(queue: QueueName, options: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    return (await this.#living(queue)).receive(options);
  }

  async delete(queue: QueueName, receiptHandles: readonly string[]): Promise<void> {
    return (await this.#living(queue)).delete(receiptHandles);
  }

  async changeVisibility(
    queue: QueueName,
    receiptHandles: readonly string[],
    seconds: number,
  ): Promise<void> {
    return (await this.#living(queue)).changeVisibility(receiptHandles, seconds);
  }

  async depth(queue: QueueName): Promise<QueueDepth> {
    const [living, dead] = await Promise.all([
      this.#living(queue).then((channel) => channel.counts()),
      this.#dead(queue).then((channel) => channel.counts()),
    ]);
    return { ...living, dead: dead.visible + dead.inFlight + dead.delayed };
  }

  async purge(queue: QueueName): Promise<void> {
    return (await this.#living(queue)).purge();
  }

  /** SQS shows messages by handing them out, so they are given back afterwards. */
  async listDead(queue: QueueName, limit: number): Promise<readonly DeadMessage[]> {
    const dead = await this.#dead(queue);
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
  }

  /**
   * Sent back, then deleted: a crash between leaves a message twice, never not at all. StartMessageMoveTask
   * would answer before it has moved anything, without a number, and compatible brokers lack it.
   */
  async redrive(queue: QueueName): Promise<number> {
    const dead = await this.#dead(queue);
    for (let moved = 0; ; ) {
      const some = await dead.receive({ max: 10, ...HANDLING });
      if (some.length === 0) return moved;
      await (await this.#living(queue)).send(some.map(({ body }) => ({ body })));
      await dead.delete(handlesOf(some));
      moved += some.length;
    }
  }

  async close(): Promise<void> {
    this.#sqs.client.destroy();
  }

  async #living(queue: QueueName): Promise<SqsChannel> {
    return new SqsChannel(this.#sqs, await this.#places.living(queue), this.#clock);
  }

  async #dead(queue: QueueName): Promise<SqsChannel> {
    return new SqsChannel(this.#sqs, await this.#places.dead(queue), this.#clock);
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
