import { parentPort } from 'node:worker_threads';
import '../../shared/adapters/sqlite/thread.ts';

/** The thread of the product, which dies of one statement. */
parentPort?.on('message', ({ args }: { args: readonly unknown[] }) => {
  if (args[0] === 'SELECT 1 AS die') process.exit(7);
});
