import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../shared/adapters/postgres/database.ts';
import { postgresDialect } from '../../shared/adapters/sql/dialects/postgres.ts';
import { aSendingRun, type LedgerDriver, openLedger } from '../fixtures/ledger-driver.ts';
import { type PostgresServer, SUPERUSER, startPostgres } from './postgres-server.ts';

const LEASE = 60_000;

describe('a mark in PostgreSQL', () => {
  let server: PostgresServer;
  let driver: LedgerDriver;
  beforeAll(async () => {
    server = await startPostgres();
    await server.run('ALTER DATABASE tank SET synchronous_commit = off');
    const url = `postgres://${SUPERUSER}@localhost:${server.port}/tank`;
    driver = await openLedger(openPostgres({ url, connections: 6 }), postgresDialect);
  });
  afterAll(async () => {
    await driver.close();
    await server.stop();
  });

  it('is on the disk with its commit, though the database was told not to wait for it', async () => {
    expect(await driver.database.all('SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
  });

  it('that was held up until its lease is over is seen by the next claim, which takes what was marked for doubtful and never for its own', async () => {
    const { ledger, database } = driver;
    await aSendingRun(ledger, 3);
    const slow = await ledger.claimBatch('r1-b0', LEASE, LEASE);
    const stall = database.atomic([
      { sql: `UPDATE email_send_log SET domain = domain WHERE id = 'r1-00000001'` },
      { sql: 'SELECT pg_sleep(1)' },
    ]);
    await untilStalled(driver);
    const marking = ledger.markWave({
      batchId: 'r1-b0',
      fence: slow?.fence ?? -1,
      sends: ['r1-00000000', 'r1-00000001'].map((sendId) => ({ sendId, call: 1 })),
      settled: [],
    });
    await untilWaiting(driver);
    await driver.pass(LEASE + 1);
    const next = await ledger.claimBatch('r1-b0', LEASE, LEASE);
    await stall;
    expect((await marking).size).toBe(2);
    expect(next?.sends.map(({ id }) => id)).toEqual(['r1-00000002']);
    expect(await ledger.counts('r1')).toMatchObject({ in_doubt: 2, pending: 1 });
  });
});

const untilCounted = async ({ database }: LedgerDriver, condition: string): Promise<void> => {
  for (;;) {
    const rows = await database.all(`SELECT pid FROM pg_stat_activity WHERE ${condition}`);
    if (rows.length > 0) return;
  }
};
const untilStalled = (driver: LedgerDriver) => untilCounted(driver, `wait_event = 'PgSleep'`);
const untilWaiting = (driver: LedgerDriver) => untilCounted(driver, `wait_event_type = 'Lock'`);
