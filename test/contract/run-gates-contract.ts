import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ledger, NewRun } from '../../shared/ports/ledger.ts';
import type { Decision } from '../../shared/ports/run-gates.ts';
import { aRun, aSend, aSendingRun, type LedgerDriver } from '../fixtures/ledger-driver.ts';

const LEASE = 60_000;
/** Where the test's clock stands when it begins. */
const NOW = 1_000_000;

/** What keeps a run, or part of it, from going out: an approval, its hours, its canary; and the mail that goes out again. */
export const runGatesContract = (name: string, open: () => Promise<LedgerDriver>): void => {
  describe(`gates of a run on ${name}`, () => {
    let driver: LedgerDriver;
    let ledger: Ledger;
    beforeEach(async () => {
      driver = await open();
      ledger = driver.ledger;
    });
    afterEach(() => driver.close());

    const plan = async (
      { sends = 3, canary = [] as string[], next = 'sending' as 'sending' | 'awaiting_approval' },
      over: Partial<NewRun> = {},
    ) => {
      const run = aRun(over);
      await ledger.startRun(run);
      const { fence = -1 } = (await ledger.takePlan(run.id, LEASE)) ?? {};
      const numbers = Array.from({ length: sends }, (_, n) => n);
      const batchIds = numbers.map((n) => `${run.id}-b${n}`);
      await ledger.appendPlan({
        runId: run.id,
        fence,
        leaseMs: LEASE,
        position: new Uint8Array([1]),
        batchIds,
        canaryBatchIds: canary,
        sends: numbers.map((n) => aSend(run.id, n, batchIds[n])),
      });
      expect(await ledger.finishPlan(run.id, fence, next)).toBe(true);
    };
    const sendBatch = async (id: string) => {
      const batch = await ledger.claimBatch(id, LEASE, 0);
      const sends = (batch?.sends ?? []).map((send) => ({ sendId: send.id, call: send.calls + 1 }));
      const marked = await ledger.markWave({ batchId: id, fence: batch?.fence ?? -1, sends, settled: [] });
      await ledger.settle([...marked].map((sendId) => ({ sendId, call: 1, to: 'sent', messageId: 'm' })));
      await ledger.releaseBatch(id, batch?.fence ?? -1);
      return marked.size;
    };
    const due = async () => (await ledger.takeDueBatches('bulk', 10, 1)).map(({ batchId }) => batchId);

    describe('approval', () => {
      const decision: Decision = { runId: 'r1', by: 'u2', automationVersion: 1, targets: 3, mails: 3 };
      beforeEach(() => plan({ next: 'awaiting_approval' }));

      it('keeps everything back until it is given, once', async () => {
        expect(await due()).toEqual([]);
        expect(await sendBatch('r1-b0')).toBe(0);
        expect((await ledger.startRun(aRun({ id: 'r2' }))).kind).toBe('live');
        expect(await ledger.approveRun(decision)).toBe(true);
        expect(await due()).toEqual(['r1-b0', 'r1-b1', 'r1-b2']);
        expect(await ledger.approveRun(decision)).toBe(false);
        expect(await ledger.rejectRun(decision)).toBe(false);
        expect(await driver.database.all('SELECT decided_by, decision FROM approval')).toEqual([
          { decided_by: 'u2', decision: 'approved' },
        ]);
      });

      it.each([
        ['version', { automationVersion: 2 }],
        ['targets', { targets: 4 }],
        ['mails', { mails: 2 }],
      ])('is for this plan: other %s are refused', async (_, over) => {
        expect(await ledger.approveRun({ ...decision, ...over })).toBe(false);
        expect((await ledger.run('r1'))?.state).toBe('awaiting_approval');
      });

      it('can be denied, which ends the run', async () => {
        expect(await ledger.rejectRun({ ...decision, reason: 'wrong month' })).toBe(true);
        expect(await ledger.run('r1')).toMatchObject({
          state: 'cancelled',
          error: { code: 'approval_rejected', facts: { by: 'u2', reason: 'wrong month' } },
        });
        expect((await ledger.counts('r1')).cancelled).toBe(3);
        expect((await ledger.startRun(aRun({ id: 'r2' }))).kind).toBe('started');
      });
    });

    describe('a window', () => {
      const hours = { from: NOW + 100, until: NOW + 200 };
      beforeEach(() => plan({}, { window: hours }));

      it('is closed before, open from its first moment, and closed at its last', async () => {
        const run = await ledger.run('r1');
        expect(await due()).toEqual([]);
        expect(run && (await ledger.holdsOn(run))).toMatchObject([
          { reason: 'send_window', until: NOW + 100 },
        ]);
        await driver.pass(99);
        expect(await sendBatch('r1-b0')).toBe(0);
        await driver.pass(1);
        expect(run && (await ledger.holdsOn(run))).toEqual([]);
        expect(await sendBatch('r1-b0')).toBe(1);
        await driver.pass(99);
        expect(await sendBatch('r1-b1')).toBe(1);
        await driver.pass(1);
        expect(await sendBatch('r1-b2')).toBe(0);
      });

      it('refuses a mark that was prepared while it was open', async () => {
        await driver.pass(150);
        const batch = await ledger.claimBatch('r1-b0', LEASE, 0);
        await driver.pass(50);
        const sends = [{ sendId: 'r1-00000000', call: 1 }];
        const wave = { batchId: 'r1-b0', fence: batch?.fence ?? -1, sends, settled: [] };
        expect((await ledger.markWave(wave)).size).toBe(0);
        expect((await ledger.counts('r1')).pending).toBe(3);
      });

      it('is told its next hours once', async () => {
        expect(await ledger.closedWindows()).toEqual([]);
        await driver.pass(200);
        const [closed] = await ledger.closedWindows();
        expect(closed).toMatchObject({ run: { id: 'r1' }, closedAt: NOW + 200, now: NOW + 200 });
        await ledger.openNext('r1', NOW + 200, { from: NOW + 1_000, until: NOW + 1_100 });
        await ledger.openNext('r1', NOW + 200, { from: 0, until: NOW + 9_999 });
        expect(await due()).toEqual([]);
        await driver.pass(800);
        expect(await due()).toHaveLength(3);
      });
    });

    describe('a canary', () => {
      const watch = () => ledger.watchCanary('r1', { id: 'h', waitMs: 500 });
      const canaryOf = async () => (await ledger.run('r1'))?.canary;
      beforeEach(() => plan({ canary: ['r1-b0'] }, { canary: true }));

      it('goes alone, is watched, and then the rest may go', async () => {
        expect(await due()).toEqual(['r1-b0']);
        expect(await sendBatch('r1-b1')).toBe(0);
        expect(await watch()).toBe(false);
        expect(await sendBatch('r1-b0')).toBe(1);
        expect(await Promise.all([watch(), watch()])).toContain(true);
        expect(await canaryOf()).toBe('watched');
        expect(await ledger.judgeCanary('r1', 'sent', 'h2')).toBeUndefined();
        await driver.pass(501);
        expect(await due()).toEqual([]);
        expect(await ledger.judgeCanary('r1', 'sent', 'h2')).toBe('passed');
        expect(await canaryOf()).toBeUndefined();
        expect(await due()).toEqual(['r1-b1', 'r1-b2']);
      });

      it.each([
        ['somebody-00000000-1', 'ses', 'unproven'],
        ['r1-00000000-1', 'dsn', 'unproven'],
        ['r1-00000000-1', 'ses', 'passed'],
      ] as const)('that needs an event, with one of %s by %s: %s', async (attempt, source, judged) => {
        await sendBatch('r1-b0');
        await watch();
        await driver.database.run(
          `INSERT INTO delivery_event (id, type, source, message_id, attempt_id, send_id, occurred_at, received_at, body) VALUES ('e', 'Send', ?, 'm', ?, ?, 0, 0, ?)`,
          [source, attempt, attempt.replace(/-\d+$/, ''), new Uint8Array([0])],
        );
        await driver.pass(501);
        expect(await ledger.judgeCanary('r1', 'event', 'h2')).toBe(judged);
        expect(await due()).toHaveLength(judged === 'passed' ? 2 : 0);
        await ledger.liftHold('h2', 'os:test');
        expect(await due()).toHaveLength(judged === 'passed' ? 0 : 2);
      });

      it('is judged at once when its hold was lifted', async () => {
        await sendBatch('r1-b0');
        await watch();
        await ledger.liftHold('h', 'os:test');
        expect(await ledger.judgeCanary('r1', 'sent', 'h2')).toBe('passed');
      });
    });

    describe('a mail sent again', () => {
      const again = async (id: string, sendId: string, over: Partial<NewRun> = {}) => {
        const started = await ledger.startAgain(
          {
            ...aRun({ id, lane: 'urgent', countsAt: NOW + 5, ...over }),
            again: { sendId, reason: 'asked' },
          },
          aSend(id, 0, `${id}-b0`, { keyHash: 'key-1' }),
        );
        if (!started) throw new Error(`${sendId} is open`);
        return started;
      };
      const memory = async () => [...(await ledger.sentBefore('a1', ['key-1'])).values()];

      it('is a run of its own, at work at once, beside the live run', async () => {
        await aSendingRun(ledger, 3);
        expect((await again('x1', 'old-00000001')).run).toMatchObject({
          state: 'sending',
          targets: 1,
          again: { sendId: 'old-00000001', reason: 'asked' },
        });
        expect(await ledger.unplannedRuns()).toEqual([]);
        expect(await ledger.takeDueBatches('urgent', 10, 1)).toEqual([{ runId: 'x1', batchId: 'x1-b0' }]);
        await sendBatch('x1-b0');
        expect(await ledger.finishRun('x1')).toBe(true);
      });

      it('stands alone for its send, and its key gives it back', async () => {
        expect((await again('x1', 's', { idempotencyKey: 'k' })).kind).toBe('started');
        expect(await again('x2', 's', { idempotencyKey: 'k' })).toMatchObject({
          kind: 'repeated',
          run: { id: 'x1' },
        });
        expect((await again('x3', 's')).kind).toBe('live');
        expect((await again('x4', 'other')).kind).toBe('started');
      });

      it('counts for recurrence as of the run that it repeats, and takes no later mail back', async () => {
        await again('x1', 's');
        await driver.pass(1_000);
        await sendBatch('x1-b0');
        expect(await memory()).toEqual([NOW + 5]);
        await aSendingRun(ledger, 3);
        const batch = await ledger.claimBatch('r1-b0', LEASE, 0);
        await ledger.markWave({
          batchId: 'r1-b0',
          fence: batch?.fence ?? -1,
          sends: [{ sendId: 'r1-00000001', call: 1 }],
          settled: [],
        });
        await ledger.settle([{ sendId: 'r1-00000001', call: 1, to: 'sent', messageId: 'm' }]);
        expect(await memory()).toEqual([NOW + 1_000]);
        await ledger.finishRun('x1');
        await again('x2', 's');
        await sendBatch('x2-b0');
        expect(await memory()).toEqual([NOW + 1_000]);
      });

      it('finds the send with what only its key can read', async () => {
        await aSendingRun(ledger, 3);
        expect(await ledger.send('r1-00000002')).toMatchObject({
          id: 'r1-00000002',
          runId: 'r1',
          keyHash: 'key-2',
          addressHash: 'address-2',
          occurrence: 1,
          payload: new Uint8Array([2]),
        });
        expect(await ledger.send('r1-00000009')).toBeUndefined();
      });
    });
  });
};
