import type { FunctionEntry, QueueDoor } from '../functions/manifest.ts';
import { BadOption } from './bad-option.ts';
import type { DeployOptions } from './options.ts';

const SEND_WORKERS = 8;
/** Of a function that only answers people: one session each, a few at a time. */
const HTTP_CONCURRENCY = 5;
/** A tick, and the next one when it is late. */
const SCHEDULE_CONCURRENCY = 2;
/** SQS takes no less. */
const LEAST_OF_QUEUE = 2;

export const instancesOfDoor = ({ concurrency }: QueueDoor): number =>
  Math.max(LEAST_OF_QUEUE, concurrency === 'workers' ? SEND_WORKERS : concurrency);

/** As many instances of a function as Lambda may start, whoever calls: each opens a session of its own. */
export const instancesOf = ({ http, queues = [], schedule }: FunctionEntry): number =>
  (http ? HTTP_CONCURRENCY : 0) +
  (schedule ? SCHEDULE_CONCURRENCY : 0) +
  queues.reduce((sum, door) => sum + instancesOfDoor(door), 0);

/** More instances than sessions would lock everybody out. */
export const demandSessions = (
  manifest: readonly FunctionEntry[],
  { databaseSessions }: DeployOptions,
): void => {
  const needed = manifest.reduce((sum, entry) => sum + instancesOf(entry), 0);
  if (needed <= databaseSessions) return;
  throw new BadOption(
    `the functions together open ${needed} database sessions, and -c databaseSessions declares ${databaseSessions}`,
  );
};
