import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBounceHandler } from '../../functions/bounce-handler/handler.ts';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { migrate } from '../../shared/adapters/sql/migrate.ts';
import { openSqlite } from '../../shared/adapters/sqlite/database.ts';
import { FULL, feedbackWorld, HARD, sesEvent } from '../fixtures/feedback-world.ts';
import { lambdaContext } from '../fixtures/identity.ts';
import { failedIds, sqsEvent } from '../fixtures/sqs-event.ts';

/**
 * Intake of events on SQLite, in batches of ten by four handlers at once, as the daemon runs them; then each
 * event ten times, shuffled: the totals must be those of the distinct ones. DISTINCT=100000 is the full size.
 */
const DISTINCT = Number(process.argv[2] ?? 20_000);
const TIMES = Number(process.argv[3] ?? 10);
const BATCH = 10;
const HANDLERS = 4;

const folder = mkdtempSync(join(tmpdir(), 'tank-bench-'));
const database = await openSqlite(join(folder, 'tank.db'), { host: 'inline' });
await migrate(database, sqliteDialect);
const world = feedbackWorld(database);
const handler = createBounceHandler(world.ports);

const sends = DISTINCT / 2;
await world.sentRun(sends);

/** A Send and what followed: 1.5% soft bounces, 1% hard ones, 1 complaint in 5,000. */
const eventsOf = (send: number): string[] => {
  const first = sesEvent({ run: 'r1', send, type: 'Send' });
  if (send % 100 === 1) return [first, sesEvent({ run: 'r1', send, bounce: HARD })];
  if (send % 66 === 3) return [first, sesEvent({ run: 'r1', send, bounce: FULL })];
  if (send % 5_000 === 7) return [first, sesEvent({ run: 'r1', send, complaint: 'abuse' })];
  return [first, sesEvent({ run: 'r1', send })];
};
const distinct = Array.from({ length: sends }, (_, send) => eventsOf(send)).flat();

const handleAll = async (bodies: readonly string[]): Promise<number> => {
  let next = 0;
  const started = performance.now();
  const worker = async () => {
    while (next < bodies.length) {
      const from = next;
      next += BATCH;
      const reply = await handler(sqsEvent(...bodies.slice(from, from + BATCH)), lambdaContext());
      if (failedIds(reply).length > 0) throw new Error('a record failed');
    }
  };
  await Promise.all(Array.from({ length: HANDLERS }, worker));
  return bodies.length / ((performance.now() - started) / 1000);
};

const totals = async () => {
  const rows = await database.all(
    'SELECT delivery, COUNT(*) AS n FROM email_send_log GROUP BY delivery ORDER BY delivery',
  );
  const [counted] = await database.all(
    'SELECT COUNT(*) AS n, SUM(bounced) AS b, SUM(complained) AS c FROM resolved_send',
  );
  const suppressed = await database.all('SELECT COUNT(*) AS n FROM suppression');
  return JSON.stringify({ rows, counted, suppressed, events: await world.events.count() });
};

/** Shuffled in place, and told a part at a time, so that ten million texts need not stand in memory. */
const shuffled = (items: readonly string[], seed: number): string[] => {
  const order = [...items];
  let state = seed;
  for (let at = order.length - 1; at > 0; at -= 1) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (at + 1);
    [order[at], order[other]] = [order[other] ?? '', order[at] ?? ''];
  }
  return order;
};

const say = (what: string, rate: number): void =>
  console.log(`${what.padEnd(44)} ${Math.round(rate).toLocaleString('en').padStart(9)} events/s`);

console.log(`Node ${process.version}, ${distinct.length} distinct events`);
say('fresh, in order', await handleAll(distinct));
const before = await totals();
const rates: number[] = [];
for (let time = 1; time < TIMES; time += 1) rates.push(await handleAll(shuffled(distinct, 7_919 * time)));
say(
  `the same ${TIMES - 1} times more, shuffled (median)`,
  rates.toSorted((a, b) => a - b)[rates.length >> 1] ?? 0,
);
const after = await totals();
console.log(after);
console.log(before === after ? 'totals: exactly those of the distinct events' : `TOTALS DIFFER: ${before}`);
if (before !== after) process.exitCode = 1;
await database.close();
rmSync(folder, { recursive: true });
