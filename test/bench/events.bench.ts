import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { migrate } from '../../shared/adapters/sql/migrate.ts';
import { openSqlite } from '../../shared/adapters/sqlite/database.ts';
import { eventStorm, type Storm } from '../fixtures/event-storm.ts';

/**
 * Intake of events on SQLite, in batches of ten by four handlers at once, as the daemon runs them. First each event
 * once; then, in a store of its own, every one ten times and all of them shuffled: the totals must be those of the
 * distinct events. `npm run bench -- events` is the full size, 1,000,000 deliveries of 100,000 events.
 */
const DISTINCT = Number(process.argv[2] ?? 100_000);
const TIMES = Number(process.argv[3] ?? 10);

const inOwnStore = async (times: number, shuffled: boolean) => {
  const folder = mkdtempSync(join(tmpdir(), 'tank-bench-'));
  const database = await openSqlite(join(folder, 'tank.db'), { host: 'inline' });
  await migrate(database, sqliteDialect);
  const storm: Storm = await eventStorm(database, DISTINCT);
  const cpu = process.cpuUsage();
  const started = performance.now();
  await storm.tell({ times, shuffled });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const told = { totals: await storm.totals(), expected: storm.expected };
  await database.close();
  rmSync(folder, { recursive: true });
  return { ...told, rate: (DISTINCT * times) / seconds, cpu: (user + system) / (DISTINCT * times) };
};

const say = (what: string, { rate, cpu }: { rate: number; cpu: number }): void =>
  console.log(
    `${what.padEnd(52)} ${Math.round(rate).toLocaleString('en').padStart(9)} events/s  ${cpu.toFixed(0).padStart(4)} µs CPU each`,
  );

console.log(`Node ${process.version}, ${DISTINCT.toLocaleString('en')} distinct events`);
const once = await inOwnStore(1, false);
say('each once, in order', once);
const often = await inOwnStore(TIMES, true);
say(`${(DISTINCT * TIMES).toLocaleString('en')} deliveries, ${TIMES} of each, shuffled`, often);

const [first, second, expected] = [once.totals, often.totals, often.expected].map((one) =>
  JSON.stringify(one),
);
console.log(second);
if (first === expected && second === expected) console.log('totals: exactly those of the distinct events');
else {
  console.log(`TOTALS DIFFER: once ${first}, expected ${expected}`);
  process.exitCode = 1;
}
