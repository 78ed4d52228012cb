import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../shared/adapters/postgres/database.ts';
import { postgresDialect } from '../../shared/adapters/sql/dialects/postgres.ts';
import type { Settlement } from '../../shared/ports/ledger.ts';
import { aSendingRun, type LedgerDriver, openLedger } from '../fixtures/ledger-driver.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { type PostgresServer, SUPERUSER, startPostgres } from './postgres-server.ts';

describe('the round trips to PostgreSQL of one batch', () => {
  let server: PostgresServer;
  let proxy: CountingProxy;
  let driver: LedgerDriver;
  beforeAll(async () => {
    server = await startPostgres();
    proxy = await startCountingProxy(server.port);
    const url = `postgres://${SUPERUSER}@127.0.0.1:${proxy.port}/tank`;
    driver = await openLedger(openPostgres({ url, connections: 1 }), postgresDialect);
  });
  afterAll(async () => {
    await driver.close();
    await proxy.stop();
    await server.stop();
  });

  it('are four at most for claiming, committing all outcomes and giving it back', async () => {
    const { ledger } = driver;
    const run = await aSendingRun(ledger, 3);
    const [due] = await ledger.takeDueBatches('bulk', 1, 60_000);
    proxy.taken();

    const batch = await ledger.claimBatch(due?.batchId ?? '', 60_000, 60_000);
    const claim = proxy.taken();
    const sends = (batch?.sends ?? []).map(({ id, calls }) => ({ sendId: id, call: calls + 1 }));
    const marked = await ledger.markWave({
      batchId: batch?.id ?? '',
      fence: batch?.fence ?? -1,
      settled: [],
      sends,
    });
    const mark = proxy.taken();
    const settled: Settlement[] = sends.map(({ sendId, call }) => ({
      to: 'sent',
      sendId,
      call,
      messageId: `m-${sendId}`,
    }));
    await ledger.settle(settled);
    const commit = proxy.taken();
    await ledger.releaseBatch(batch?.id ?? '', batch?.fence ?? -1);
    const release = proxy.taken();

    expect(marked.size).toBe(3);
    expect(await ledger.counts(run)).toMatchObject({ sent: 3 });
    expect({ claim, mark, commit, release }).toEqual({ claim: 2, mark: 1, commit: 1, release: 1 });
    expect(claim + commit + release).toBeLessThanOrEqual(4);
  });
});
