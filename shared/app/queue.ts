import type { Settings } from '../config/load.ts';
import { TankError } from '../domain/errors.ts';
import type { Queue } from '../ports/queue.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { SqliteHost } from './options.ts';
import { openOwnSqlite, QUEUE_FILE } from './store.ts';

/** FACTS: at least 5, so that a worker that dies now and then does not look like poison. */
const MAX_RECEIVE_COUNT = 5;
const maxReceiveCount = () => MAX_RECEIVE_COUNT;

export interface HostedQueue {
  readonly queue: Queue;
  /** Gives back at once what a dead host of the same folder held; a broker that many share does so by itself. */
  takeOver(): Promise<void>;
}

export const openQueue = async (
  settings: Settings,
  host: SqliteHost,
  runtime: Runtime,
): Promise<HostedQueue> => {
  if (settings.queue === 'sqs')
    return { queue: await openSqs(settings, runtime), takeOver: async () => undefined };
  const { openEmbeddedQueue } = await import('../adapters/embedded/queue.ts');
  const database = await openOwnSqlite(settings, QUEUE_FILE, host);
  const queue = await openEmbeddedQueue({ database, runtime, maxReceiveCount });
  return { queue, takeOver: () => queue.giveBackAll() };
};

const openSqs = async ({ awsRegion, sqsEndpoint, sqsPrefix }: Settings, runtime: Runtime): Promise<Queue> => {
  if (!awsRegion) throw new TankError('configuration_invalid');
  const { openSqsQueue } = await import('../adapters/sqs/queue.ts');
  return openSqsQueue({
    region: awsRegion,
    ...(sqsEndpoint ? { endpoint: sqsEndpoint } : {}),
    prefix: sqsPrefix,
    maxReceiveCount,
    runtime,
  });
};
