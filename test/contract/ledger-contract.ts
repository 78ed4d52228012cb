import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedBatch, Fault, Ledger, Ruling, Settlement } from '../../shared/ports/ledger.ts';
import { aRun, aSend, aSendingRun, type LedgerDriver } from '../fixtures/ledger-driver.ts';

const LEASE = 60_000;
const DOUBT_WAIT = 3_600_000;
const FAULT: Fault = { code: 'transport_temporary', class: 'transport', facts: { reason: '421' } };

export const ledgerContract = (name: string, open: () => Promise<LedgerDriver>): void => {
  describe(`ledger on ${name}`, () => {
    let driver: LedgerDriver;
    let ledger: Ledger;
    beforeEach(async () => {
      driver = await open();
      ledger = driver.ledger;
    });
    afterEach(() => driver.close());

    const claim = async (batchId: string): Promise<ClaimedBatch> => {
      const batch = await ledger.claimBatch(batchId, LEASE, DOUBT_WAIT);
      if (!batch) throw new Error(`${batchId} could not be claimed`);
      return batch;
    };
    const mark = (batch: ClaimedBatch, settled: Parameters<Ledger['settle']>[0] = []) =>
      ledger.markWave({
        batchId: batch.id,
        fence: batch.fence,
        sends: batch.sends.map((send) => ({ sendId: send.id, call: send.calls + 1 })),
        settled,
      });
    const states = async (runId: string) =>
      (await ledger.sends(runId, { limit: 100 })).map((send) => send.state);

    describe('starting a run', () => {
      it('gives the same run for the same idempotency key, also after it ended', async () => {
        const first = await ledger.startRun(aRun({ idempotencyKey: 'k' }));
        expect(first.kind).toBe('started');
        await ledger.failRun('r1', { code: 'internal', facts: {} });
        const again = await ledger.startRun(aRun({ id: 'r2', idempotencyKey: 'k' }));
        expect([again.kind, again.run.id, again.run.state]).toEqual(['repeated', 'r1', 'failed']);
      });

      it('refuses a second live run of an automation and allows it after the first has ended', async () => {
        await ledger.startRun(aRun());
        const second = await ledger.startRun(aRun({ id: 'r2' }));
        expect([second.kind, second.run.id]).toEqual(['live', 'r1']);
        await ledger.cancelRun('r1', 'os:test');
        expect((await ledger.startRun(aRun({ id: 'r3' }))).kind).toBe('started');
      });

      it('lets one of many simultaneous starts win', async () => {
        const starts = await Promise.all(
          Array.from({ length: 10 }, (_, i) => ledger.startRun(aRun({ id: `r${i}` }))),
        );
        expect(starts.filter((start) => start.kind === 'started')).toHaveLength(1);
      });
    });

    describe('planning', () => {
      it('belongs to one planner until its lease ends, and then the old fence writes nothing', async () => {
        await ledger.startRun(aRun());
        const first = await ledger.takePlan('r1', LEASE);
        expect(await ledger.takePlan('r1', LEASE)).toBeUndefined();
        await driver.pass(LEASE + 1);
        const second = await ledger.takePlan('r1', LEASE);
        const chunk = {
          runId: 'r1',
          leaseMs: LEASE,
          position: new Uint8Array([7]),
          batchIds: ['r1-b0'],
          sends: [aSend('r1', 0, 'r1-b0')],
        };
        expect(await ledger.appendPlan({ ...chunk, fence: first?.fence ?? -1 })).toBe(false);
        expect(await ledger.appendPlan({ ...chunk, fence: second?.fence ?? -1 })).toBe(true);
        expect((await ledger.counts('r1')).pending).toBe(1);
      });

      it('goes on from the committed position after a crash', async () => {
        await ledger.startRun(aRun());
        const plan = await ledger.takePlan('r1', LEASE);
        await ledger.appendPlan({
          runId: 'r1',
          fence: plan?.fence ?? -1,
          leaseMs: LEASE,
          position: new Uint8Array([9, 9]),
          batchIds: ['r1-b0'],
          sends: [aSend('r1', 0, 'r1-b0'), aSend('r1', 1, undefined, { state: 'skipped' })],
        });
        await driver.pass(LEASE + 1);
        const resumed = await ledger.takePlan('r1', LEASE);
        expect(resumed?.position).toEqual(new Uint8Array([9, 9]));
        expect([resumed?.run.targets, resumed?.batches]).toEqual([2, 1]);
      });

      it('keeps a stop that was found before the crash', async () => {
        await ledger.startRun(aRun());
        const plan = await ledger.takePlan('r1', LEASE);
        const stop = { code: 'attachment_duplicated', facts: { column: 'FILE' } } as const;
        const base = {
          runId: 'r1',
          fence: plan?.fence ?? -1,
          leaseMs: LEASE,
          position: new Uint8Array([1]),
          batchIds: [],
        };
        await ledger.appendPlan({ ...base, sends: [aSend('r1', 0, undefined, { state: 'skipped' })], stop });
        await ledger.appendPlan({ ...base, sends: [aSend('r1', 1, undefined, { state: 'skipped' })] });
        await ledger.yieldPlan('r1', plan?.fence ?? -1);
        expect((await ledger.takePlan('r1', LEASE))?.run.error).toEqual(stop);
      });

      it('writes a chunk wholly or not at all', async () => {
        await ledger.startRun(aRun());
        const plan = await ledger.takePlan('r1', LEASE);
        const twice = [aSend('r1', 0, 'r1-b0'), aSend('r1', 0, 'r1-b0')];
        const chunk = {
          runId: 'r1',
          fence: plan?.fence ?? -1,
          leaseMs: LEASE,
          position: new Uint8Array([1]),
          batchIds: ['r1-b0'],
          sends: twice,
        };
        await expect(ledger.appendPlan(chunk)).rejects.toThrow();
        expect((await ledger.run('r1'))?.targets).toBe(0);
        expect((await ledger.counts('r1')).pending).toBe(0);
      });
    });

    describe('enqueuing', () => {
      it('names due batches once within the window, and again after it or when the queue has lost them', async () => {
        await aSendingRun(ledger, 7);
        expect(await ledger.takeDueBatches('bulk', 2, 1_000)).toHaveLength(2);
        expect(await ledger.takeDueBatches('bulk', 10, 1_000)).toHaveLength(1);
        expect(await ledger.takeDueBatches('bulk', 10, 1_000)).toHaveLength(0);
        expect(await ledger.enqueuedBatches('bulk')).toBe(3);
        await ledger.forgetEnqueued('bulk');
        expect(await ledger.takeDueBatches('bulk', 10, 1_000)).toHaveLength(3);
        await driver.pass(1_001);
        expect(await ledger.takeDueBatches('bulk', 10, 1_000)).toHaveLength(3);
      });

      it('leaves the batches of a held run in the store, and keeps lanes apart', async () => {
        await aSendingRun(ledger, 3);
        await aSendingRun(ledger, 3, { id: 'u1', automationId: 'a2', lane: 'urgent' });
        await ledger.hold({ id: 'h', scope: 'run', scopeId: 'r1', reason: 'lunch', author: 'os:test' });
        expect(await ledger.takeDueBatches('bulk', 10, 1_000)).toEqual([]);
        expect(await ledger.takeDueBatches('urgent', 10, 1_000)).toEqual([{ runId: 'u1', batchId: 'u1-b0' }]);
      });
    });

    describe('sending', () => {
      it('gives a batch to one worker at a time', async () => {
        await aSendingRun(ledger, 3);
        const claims = await Promise.all(
          Array.from({ length: 8 }, () => ledger.claimBatch('r1-b0', LEASE, DOUBT_WAIT)),
        );
        expect(claims.filter(Boolean)).toHaveLength(1);
      });

      it('marks before the call and settles by the answer', async () => {
        await aSendingRun(ledger, 3);
        const batch = await claim('r1-b0');
        expect((await mark(batch)).size).toBe(3);
        expect(await states('r1')).toEqual(['sending', 'sending', 'sending']);
        const [a, b, c] = batch.sends;
        await ledger.settle([
          { sendId: a?.id ?? '', call: 1, to: 'sent', messageId: 'm1' },
          { sendId: b?.id ?? '', call: 1, to: 'retry', afterMs: 500, counts: true, fault: FAULT },
          { sendId: c?.id ?? '', call: 1, to: 'failed', fault: FAULT },
        ]);
        expect(await states('r1')).toEqual(['sent', 'retry', 'failed']);
        await ledger.releaseBatch('r1-b0', batch.fence);
        expect(await ledger.claimBatch('r1-b0', LEASE, DOUBT_WAIT)).toBeUndefined();
        await driver.pass(501);
        expect((await claim('r1-b0')).sends.map((send) => [send.id, send.attempts, send.calls])).toEqual([
          [b?.id, 1, 1],
        ]);
      });

      it('lets nothing wait longer than the longest wait, for a clock that was turned back in the meantime', async () => {
        await aSendingRun(ledger, 3);
        const batch = await claim('r1-b0');
        await mark(batch);
        const waits = { call: 1, to: 'retry', counts: true, fault: FAULT } as const;
        await ledger.settle([
          { ...waits, sendId: 'r1-00000000', afterMs: 500 },
          { ...waits, sendId: 'r1-00000001', afterMs: 7_200_000 },
          { ...waits, sendId: 'r1-00000002', afterMs: 9_000_000 },
        ]);
        await ledger.releaseBatch('r1-b0', batch.fence);
        await ledger.capWaits(10_000_000);
        await driver.pass(501);
        const first = await claim('r1-b0');
        expect(first.sends.map((send) => send.id)).toEqual(['r1-00000000']);
        await mark(first);
        await ledger.settle([{ call: 2, to: 'sent', sendId: 'r1-00000000', messageId: 'm' }]);
        await ledger.releaseBatch('r1-b0', first.fence);

        await ledger.capWaits(60_000);
        await driver.pass(59_000);
        expect(await ledger.claimBatch('r1-b0', LEASE, DOUBT_WAIT)).toBeUndefined();
        await driver.pass(1_001);
        expect((await claim('r1-b0')).sends.map((send) => send.id)).toEqual(['r1-00000001', 'r1-00000002']);
      });

      it('turns what a dead worker had marked into in doubt, never into pending', async () => {
        await aSendingRun(ledger, 3);
        const dead = await claim('r1-b0');
        await ledger.markWave({
          batchId: dead.id,
          fence: dead.fence,
          sends: [{ sendId: 'r1-00000000', call: 1 }],
          settled: [],
        });
        await driver.pass(LEASE + 1);
        const next = await claim('r1-b0');
        expect(next.sends.map((send) => send.id)).toEqual(['r1-00000001', 'r1-00000002']);
        expect(await states('r1')).toEqual(['in_doubt', 'pending', 'pending']);
      });

      it('tells the doubtful sends of a batch before their wait is over', async () => {
        await aSendingRun(ledger, 3);
        await mark(await claim('r1-b0'));
        await driver.pass(LEASE + 1);
        expect((await claim('r1-b0')).sends).toEqual([]);
        expect(await ledger.doubtfulIn('r1-b0')).toMatchObject([
          { id: 'r1-00000000', state: 'in_doubt', calls: 1, payload: new Uint8Array([0]) },
          { id: 'r1-00000001', state: 'in_doubt', calls: 1 },
          { id: 'r1-00000002', state: 'in_doubt', calls: 1 },
        ]);
      });

      it('gives the batches and plans of dead workers away at once, and lets the dead write nothing', async () => {
        await aSendingRun(ledger, 3);
        await ledger.startRun(aRun({ id: 'r2', automationId: 'a2' }));
        const [dead, plan] = [await claim('r1-b0'), await ledger.takePlan('r2', LEASE)];
        await ledger.endLeases();
        expect((await mark(dead)).size).toBe(0);
        expect((await claim('r1-b0')).fence).toBe(dead.fence + 1);
        expect((await ledger.takePlan('r2', LEASE))?.fence).toBe((plan?.fence ?? -1) + 1);
      });

      it('cancels what comes back from the calls of a cancelled run, instead of keeping it due for ever', async () => {
        await aSendingRun(ledger, 3);
        const batch = await claim('r1-b0');
        await mark(batch);
        await ledger.cancelRun('r1', 'os:test');
        const again = { call: 1, to: 'retry', afterMs: 0, counts: true, fault: FAULT } as const;
        await ledger.settle(batch.sends.map((send) => ({ sendId: send.id, ...again })));
        await ledger.releaseBatch('r1-b0', batch.fence);
        const after = await claim('r1-b0');
        await ledger.releaseBatch('r1-b0', after.fence);
        expect(await states('r1')).toEqual(['cancelled', 'cancelled', 'cancelled']);
        expect(await ledger.claimBatch('r1-b0', LEASE, DOUBT_WAIT)).toBeUndefined();
      });

      it('refuses a mark after the fence was lost, and after the lease has ended', async () => {
        await aSendingRun(ledger, 3);
        const slow = await claim('r1-b0');
        await driver.pass(LEASE + 1);
        expect((await mark(slow)).size).toBe(0);
        await claim('r1-b0');
        expect((await mark(slow)).size).toBe(0);
        expect(await states('r1')).toEqual(['pending', 'pending', 'pending']);
      });

      it('refuses a mark under any hold on the run, its automation, its identity or the account', async () => {
        for (const [scope, scopeId] of [
          ['run', 'r1'],
          ['automation', 'a1'],
          ['identity', 'no-reply@example.com'],
          ['account', '*'],
        ] as const) {
          const own = await open();
          await aSendingRun(own.ledger, 3);
          const batch = await own.ledger.claimBatch('r1-b0', LEASE, DOUBT_WAIT);
          await own.ledger.hold({ id: 'h', scope, scopeId, reason: 'stop', author: 'os:test' });
          const sends = [{ sendId: 'r1-00000000', call: 1 }];
          expect(
            (await own.ledger.markWave({ batchId: 'r1-b0', fence: batch?.fence ?? -1, sends, settled: [] }))
              .size,
            scope,
          ).toBe(0);
          await own.ledger.liftHold('h', 'os:test');
          expect(
            (await own.ledger.markWave({ batchId: 'r1-b0', fence: batch?.fence ?? -1, sends, settled: [] }))
              .size,
            scope,
          ).toBe(1);
          await own.close();
        }
      });

      it('does not mark an address that was suppressed after planning, and says so at the next claim', async () => {
        await aSendingRun(ledger, 3);
        const batch = await claim('r1-b0');
        await driver.database.run(
          `INSERT INTO suppression (address_hash, scope, reason, origin, created_at) VALUES ('address-1', '*', 'bounce', 'test', 0)`,
        );
        expect([...(await mark(batch))].sort()).toEqual(['r1-00000000', 'r1-00000002']);
        await ledger.releaseBatch(batch.id, batch.fence);
        await driver.pass(LEASE + 1);
        await claim('r1-b0');
        expect((await states('r1'))[1]).toBe('suppressed');
      });

      it('believes a late acceptance although the fence was lost, and ignores the late refusal of an older call', async () => {
        await aSendingRun(ledger, 3);
        const slow = await claim('r1-b0');
        await mark(slow);
        await driver.pass(LEASE + 1);
        await claim('r1-b0');
        expect(await states('r1')).toEqual(['in_doubt', 'in_doubt', 'in_doubt']);
        await ledger.settle([
          { sendId: 'r1-00000000', call: 1, to: 'sent', messageId: 'late' },
          { sendId: 'r1-00000001', call: 1, to: 'failed', fault: FAULT },
          { sendId: 'r1-00000002', call: 9, to: 'failed', fault: FAULT },
        ]);
        expect(await states('r1')).toEqual(['sent', 'failed', 'in_doubt']);
      });

      it('makes a batch due again by the late answer of a worker that has lost it', async () => {
        await aSendingRun(ledger, 1);
        const slow = await claim('r1-b0');
        await mark(slow);
        await driver.pass(LEASE + 1);
        const next = await claim('r1-b0');
        await ledger.releaseBatch(next.id, next.fence);
        expect(await ledger.claimBatch('r1-b0', LEASE, DOUBT_WAIT)).toBeUndefined();
        await mark(slow, [
          { sendId: 'r1-00000000', call: 1, to: 'retry', afterMs: 0, counts: false, fault: FAULT },
        ]);
        expect((await claim('r1-b0')).sends.map(({ state }) => state)).toEqual(['retry']);
      });

      it('lets evidence settle a send before its answer, and the answer then changes nothing', async () => {
        await aSendingRun(ledger, 3);
        const batch = await claim('r1-b0');
        await mark(batch);
        await ledger.acceptEvidence([
          { attemptId: 'r1-00000000-1', messageId: 'ses-1', at: 0 },
          { attemptId: 'no such thing', messageId: 'x', at: 0 },
        ]);
        await ledger.settle([{ sendId: 'r1-00000000', call: 1, to: 'in_doubt', waitMs: 1, fault: FAULT }]);
        const [first] = await ledger.sends('r1', { limit: 1 });
        expect([first?.state, first?.messageId, first?.attempts]).toEqual(['sent', 'ses-1', 1]);
      });

      it('holds or repeats a doubtful send only by policy, and evidence frees a held one', async () => {
        await aSendingRun(ledger, 3);
        await mark(await claim('r1-b0'));
        await driver.pass(LEASE + 1);
        const early = await claim('r1-b0');
        expect(early.sends).toEqual([]);
        await ledger.releaseBatch(early.id, early.fence);
        await driver.pass(DOUBT_WAIT);
        const batch = await claim('r1-b0');
        expect(batch.sends.map((send) => send.state)).toEqual(['in_doubt', 'in_doubt', 'in_doubt']);
        await ledger.refuse('r1-b0', batch.fence, [
          { sendId: 'r1-00000000', to: 'held', fault: FAULT },
          { sendId: 'r1-00000001', to: 'pending', fault: FAULT },
        ]);
        expect(await states('r1')).toEqual(['held', 'pending', 'in_doubt']);
        await ledger.acceptEvidence([{ attemptId: 'r1-00000000-1', messageId: 'm', at: 0 }]);
        expect((await states('r1'))[0]).toBe('sent');
      });

      it('does not let a worker without the fence refuse anything', async () => {
        await aSendingRun(ledger, 3);
        const batch = await claim('r1-b0');
        await ledger.refuse('r1-b0', batch.fence - 1, [
          { sendId: 'r1-00000000', to: 'failed', fault: FAULT },
        ]);
        expect((await states('r1'))[0]).toBe('pending');
      });

      it('counts calls apart from tries: a throttled call costs no attempt', async () => {
        await aSendingRun(ledger, 1);
        const batch = await claim('r1-b0');
        await mark(batch);
        await ledger.settle([
          { sendId: 'r1-00000000', call: 1, to: 'retry', afterMs: 0, counts: false, fault: FAULT },
        ]);
        await ledger.releaseBatch(batch.id, batch.fence);
        expect((await claim('r1-b0')).sends.map((send) => [send.attempts, send.calls])).toEqual([[0, 1]]);
      });
    });

    describe('ending', () => {
      const sendAll = async (batchId: string) => {
        const batch = await claim(batchId);
        await mark(batch);
        await ledger.settle(
          batch.sends.map((send) => ({
            sendId: send.id,
            call: 1,
            to: 'sent' as const,
            messageId: `m-${send.id}`,
          })),
        );
        await ledger.releaseBatch(batch.id, batch.fence);
      };

      it('finishes when nothing is open and the totals add up', async () => {
        await aSendingRun(ledger, 4);
        await sendAll('r1-b0');
        expect(await ledger.finishRun('r1')).toBe(false);
        await sendAll('r1-b1');
        expect(await ledger.finishRun('r1')).toBe(true);
        expect(await ledger.finishRun('r1')).toBe(false);
        expect((await ledger.run('r1'))?.state).toBe('finished');
        expect((await ledger.counts('r1')).sent).toBe(4);
      });

      it('says so when the totals do not add up', async () => {
        await aSendingRun(ledger, 3);
        await sendAll('r1-b0');
        await driver.database.run(`UPDATE run SET targets = 5 WHERE id = 'r1'`);
        expect(await ledger.finishRun('r1')).toBe(true);
        const run = await ledger.run('r1');
        expect([run?.state, run?.error?.code]).toEqual(['failed', 'totals_disagree']);
      });

      it('cancels what nobody has called and still takes the answers of what was', async () => {
        await aSendingRun(ledger, 5);
        const batch = await claim('r1-b0');
        await mark(batch);
        expect(await ledger.cancelRun('r1', 'os:test')).toBe(true);
        expect(await states('r1')).toEqual(['sending', 'sending', 'sending', 'cancelled', 'cancelled']);
        await ledger.settle([{ sendId: 'r1-00000000', call: 1, to: 'sent', messageId: 'm' }]);
        expect((await states('r1'))[0]).toBe('sent');
        expect(await ledger.cancelRun('r1', 'os:test')).toBe(false);
      });
    });

    describe('holds', () => {
      it('are lifted one by one, and a quota hold ends by itself', async () => {
        await aSendingRun(ledger, 3);
        const run = await ledger.run('r1');
        if (!run) throw new Error('no run');
        await ledger.hold({ id: 'h1', scope: 'run', scopeId: 'r1', reason: 'rule', author: 'tank' });
        await ledger.hold({
          id: 'h2',
          scope: 'account',
          scopeId: '*',
          reason: 'quota_exhausted',
          author: 'tank',
          until: 1_000_500,
        });
        expect((await ledger.holdsOn(run)).map((hold) => hold.id).sort()).toEqual(['h1', 'h2']);
        await driver.pass(501);
        expect((await ledger.holdsOn(run)).map((hold) => hold.id)).toEqual(['h1']);
        expect(await ledger.liftHold('h1', 'os:test')).toBe(true);
        expect(await ledger.liftHold('h1', 'os:test')).toBe(false);
        expect(await ledger.holdsOn(run)).toEqual([]);
      });

      it('can be laid again for the same reason after the first has passed', async () => {
        await aSendingRun(ledger, 3);
        const again = { scope: 'run', scopeId: 'r1', reason: 'source_unreachable', author: 'tank' } as const;
        await ledger.hold({ ...again, id: 'h1', until: 1_000_500 });
        await driver.pass(501);
        await ledger.hold({ ...again, id: 'h2', until: 1_001_500 });
        const run = await ledger.run('r1');
        expect(run && (await ledger.holdsOn(run)).map((hold) => hold.id)).toEqual(['h2']);
      });
    });

    describe('a hold of the account', () => {
      const due = async () => (await ledger.takeDueBatches('bulk', 10, 1)).length;
      const hold = (scopeId: string, forMs?: number) =>
        ledger.hold({
          id: `h-${scopeId}`,
          scope: 'account',
          scopeId,
          reason: 'test',
          author: 'tank',
          ...(forMs === undefined ? {} : { forMs }),
        });

      it.each([
        ['*', 0],
        ['ses', 0],
        ['ses/bulk', 0],
        ['ses/urgent', 1],
        ['smtp', 1],
      ])('of %s leaves %d batches of a bulk run over ses due', async (scopeId, left) => {
        await aSendingRun(ledger, 3);
        await hold(scopeId);
        expect(await due()).toBe(left);
      });

      it("ends by the store's clock", async () => {
        await aSendingRun(ledger, 3);
        await hold('ses', 500);
        await driver.pass(499);
        expect(await due()).toBe(0);
        await driver.pass(2);
        expect(await due()).toBe(1);
      });
    });

    describe('decisions of a person', () => {
      const by = { by: 'os:test', reason: 'the customer rang' };
      const settleAs = async (outcomes: readonly ('sent' | 'failed' | 'in_doubt')[]) => {
        await aSendingRun(ledger, outcomes.length);
        for (const batchId of ['r1-b0', 'r1-b1'].slice(0, Math.ceil(outcomes.length / 3))) {
          const batch = await claim(batchId);
          await mark(batch);
          await ledger.settle(
            batch.sends.map((send): Settlement => {
              const to = outcomes[Number(send.id.slice(-2))] ?? 'sent';
              const base = { sendId: send.id, call: 1 };
              if (to === 'sent') return { ...base, to, messageId: 'm' };
              return to === 'failed'
                ? { ...base, to, fault: FAULT }
                : { ...base, to, waitMs: 0, fault: FAULT };
            }),
          );
          await ledger.refuse(
            batch.id,
            batch.fence,
            batch.sends.map((send) => ({ sendId: send.id, to: 'held' as const, fault: FAULT })),
          );
          await ledger.releaseBatch(batch.id, batch.fence);
        }
        expect(await ledger.finishRun('r1')).toBe(true);
      };
      const decide = (to: Ruling['to'], over: Partial<Ruling> = {}) =>
        ledger.rule({ runId: 'r1', choice: {}, to, ...by, ...over });

      it('retries failed sends, and the run is live again until they are settled', async () => {
        await settleAs(['sent', 'failed', 'failed', 'failed']);
        expect(await decide('retry', { choice: { sendIds: ['r1-00000001', 'r1-00000000'] } })).toEqual({
          kind: 'ruled',
          sendIds: ['r1-00000001'],
        });
        const run = await ledger.run('r1');
        expect([run?.state, run?.finishedAt]).toEqual(['sending', undefined]);
        expect((await ledger.startRun(aRun({ id: 'r2' }))).kind).toBe('live');
        expect(await ledger.finishRun('r1')).toBe(false);
        const batch = await claim('r1-b0');
        expect(batch.sends.map((send) => [send.id, send.attempts, send.calls])).toEqual([
          ['r1-00000001', 0, 1],
        ]);
        await mark(batch);
        await ledger.settle([{ sendId: 'r1-00000001', call: 2, to: 'sent', messageId: 'm' }]);
        await ledger.releaseBatch(batch.id, batch.fence);
        expect(await ledger.finishRun('r1')).toBe(true);
        expect(await states('r1')).toEqual(['sent', 'sent', 'failed', 'failed']);
        expect((await ledger.startRun(aRun({ id: 'r3' }))).kind).toBe('started');
      });

      it('retries by error class', async () => {
        await settleAs(['failed', 'failed']);
        expect(await decide('retry', { choice: { classes: ['content'] } })).toMatchObject({ sendIds: [] });
        expect((await ledger.run('r1'))?.state).toBe('finished');
        expect(await decide('retry', { choice: { classes: ['content', 'transport'] } })).toMatchObject({
          sendIds: ['r1-00000000', 'r1-00000001'],
        });
      });

      it('retries nobody whom another run has mailed since or still has open', async () => {
        await settleAs(['failed', 'failed', 'failed']);
        await driver.pass(10);
        await aSendingRun(ledger, 2, { id: 'r2' });
        const batch = await claim('r2-b0');
        await mark(batch);
        await ledger.settle([
          { sendId: 'r2-00000000', call: 1, to: 'sent', messageId: 'm' },
          { sendId: 'r2-00000001', call: 1, to: 'in_doubt', waitMs: 0, fault: FAULT },
        ]);
        expect(await decide('retry', { unlessSentSince: 0 })).toEqual({ kind: 'live', run: 'r2' });
        await ledger.cancelRun('r2', 'os:test');
        expect(await decide('retry', { unlessSentSince: 0 })).toMatchObject({ sendIds: ['r1-00000002'] });
        expect(await decide('retry')).toMatchObject({ sendIds: ['r1-00000000', 'r1-00000001'] });
      });

      const sendAgain = (send: string) =>
        ledger.startAgain(
          { ...aRun({ id: 'x1', lane: 'urgent' }), again: { sendId: send, reason: 'asked' } },
          aSend('x1', 0, 'x1-b0', { keyHash: 'key-0' }),
        );

      it('retries nobody to whom a person has sent this mail again, whatever the recurrence', async () => {
        await settleAs(['failed', 'failed']);
        expect(await sendAgain('r1-00000000')).toMatchObject({ kind: 'started' });
        expect(await decide('retry')).toMatchObject({ sendIds: ['r1-00000001'] });
        const batch = await claim('x1-b0');
        await mark(batch);
        await ledger.settle([{ sendId: 'x1-00000000', call: 1, to: 'sent', messageId: 'm' }]);
        expect(await decide('retry')).toMatchObject({ sendIds: [] });
        expect(await states('r1')).toEqual(['failed', 'retry']);
      });

      it('sends nothing again that a retry has opened, also at the same moment', async () => {
        await settleAs(['failed', 'failed']);
        const [again] = await Promise.all([sendAgain('r1-00000000'), decide('retry')]);
        const [first] = await states('r1');
        expect(first).toBe(again ? 'failed' : 'retry');
        expect(await sendAgain('r1-00000001')).toBeUndefined();
      });

      it('refuses what a cancelled run would have to send, and allows what only closes it', async () => {
        await aSendingRun(ledger, 1);
        await driver.database.run(`UPDATE email_send_log SET state = 'held'`);
        await ledger.cancelRun('r1', 'os:test');
        expect(await decide('pending')).toEqual({ kind: 'closed' });
        expect(await states('r1')).toEqual(['held']);
        expect(await decide('failed')).toMatchObject({ kind: 'ruled' });
        expect(await states('r1')).toEqual(['failed']);
      });

      it('settles held sends: sent owes the source and is remembered, failed and pending say by whom', async () => {
        await settleAs(['in_doubt', 'in_doubt', 'in_doubt']);
        await decide('sent', { choice: { sendIds: ['r1-00000000'] } });
        await decide('failed', { choice: { sendIds: ['r1-00000001'] } });
        expect((await ledger.run('r1'))?.state).toBe('finished');
        await decide('pending');
        const sends = await ledger.sends('r1', { limit: 9 });
        expect(sends.map((send) => [send.state, send.writeBack])).toEqual([
          ['sent', 'due'],
          ['failed', 'none'],
          ['pending', 'none'],
        ]);
        expect(sends[1]?.fault).toMatchObject({ code: 'settled_by_person', facts: by });
        expect([...(await ledger.sentBefore('a1', ['key-0', 'key-1'])).keys()]).toEqual(['key-0']);
        expect((await ledger.run('r1'))?.state).toBe('sending');
        expect((await claim('r1-b0')).sends.map((send) => send.id)).toEqual(['r1-00000002']);
        const kept = await driver.database.all('SELECT to_state FROM send_ruling ORDER BY send_id');
        expect(kept.map((row) => row.to_state)).toEqual(['sent', 'failed', 'pending']);
      });

      it('settles rows of one key together, and remembers the recipient once', async () => {
        await settleAs(['in_doubt', 'in_doubt']);
        await driver.database.run(
          `UPDATE email_send_log SET key_hash = 'key-0', occurrence = CASE id WHEN 'r1-00000000' THEN 1 ELSE 2 END`,
        );
        expect(await decide('sent')).toMatchObject({ sendIds: ['r1-00000000', 'r1-00000001'] });
        expect([...(await ledger.sentBefore('a1', ['key-0'])).keys()]).toEqual(['key-0']);
      });

      it('gives sends that the planner held to batches of their own', async () => {
        await ledger.startRun(aRun());
        const plan = await ledger.takePlan('r1', LEASE);
        const fence = plan?.fence ?? -1;
        await ledger.appendPlan({
          runId: 'r1',
          fence,
          leaseMs: LEASE,
          position: new Uint8Array([1]),
          batchIds: [],
          sends: Array.from({ length: 60 }, (_, n) => aSend('r1', n, undefined, { state: 'held' })),
        });
        await ledger.finishPlan('r1', fence);
        await ledger.finishRun('r1');
        await decide('pending');
        expect((await ledger.takeDueBatches('bulk', 9, 1)).map((batch) => batch.batchId)).toEqual([
          'r1-b0',
          'r1-b1',
        ]);
        expect((await claim('r1-b1')).sends).toHaveLength(10);
        expect(await ledger.totalsFaults()).toEqual([]);
      });
    });

    describe('checks', () => {
      it('find a run whose sends are not as many as its targets, and sends that nobody will take', async () => {
        await aSendingRun(ledger, 4);
        expect(await ledger.totalsFaults()).toEqual([]);
        await driver.database.run(`UPDATE send_batch SET due_at = NULL WHERE id = 'r1-b0'`);
        expect(await ledger.totalsFaults()).toMatchObject([{ runId: 'r1', sends: 4, open: 4, stranded: 3 }]);
        await driver.database.run(`UPDATE send_batch SET due_at = 0`);
        await driver.database.run('UPDATE run SET targets = 5');
        expect(await ledger.totalsFaults()).toMatchObject([{ runId: 'r1', targets: 5, sends: 4 }]);
      });

      it('know the event path to be alive only by an event of a later call over the same transport', async () => {
        await aSendingRun(ledger, 2);
        const batch = await claim('r1-b0');
        const one = (n: number) => ({ sendId: `r1-0000000${n}`, call: 1 });
        const markOne = (n: number) =>
          ledger.markWave({ batchId: batch.id, fence: batch.fence, sends: [one(n)], settled: [] });
        const event = (n: number, source = 'ses') =>
          driver.database.run(
            `INSERT INTO delivery_event (id, type, source, message_id, attempt_id, send_id, occurred_at, received_at, body) VALUES (?, 'Bounce', ?, 'm', ?, ?, 0, 0, ?)`,
            [`e${n}-${source}`, source, `r1-0000000${n}-1`, `r1-0000000${n}`, new Uint8Array([0])],
          );
        await markOne(0);
        await driver.pass(10);
        await markOne(1);
        await ledger.settle([{ ...one(0), to: 'in_doubt', waitMs: 0, fault: FAULT }]);
        await driver.pass(LEASE + 1);
        const doubtful = (await claim('r1-b0')).sends.find((send) => send.id === 'r1-00000000');
        const since = doubtful?.calledAt ?? -1;
        expect(since).toBe(1_000_000);
        expect(await ledger.evidenceSince('ses', since)).toBe(false);
        await event(0);
        expect(await ledger.evidenceSince('ses', since)).toBe(false);
        // What a bounce mailbox says did not come the way of the events, and anybody may write to it.
        for (const source of ['dsn', 'smtp']) await event(1, source);
        expect(await ledger.evidenceSince('ses', since)).toBe(false);
        await event(1);
        expect(await ledger.evidenceSince('ses', since)).toBe(true);
        expect(await ledger.evidenceSince('smtp', since)).toBe(false);
      });
    });

    describe('what is remembered', () => {
      it('knows whom the automation mailed and what it still owes to the source', async () => {
        await aSendingRun(ledger, 3);
        const batch = await claim('r1-b0');
        await mark(batch);
        await ledger.settle([{ sendId: 'r1-00000001', call: 1, to: 'sent', messageId: 'm' }]);
        expect([...(await ledger.sentBefore('a1', ['key-0', 'key-1'])).keys()]).toEqual(['key-1']);
        expect((await ledger.sentBefore('a2', ['key-1'])).size).toBe(0);
        const open = await ledger.openElsewhere('a1', 'r2', ['key-0', 'key-1']);
        expect(open.map((send) => [send.keyHash, send.state]).sort()).toEqual([
          ['key-0', 'sending'],
          ['key-1', 'sent'],
        ]);
      });

      it('writes back until it is done, later again after a failure, and gives up by name', async () => {
        await aSendingRun(ledger, 3);
        const batch = await claim('r1-b0');
        await mark(batch);
        await ledger.settle(
          batch.sends.map((send) => ({ sendId: send.id, call: 1, to: 'sent' as const, messageId: 'm' })),
        );
        expect(await ledger.runsWithWriteBacks()).toEqual(['r1']);
        const [a, b, c] = (await ledger.writeBacksDue('r1', 10)).map((item) => item.sendId);
        await ledger.recordWriteBacks([
          { sendId: a ?? '', kind: 'done' },
          { sendId: b ?? '', kind: 'again', afterMs: 1_000, code: 'write_back_failed' },
          { sendId: c ?? '', kind: 'given-up', code: 'write_back_missed' },
        ]);
        expect(await ledger.writeBacksDue('r1', 10)).toEqual([]);
        await driver.pass(1_001);
        expect((await ledger.writeBacksDue('r1', 10)).map((item) => [item.sendId, item.tries])).toEqual([
          [b, 1],
        ]);
        expect((await ledger.sends('r1', { limit: 9 })).map((send) => send.writeBack)).toEqual([
          'done',
          'due',
          'failed',
        ]);
        expect(
          (await ledger.openElsewhere('a1', 'r2', ['key-0', 'key-1', 'key-2'])).map((s) => s.keyHash).sort(),
        ).toEqual(['key-1', 'key-2']);
      });
    });

    it('pages through runs and sends', async () => {
      for (const id of ['r1', 'r2', 'r3']) await aSendingRun(ledger, 4, { id, automationId: `a-${id}` });
      const first = await ledger.runs({ limit: 2 });
      expect(first.map((run) => run.id)).toEqual(['r3', 'r2']);
      expect((await ledger.runs({ limit: 2, after: 'r2' })).map((run) => run.id)).toEqual(['r1']);
      const page = await ledger.sends('r1', { limit: 3 });
      expect(
        (await ledger.sends('r1', { limit: 3, after: page.at(-1)?.id ?? '' })).map((send) => send.id),
      ).toEqual(['r1-00000003']);
      expect(await ledger.sends('r1', { limit: 3, states: ['sent'] })).toEqual([]);
    });
  });
};
