import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { createSqlLedger } from '../../shared/adapters/sql/ledger/ledger.ts';
import { migrate } from '../../shared/adapters/sql/migrate.ts';
import { openSqlite } from '../../shared/adapters/sqlite/database.ts';
import type { Database } from '../../shared/ports/database.ts';
import type { Ledger } from '../../shared/ports/ledger.ts';
import { growStore, LIVE_RUN } from '../fixtures/grown-store.ts';
import { planOf, watchDatabase } from '../fixtures/watched-database.ts';

const SENDS = 2_000;
const FIRST_FREE_BATCH = `${LIVE_RUN}-b30`;

/** With a million sends, a table that is read from end to end costs a third of a second: per batch, or per tick. */
describe('The plans of what the ledger asks for every batch and every tick', () => {
  let folder: string;
  let database: Database;
  let ledger: Ledger;
  let asked: Set<string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tank-plans-'));
    database = await openSqlite(join(folder, 'tank.db'), { host: 'inline' });
    await migrate(database, sqliteDialect);
    await growStore(database, SENDS);
    const watch = watchDatabase(database);
    asked = watch.asked;
    ledger = createSqlLedger(watch.watched, sqliteDialect);
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const wholeTables = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    asked.clear();
    await work();
    const plans = await Promise.all([...asked].map((sql) => planOf(database, sql)));
    return plans
      .flat()
      .filter((step) => /^SCAN (email_send_log|send_batch|s|b)\b(?!.*send_by_write_back)/.test(step));
  };
  const sendBatch = async () => {
    const batch = await ledger.claimBatch(FIRST_FREE_BATCH, 60_000, 60_000);
    if (!batch) throw new Error('the batch could not be claimed');
    const [first] = batch.sends;
    const sends = [{ sendId: first?.id ?? '', call: 1 }];
    const held = { batchId: batch.id, fence: batch.fence };
    await ledger.markWave({ ...held, sends, settled: [] });
    const sent = { sendId: first?.id ?? '', call: 1, to: 'sent', messageId: 'm' } as const;
    await ledger.markWave({ ...held, sends: [], settled: [sent] });
    await ledger.settle([sent]);
    await ledger.releaseBatch(batch.id, batch.fence);
    return ledger.finishRun(LIVE_RUN);
  };
  const feed = async () => {
    await ledger.enqueuedBatches('bulk');
    await ledger.takeDueBatches('bulk', 10, 1_000);
    await ledger.forgetEnqueued('bulk');
    await ledger.capWaits(60_000);
  };
  const writeBack = async () => {
    expect(await ledger.runsWithWriteBacks()).toEqual([LIVE_RUN]);
    const items = await ledger.writeBacksDue(LIVE_RUN, 10);
    await ledger.recordWriteBacks(items.map(({ sendId }) => ({ sendId, kind: 'done' })));
  };

  it('of sending a batch read no table from end to end', async () => {
    expect(await wholeTables(sendBatch)).toEqual([]);
  });

  it('of feeding the queue read no table from end to end, however many batches a held run has', async () => {
    expect(await wholeTables(feed)).toEqual([]);
  });

  it('of writing back read only what is owed', async () => {
    expect(await wholeTables(writeBack)).toEqual([]);
    asked.clear();
    await ledger.writeBacksDue(LIVE_RUN, 10);
    const [due] = [...asked];
    expect((await planOf(database, due ?? '')).join()).toContain('send_by_write_back');
  });

  it('of asking for later evidence walks an index, however many events there are', async () => {
    asked.clear();
    await ledger.evidenceSince('ses', 0);
    const plans = await Promise.all([...asked].map((sql) => planOf(database, sql)));
    const steps = plans.flat();
    expect(steps.join()).toContain('delivery_event_by_send');
    expect(steps.filter((step) => /TEMP B-TREE|^SCAN (?!delivery_event USING)/.test(step))).toEqual([]);
  });

  it('would be noticed if they did', async () => {
    const plan = await planOf(database, `SELECT id FROM email_send_log WHERE domain = 'example.com'`);
    expect(plan.join()).toMatch(/^SCAN email_send_log/);
  });
});
