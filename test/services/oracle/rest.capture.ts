import { expect, it } from 'vitest';
import { sqliteDialect } from '../../../shared/adapters/sql/dialects/sqlite.ts';
import { createSqlAccounts } from '../../../shared/adapters/sql/identity/accounts.ts';
import { createSqlSecondFactors } from '../../../shared/adapters/sql/identity/second-factors.ts';
import { createSqlSignals } from '../../../shared/adapters/sql/identity/signals.ts';
import { createSqlLedger } from '../../../shared/adapters/sql/ledger/ledger.ts';
import { aRun, aSend } from '../../fixtures/ledger-driver.ts';
import { madeUpRuntime } from '../../fixtures/made-up-runtime.ts';
import { openTestStore } from '../../fixtures/test-store.ts';

/** Housekeeping and corners that no other test of the capture comes by. */
const TWO_HOURS = 2 * 3_600_000;

it('sweeps what has expired', async () => {
  const database = await openTestStore();
  const { runtime, pass } = madeUpRuntime();
  const accounts = createSqlAccounts(database, sqliteDialect, runtime.clock);
  const nobody = async () => expect.unreachable('nobody hears of it');
  const signals = createSqlSignals(database, sqliteDialect, runtime, { alerts: nobody, audit: nobody });
  pass(TWO_HOURS);
  await accounts.revokeToken('token', runtime.clock.now());
  await signals.note('permission_denied', '192.0.2.1');
  expect(await createSqlSecondFactors(database).recoveryCodesLeft('account')).toBe(0);
});

it('gives a send that the planner held a batch, and ends the leases of a dead host', async () => {
  const ledger = createSqlLedger(await openTestStore(), sqliteDialect);
  const { id } = aRun();
  await ledger.startRun(aRun());
  const plan = await ledger.takePlan(id, 60_000);
  const fence = plan?.fence ?? -1;
  const sends = [aSend(id, 0, undefined, { state: 'held' }), aSend(id, 1, `${id}-b0`)];
  await ledger.appendPlan({
    runId: id,
    fence,
    leaseMs: 60_000,
    position: new Uint8Array([1]),
    batchIds: [`${id}-b0`],
    sends,
  });
  await ledger.finishPlan(id, fence);
  await ledger.endLeases();
  const choice = { sendIds: [sends[0]?.id ?? ''] };
  const ruled = await ledger.rule({ runId: id, choice, to: 'pending', by: 'os:test', reason: 'looked at' });
  expect(ruled).toMatchObject({ kind: 'ruled', sendIds: choice.sendIds });
});
