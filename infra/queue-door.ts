import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FunctionEntry, QueueDoor } from '../functions/manifest.ts';
import { instancesOfDoor } from './concurrency.ts';

export interface QueuePair {
  readonly living: Queue;
  readonly dead: Queue;
}

/** AWS: a visibility of six times the function's time-out and the batching window on top, so that a slow batch is not handed out twice. */
const VISIBILITY_FACTOR = 6;
const FOUR_DAYS = Duration.days(4);
const FOURTEEN_DAYS = Duration.days(14);

/** Same names and numbers as on-prem: the queue, and its queue for what is dead. */
export const makeQueues = (
  scope: Construct,
  prefix: string,
  key: IKey,
  manifest: readonly FunctionEntry[],
): Map<string, QueuePair> => {
  const doors = manifest.flatMap((entry) => (entry.queues ?? []).map((door) => ({ entry, door })));
  return new Map(doors.map(({ entry, door }) => [door.queue, makePair(scope, prefix, key, entry, door)]));
};

const makePair = (
  scope: Construct,
  prefix: string,
  key: IKey,
  entry: FunctionEntry,
  door: QueueDoor,
): QueuePair => {
  const encrypted = { encryption: QueueEncryption.KMS, encryptionMasterKey: key, enforceSSL: true };
  const dead = new Queue(scope, `${door.queue}-dead-queue`, {
    ...encrypted,
    queueName: `${prefix}-${door.queue}-dead`,
    retentionPeriod: FOURTEEN_DAYS,
  });
  const living = new Queue(scope, `${door.queue}-queue`, {
    ...encrypted,
    queueName: `${prefix}-${door.queue}`,
    retentionPeriod: FOUR_DAYS,
    visibilityTimeout: Duration.seconds(
      Math.max(door.visibilitySeconds, entry.timeoutSeconds * VISIBILITY_FACTOR + (door.windowSeconds ?? 0)),
    ),
    deadLetterQueue: { queue: dead, maxReceiveCount: door.maxReceiveCount },
  });
  return { living, dead };
};

/** The event source mapping that the daemon's queue-door is on-prem. */
export const openQueueDoor = (handler: LambdaFunction, { living }: QueuePair, door: QueueDoor): void => {
  handler.addEventSource(
    new SqsEventSource(living, {
      batchSize: door.batchSize,
      ...(door.windowSeconds && { maxBatchingWindow: Duration.seconds(door.windowSeconds) }),
      maxConcurrency: instancesOfDoor(door),
      reportBatchItemFailures: true,
    }),
  );
};
