/**
 * The ledger's statements of every batch and every tick against a grown store, with their plans:
 *   node --import tsx test/bench/ledger.bench.ts
 * TANK_TEST_BENCH_SENDS (1000000) sends in one run that is being sent; as many batches again wait in a held run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { createSqlLedger } from '../../shared/adapters/sql/ledger/ledger.ts';
import { migrate } from '../../shared/adapters/sql/migrate.ts';
import { openSqlite } from '../../shared/adapters/sqlite/database.ts';
import { growStore, LIVE_RUN } from '../fixtures/grown-store.ts';
import { planOf, watchDatabase } from '../fixtures/watched-database.ts';

const SENDS = Number(process.env.TANK_TEST_BENCH_SENDS ?? 1_000_000);
const ROUNDS = 9;

const folder = await mkdtemp(join(tmpdir(), 'tank-bench-'));
const database = await openSqlite(join(folder, 'tank.db'), { host: 'inline' });
await migrate(database, sqliteDialect);
const startedAt = performance.now();
await growStore(database, SENDS);
console.log(`${SENDS} sends laid out in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);

const { watched, asked } = watchDatabase(database);
const ledger = createSqlLedger(watched, sqliteDialect);

const measure = async (name: string, work: (round: number) => Promise<unknown>): Promise<void> => {
  asked.clear();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await work(round);
    times.push(performance.now() - began);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  const scans = (await Promise.all([...asked].map(scansOf))).flat();
  console.log(
    `${name.padEnd(30)} ${median.toFixed(3).padStart(9)} ms${scans.length ? `   SCANS: ${scans.join(' · ')}` : ''}`,
  );
};

const scansOf = async (sql: string): Promise<readonly string[]> =>
  (await planOf(database, sql)).filter((step) => /\bSCAN\b(?! CONSTANT)/.test(step));

const [first] = await ledger.takeDueBatches('bulk', 1, 1);
const batchOf = (round: number) => `${LIVE_RUN}-b${Number(first?.batchId.split('-b')[1] ?? 0) + 300 + round}`;
await measure('enqueuedBatches', () => ledger.enqueuedBatches('bulk'));
await measure('takeDueBatches of 200', () => ledger.takeDueBatches('bulk', 200, 1));
await measure('takeDueBatches, urgent', () => ledger.takeDueBatches('urgent', 200, 1));
await measure('forgetEnqueued', () => ledger.forgetEnqueued('bulk'));
await measure('claimBatch', (round) => ledger.claimBatch(batchOf(round), 60_000, 60_000));
await measure('finishRun, nothing to finish', () => ledger.finishRun(LIVE_RUN));
await measure('counts', () => ledger.counts(LIVE_RUN));
await measure('liveRuns', () => ledger.liveRuns());
await measure('unplannedRuns', () => ledger.unplannedRuns());
await measure('runsWithWriteBacks', () => ledger.runsWithWriteBacks());
await measure('writeBacksDue of 500', () => ledger.writeBacksDue(LIVE_RUN, 500));
await measure('sends, a page of 1,000 failed', () =>
  ledger.sends(LIVE_RUN, { limit: 1000, states: ['failed'] }),
);
await database.close();
await rm(folder, { recursive: true });
