import middy from '@middy/core';
import partialBatchFailure from '@middy/sqs-partial-batch-failure';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import type { Ports } from '../ports/ports.ts';
import {
  assertBatch,
  assertBatchResponse,
  logFailure,
  type QueueHandler,
  readMessage,
} from './queue-chain.ts';

type BatchWork<M> = (messages: readonly M[], context: Context) => Promise<void>;

type Settled = readonly PromiseSettledResult<void>[];

interface Read<M> {
  readonly index: number;
  readonly message: M;
}

/**
 * All records of a batch at once, for work that is cheaper together. When the work fails, each is tried by
 * itself, so that one that cannot be taken in does not keep the others back.
 */
export const queueBatchChain = <S extends z.ZodType>(
  schema: S,
  work: BatchWork<z.output<S>>,
  ports: Pick<Ports, 'runtime'>,
): QueueHandler => {
  const { log } = ports.runtime;
  const settle = async ({ Records }: SQSEvent, context: Context): Promise<Settled> => {
    const settled: PromiseSettledResult<void>[] = Records.map(() => DONE);
    const read = Records.flatMap(({ body }, index): Read<z.output<S>>[] => {
      const result = attempt(() => readMessage(schema, body));
      if (result.status === 'fulfilled') return [{ index, message: result.value }];
      settled[index] = result;
      return [];
    });
    for (const { index, outcome } of await workTogether(read, work, context)) settled[index] = outcome;
    return settled;
  };
  const chain = middy<SQSEvent, Settled | SQSBatchResponse>(settle).use(
    partialBatchFailure({ logger: (reason: unknown, record: SQSRecord) => logFailure(log, reason, record) }),
  );
  return async (event, context) => assertBatchResponse(await chain(assertBatch(event), context));
};

const DONE: PromiseSettledResult<void> = { status: 'fulfilled', value: undefined };

const attempt = <T>(read: () => T): PromiseSettledResult<T> => {
  try {
    return { status: 'fulfilled', value: read() };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
};

interface WorkOutcome {
  readonly index: number;
  readonly outcome: PromiseSettledResult<void>;
}

const workTogether = async <M>(
  read: readonly Read<M>[],
  work: BatchWork<M>,
  context: Context,
): Promise<readonly WorkOutcome[]> => {
  if (read.length === 0) return [];
  const [together] = await Promise.allSettled([
    work(
      read.map(({ message }) => message),
      context,
    ),
  ]);
  if (together.status === 'fulfilled' || read.length === 1)
    return read.map(({ index }) => ({ index, outcome: together }));
  const outcomes: WorkOutcome[] = [];
  for (const one of read) outcomes.push(...(await workTogether([one], work, context)));
  return outcomes;
};
