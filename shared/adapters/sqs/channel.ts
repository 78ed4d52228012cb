import type { Message } from '@aws-sdk/client-sqs';
import { TankError } from '../../domain/errors.ts';
import type { OutgoingMessage, QueueDepth, ReceivedMessage, ReceiveOptions } from '../../ports/queue.ts';
import type { Clock } from '../../ports/runtime.ts';
import { type BatchCall, callInBatches, type Entry } from './batches.ts';
import { asking, type SqsClient } from './client.ts';
import { isAbort } from './faults.ts';

/** One queue of SQS, whether the living or the dead are in it. */
export class SqsChannel {
  readonly #sqs: SqsClient;
  readonly #url: string;
  readonly #clock: Clock;

  constructor(sqs: SqsClient, url: string, clock: Clock) {
    this.#sqs = sqs;
    this.#url = url;
    this.#clock = clock;
  }

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    const { sdk, client } = this.#sqs;
    await this.#inBatches(messages.map(toSendEntry), {
      perform: (batch) =>
        client.send(
          new sdk.SendMessageBatchCommand({ QueueUrl: this.#url, Entries: batch.map(withoutBytes) }),
        ),
      refused: (code) => new TankError('invalid_message', { reason: `SQS: ${code}` }),
    });
  }

  async receive({
    max,
    visibilitySeconds,
    waitSeconds,
    signal,
  }: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    if (signal?.aborted) return [];
    const { sdk, client } = this.#sqs;
    const command = new sdk.ReceiveMessageCommand({
      QueueUrl: this.#url,
      MaxNumberOfMessages: max,
      VisibilityTimeout: visibilitySeconds,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: [
        'ApproximateReceiveCount',
        'SentTimestamp',
        'SenderId',
        'ApproximateFirstReceiveTimestamp',
      ],
    });
    const answer = client
      .send(command, signal ? { abortSignal: signal } : {})
      .catch((thrown: unknown) => (isAbort(thrown) ? { Messages: [] } : Promise.reject(thrown)));
    const { Messages = [] } = await asking(answer);
    return Messages.map(toReceived);
  }

  async delete(handles: readonly string[]): Promise<void> {
    const { sdk, client } = this.#sqs;
    await this.#inBatches(handles.map(toHandleEntry), {
      perform: (batch) =>
        client.send(
          new sdk.DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries: batch.map(withoutBytes) }),
        ),
      refused: passOver,
    });
  }

  async changeVisibility(handles: readonly string[], seconds: number): Promise<void> {
    const { sdk, client } = this.#sqs;
    const entries = handles.map((handle, index) => ({
      ...toHandleEntry(handle, index),
      VisibilityTimeout: seconds,
    }));
    await this.#inBatches(entries, {
      perform: (batch) =>
        client.send(
          new sdk.ChangeMessageVisibilityBatchCommand({
            QueueUrl: this.#url,
            Entries: batch.map(withoutBytes),
          }),
        ),
      refused: passOver,
    });
  }

  async purge(): Promise<void> {
    const { sdk, client } = this.#sqs;
    await asking(client.send(new sdk.PurgeQueueCommand({ QueueUrl: this.#url })));
  }

  async counts(): Promise<Omit<QueueDepth, 'dead'>> {
    const { sdk, client } = this.#sqs;
    const command = new sdk.GetQueueAttributesCommand({
      QueueUrl: this.#url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    });
    const { Attributes = {} } = await asking(client.send(command));
    return {
      visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
    };
  }

  #inBatches<E extends Entry>(entries: readonly E[], call: Omit<BatchCall<E>, 'clock'>): Promise<void> {
    return callInBatches(entries, { ...call, clock: this.#clock });
  }
}

/** A handle that has expired, or never was one. */
const passOver = (): undefined => undefined;

const toSendEntry = ({ body, delaySeconds = 0 }: OutgoingMessage, index: number) => ({
  Id: String(index),
  bytes: Buffer.byteLength(body),
  MessageBody: body,
  DelaySeconds: delaySeconds,
});

const toHandleEntry = (handle: string, index: number) => ({
  Id: String(index),
  bytes: handle.length,
  ReceiptHandle: handle,
});

const withoutBytes = <E extends Entry>({ bytes: _, ...entry }: E): Omit<E, 'bytes'> => entry;

const toReceived = ({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  MD5OfBody = '',
  Attributes = {},
}: Message): ReceivedMessage => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  md5OfBody: MD5OfBody,
  attributes: {
    ApproximateReceiveCount: Attributes.ApproximateReceiveCount ?? '1',
    SentTimestamp: Attributes.SentTimestamp ?? '0',
    SenderId: Attributes.SenderId ?? '',
    ApproximateFirstReceiveTimestamp: Attributes.ApproximateFirstReceiveTimestamp ?? '0',
  },
});
