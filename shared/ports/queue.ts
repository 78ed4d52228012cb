import type { QueueName } from '../domain/queue-names.ts';

export { QUEUES, type QueueName } from '../domain/queue-names.ts';

/** SQS, as much of it as Tank uses. Both adapters answer alike; `test/contract/queue` is the proof. */

export interface OutgoingMessage {
  readonly body: string;
  /** 0 to 900. */
  readonly delaySeconds?: number;
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly SentTimestamp: string;
    readonly SenderId: string;
    readonly ApproximateFirstReceiveTimestamp: string;
  };
}

export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly dead: number;
}

export interface ReceiveOptions {
  /** 1 to 10, as SQS gives at most. */
  readonly max: number;
  readonly visibilitySeconds: number;
  /** Long poll, 0 to 20. */
  readonly waitSeconds: number;
  readonly signal?: AbortSignal;
}

export interface DeadMessage {
  readonly messageId: string;
  readonly body: string;
  readonly receiveCount: number;
  readonly sentAt: number;
}

export interface Queue {
  /** Durable when it returns. Any number of messages; the adapter sends them by tens. */
  send(queue: QueueName, messages: readonly OutgoingMessage[]): Promise<void>;
  receive(queue: QueueName, options: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
  /** A handle that has expired or was deleted is passed over. */
  delete(queue: QueueName, receiptHandles: readonly string[]): Promise<void>;
  /** 0 gives the message back at once. */
  changeVisibility(queue: QueueName, receiptHandles: readonly string[], seconds: number): Promise<void>;
  depth(queue: QueueName): Promise<QueueDepth>;
  purge(queue: QueueName): Promise<void>;
  listDead(queue: QueueName, limit: number): Promise<readonly DeadMessage[]>;
  /** Dead messages go back to their queue with a fresh receive count; their number. */
  redrive(queue: QueueName): Promise<number>;
  close(): Promise<void>;
}
