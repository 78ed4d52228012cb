import { join } from 'node:path';
import { openEmbeddedQueue } from '../../shared/adapters/embedded/queue.ts';
import { openSqlite, type SqliteOptions } from '../../shared/adapters/sqlite/database.ts';
import type { Database } from '../../shared/ports/database.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import { THREAD_SOURCE, temporaryFolder } from '../contract/database-build.ts';
import { MovableClock, runtimeWith } from '../contract/queue-clock.ts';
import { holdBar } from './bars.ts';

/** Run with: npx tsx test/bench/queue.bench.ts. Every commit is synced (WAL, synchronous FULL). */
const RUNS = 5;
const MESSAGES = 10_000;
const COMMITS = 3000;
const TARGETS = { 'send by tens': 5000, 'receive and delete': 2000 } as Readonly<Record<string, number>>;
const BODY = JSON.stringify({ v: 1, kind: 'send', runId: '0'.repeat(20), batchId: '0'.repeat(20) });

const perSecond = async (count: number, work: () => Promise<void>): Promise<number> => {
  const since = performance.now();
  await work();
  return (count / (performance.now() - since)) * 1000;
};

/** `side` callers take turns until `count` is done. */
const sideBySide = async (
  side: number,
  count: number,
  once: (n: number) => Promise<unknown>,
): Promise<void> => {
  let next = 0;
  const caller = async () => {
    while (next < count) await once(next++);
  };
  await Promise.all(Array.from({ length: side }, caller));
};

const commits = async (database: Database, side: number) => {
  await database.run('CREATE TABLE IF NOT EXISTS line (a INTEGER PRIMARY KEY, b TEXT)');
  return perSecond(COMMITS, () =>
    sideBySide(side, COMMITS, () => database.run('INSERT INTO line (b) VALUES (?)', [BODY])),
  );
};

const send = (queue: Queue, side: number) =>
  perSecond(MESSAGES, () =>
    sideBySide(side, MESSAGES / 10, () =>
      queue.send(
        'bulk',
        Array.from({ length: 10 }, () => ({ body: BODY })),
      ),
    ),
  );

const receive = (queue: Queue, side: number) =>
  perSecond(MESSAGES, () =>
    sideBySide(side, MESSAGES / 10, async () => {
      const messages = await queue.receive('bulk', { max: 10, visibilitySeconds: 60, waitSeconds: 0 });
      if (messages.length !== 10) throw new Error(`received ${messages.length} of 10`);
      await queue.delete(
        'bulk',
        messages.map((message) => message.receiptHandle),
      );
    }),
  );

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const results = new Map<string, number[]>();
const note = (name: string, figure: number) => results.set(name, [...(results.get(name) ?? []), figure]);

const runOnce = async (file: string, options: SqliteOptions) => {
  const database = await openSqlite(file, options);
  const queue = await openEmbeddedQueue({
    database,
    runtime: runtimeWith(new MovableClock()),
    maxReceiveCount: () => 5,
  });
  for (const side of [1, 8]) {
    const label = `${options.host}, ${side} at once`;
    note(`raw commits | ${label}`, await commits(database, side));
    note(`send by tens | ${label}`, await send(queue, side));
    note(`receive and delete | ${label}`, await receive(queue, side));
  }
  await queue.close();
};

const folder = await temporaryFolder();
const threadFile = await folder.bundle(THREAD_SOURCE);
for (let run = 0; run < RUNS; run += 1) {
  await runOnce(join(folder.path, `inline-${run}.db`), { host: 'inline' });
  await runOnce(join(folder.path, `thread-${run}.db`), { host: 'thread', threadFile });
}
await folder.remove();

console.log(`Node ${process.version}, ${RUNS} runs of ${MESSAGES} messages, per second`);
for (const [name, figures] of results) {
  const measured = median(figures);
  const range = `${Math.round(Math.min(...figures))}-${Math.round(Math.max(...figures))}`;
  console.log(`${name.padEnd(42)} median ${String(Math.round(measured)).padStart(6)}  (${range})`);
}
for (const [name, figures] of results) {
  const target = TARGETS[name.split(' | ')[0] ?? ''];
  // The daemon and the functions keep their files on a thread; inline is the baseline beside it.
  if (target && name.includes('thread'))
    holdBar({ name, measured: median(figures), atLeast: target, unit: 'messages/s' });
}
