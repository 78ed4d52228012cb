import middy from '@middy/core';
import partialBatchFailure from '@middy/sqs-partial-batch-failure';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import { TankError, toTankError } from '../domain/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { Log } from '../ports/runtime.ts';

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

type QueueWork<M> = (message: M, record: SQSRecord, context: Context) => Promise<void>;

type Settled = readonly PromiseSettledResult<void>[];

/** Each record settles by itself: what fails comes back alone, with its reason in the log. */
export const queueChain = <S extends z.ZodType>(
  schema: S,
  work: QueueWork<z.output<S>>,
  ports: Pick<Ports, 'runtime'>,
): QueueHandler => {
  const { log } = ports.runtime;
  const settle = async ({ Records }: SQSEvent, context: Context): Promise<Settled> =>
    Promise.allSettled(
      Records.map(async (record) => work(readMessage(schema, record.body), record, context)),
    );
  const chain = middy<SQSEvent, Settled | SQSBatchResponse>(settle).use(
    partialBatchFailure({ logger: (reason: unknown, record: SQSRecord) => logFailure(log, reason, record) }),
  );
  return async (event, context) => assertBatchResponse(await chain(assertBatch(event), context));
};

export const assertBatch = (event: SQSEvent): SQSEvent => {
  if (!Array.isArray(event.Records))
    throw new TankError('invalid_message', { reason: 'the event has no Records' });
  return event;
};

/** SQS reads a reply without this key as "all done": better to throw, which means "none". */
export const assertBatchResponse = (response: Settled | SQSBatchResponse): SQSBatchResponse => {
  if (!('batchItemFailures' in response)) throw new TankError('internal');
  return response;
};

/** The faults name fields, never values: a body may hold personal data, and so does the message of JSON.parse. */
export const readMessage = <S extends z.ZodType>(schema: S, body: string): z.output<S> =>
  readValue(schema, parseJson(body));

export const readValue = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const result = schema.safeParse(value);
  if (!result.success) throw new TankError('invalid_message', { reason: reasonOf(result.error) });
  return result.data;
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw new TankError('invalid_message', { reason: 'it is not JSON' });
  }
};

const reasonOf = (error: z.ZodError): string => {
  const fields = new Set(error.issues.map((issue) => issue.path.map(String).join('.') || 'the message'));
  return fields.has('v') ? 'it is of another version' : `faults at ${[...fields].slice(0, 10).join(', ')}`;
};

export const logFailure = (log: Log, reason: unknown, record: SQSRecord): void => {
  const fault = toTankError(reason);
  log.error(
    'queue_record_failed',
    {
      code: fault.code,
      reason: fault.message,
      messageId: record.messageId,
      queue: record.eventSourceARN?.split(':').at(-1),
      receiveCount: Number(record.attributes?.ApproximateReceiveCount),
    },
    fault.cause,
  );
};
