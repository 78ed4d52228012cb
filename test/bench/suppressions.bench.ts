import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { createSqlLedger } from '../../shared/adapters/sql/ledger/ledger.ts';
import { migrate } from '../../shared/adapters/sql/migrate.ts';
import { createSqlSuppressions } from '../../shared/adapters/sql/suppressions.ts';
import { openSqlite } from '../../shared/adapters/sqlite/database.ts';
import { batchId, sendId } from '../../shared/domain/identifiers.ts';
import { dataKeysInMemory, vaultOver } from '../fixtures/keys.ts';
import { aRun, aSend } from '../fixtures/ledger-driver.ts';

/** What the look at the list costs at expansion and at claim and mark, with nobody on it and with a million. */
const ENTRIES = Number(process.argv[2] ?? 1_000_000);
const BATCHES = 200;
const BATCH = 50;
const QUESTION = { organisation: 'retail', declinable: true };

const hash = await vaultOver(dataKeysInMemory()).hasher();

const measure = async (entries: number): Promise<{ lookup: number; claim: number }> => {
  const folder = mkdtempSync(join(tmpdir(), 'tank-bench-'));
  const database = await openSqlite(join(folder, 'tank.db'), { host: 'inline' });
  await migrate(database, sqliteDialect);
  const suppressions = createSqlSuppressions(database, sqliteDialect);
  const ledger = createSqlLedger(database, sqliteDialect);
  const chunk = 10_000;
  for (let from = 0; from < entries; from += chunk) {
    const numbers = Array.from({ length: Math.min(chunk, entries - from) }, (_, n) => from + n);
    await suppressions.add(
      numbers.map((n) => ({
        addressHash: hash('address', `listed${n}@example.com`),
        scope: '*',
        reason: 'manual' as const,
        origin: 'bench',
        masked: 'l******@example.com',
        createdAt: 1,
      })),
    );
  }

  const lookups: number[] = [];
  for (let round = 0; round < 100; round += 1) {
    const hashes = Array.from({ length: 500 }, (_, n) =>
      hash('address', `customer${round}-${n}@example.com`),
    );
    const started = performance.now();
    await suppressions.among(hashes, QUESTION);
    lookups.push((performance.now() - started) / 500);
  }

  await ledger.startRun(aRun());
  const plan = await ledger.takePlan('r1', 600_000);
  const numbers = Array.from({ length: BATCHES * BATCH }, (_, n) => n);
  await ledger.appendPlan({
    runId: 'r1',
    fence: plan?.fence ?? -1,
    leaseMs: 600_000,
    position: new Uint8Array([1]),
    batchIds: Array.from({ length: BATCHES }, (_, n) => batchId('r1', n)),
    sends: numbers.map((n) =>
      aSend('r1', n, batchId('r1', Math.floor(n / BATCH)), {
        addressHash: hash('address', `customer${n}@example.com`),
      }),
    ),
  });
  await ledger.finishPlan('r1', plan?.fence ?? -1);
  const claims: number[] = [];
  for (let b = 0; b < BATCHES; b += 1) {
    const started = performance.now();
    const batch = await ledger.claimBatch(batchId('r1', b), 60_000, 60_000);
    const sends = Array.from({ length: BATCH }, (_, n) => ({ sendId: sendId('r1', b * BATCH + n), call: 1 }));
    const marked = await ledger.markWave({
      batchId: batchId('r1', b),
      fence: batch?.fence ?? -1,
      sends,
      settled: [],
    });
    if (marked.size !== BATCH) throw new Error('not marked');
    claims.push((performance.now() - started) / BATCH);
  }
  await database.close();
  rmSync(folder, { recursive: true });
  return { lookup: median(lookups) * 1000, claim: median(claims) * 1000 };
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

console.log(`Node ${process.version}`);
const empty = await measure(0);
const full = await measure(ENTRIES);
const say = (what: string, a: number, b: number): void =>
  console.log(
    `${what.padEnd(34)} ${a.toFixed(1)} µs with none, ${b.toFixed(1)} µs with ${ENTRIES.toLocaleString('en')} (${(b / a).toFixed(2)} ×)`,
  );
say('lookup at expansion, each address', empty.lookup, full.lookup);
say('claim and mark, each send', empty.claim, full.claim);
