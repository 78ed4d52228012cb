import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ClaimedBatch, Ledger } from '../../shared/ports/ledger.ts';
import { history, take, worldOptions } from '../fixtures/delivery-history.ts';
import { DeliveryWorld, DOUBT_WAIT_MS, LEASE_MS, newModel } from '../fixtures/delivery-world.ts';
import { aSendingRun, type LedgerDriver } from '../fixtures/ledger-driver.ts';
import type { LedgerModel, ModelClaim } from '../fixtures/ledger-model.ts';

const HOLD = { id: 'h', scope: 'run', scopeId: 'r1', reason: 'test', author: 'test' } as const;

type Replay = (sql: LedgerDriver) => Promise<void>;

/** Every call that the world makes on the model is noted, to be made on the SQL ledger with the same clock. */
const recorded = (model: LedgerModel, notes: Replay[]): LedgerModel => {
  const claims = new Map<ModelClaim, ClaimedBatch>();
  const batchOf = (claim: ModelClaim) => claims.get(claim) ?? fail('a claim that the SQL ledger refused');
  const states = () => model.sends.map((send) => [send.state, send.calls, send.attempts]);
  const note = (replay: Replay) => {
    const [at, held, expected] = [model.now, model.held, states()];
    notes.push(async (sql) => {
      await sql.database.run('UPDATE test_clock SET at = ?', [CLOCK_START + at]);
      await sql.database.run('DELETE FROM hold');
      if (held) await sql.ledger.hold(HOLD);
      await replay(sql);
      const rows = await sql.database.all('SELECT state, calls, attempts FROM email_send_log ORDER BY id');
      expect(rows.map((row) => [row.state, row.calls, row.attempts])).toEqual(expected);
    });
  };
  const calls: Partial<LedgerModel> = {
    claim: (batch) => {
      const claim = model.claim(batch);
      note(async ({ ledger }) => {
        const claimed = await ledger.claimBatch(`r1-b${batch}`, LEASE_MS, DOUBT_WAIT_MS);
        if (claimed && !claim) return giveBack(ledger, claimed);
        expect(claimed?.sends.map(({ id, state, calls: n }) => ({ id, state, calls: n }))).toEqual(
          claim?.sends,
        );
        if (claim && claimed) claims.set(claim, claimed);
      });
      return claim;
    },
    mark: (claim, ids, settled) => {
      const marked = model.mark(claim, ids, settled);
      const sends = ids.map((sendId) => ({ sendId, call: 0 }));
      note(async ({ ledger }) => {
        const { id, fence } = batchOf(claim);
        expect([...(await ledger.markWave({ batchId: id, fence, sends, settled }))].sort()).toEqual(
          [...marked].sort(),
        );
      });
      return marked;
    },
    settle: (settlements) => {
      model.settle(settlements);
      note(({ ledger }) => ledger.settle(settlements));
    },
    accept: (sendId) => {
      model.accept(sendId);
      note(({ ledger }) => ledger.acceptEvidence([{ attemptId: `${sendId}-1`, messageId: 'm', at: 0 }]));
    },
    decide: (claim, sendId, to) => {
      model.decide(claim, sendId, to);
      note(async ({ ledger }) => {
        const { id, fence } = batchOf(claim);
        await ledger.refuse(id, fence, [
          { sendId, to, fault: { code: 'transport_doubtful', class: 'transport', facts: {} } },
        ]);
      });
    },
    order: (sendId, to) => {
      model.order(sendId, to);
      note(async ({ ledger }) => {
        await ledger.rule({
          runId: 'r1',
          choice: { sendIds: [sendId] },
          to,
          by: 'os:test',
          reason: 'test',
        });
      });
    },
    release: (claim) => {
      model.release(claim);
      note(async ({ ledger }) => {
        const { id, fence } = batchOf(claim);
        await ledger.releaseBatch(id, fence);
      });
    },
  };
  return new Proxy(model, {
    get: (target, name) => Reflect.get(calls, name) ?? Reflect.get(target, name, target),
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
};

/**
 * A batch's due time is written at its release, and is too early when its worker died before that: SQL may then
 * claim a batch in which nothing is due. It must be empty, and is given back at once, as send-batch does.
 */
const giveBack = async (ledger: Ledger, { id, fence, sends }: ClaimedBatch): Promise<void> => {
  expect(sends).toEqual([]);
  await ledger.releaseBatch(id, fence);
};

const CLOCK_START = 1_000_000;

const fail = (what: string): never => {
  throw new Error(what);
};

export const ledgerModelContract = (
  name: string,
  histories: number,
  open: () => Promise<LedgerDriver>,
): void => {
  it(`the ledger on ${name} does what the model does, call by call, in ${histories} histories`, {
    timeout: 240_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(worldOptions, history, async (options, steps) => {
        const notes: Replay[] = [];
        const world = new DeliveryWorld(options, recorded(newModel(options.sends), notes));
        for (const one of steps) take(world, one);
        world.settleDown();
        const sql = await open();
        try {
          await aSendingRun(sql.ledger, options.sends);
          for (const replay of notes) await replay(sql);
        } finally {
          await sql.close();
        }
      }),
      { numRuns: histories, endOnFailure: true },
    );
  });
};
