import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { history, take, worldOptions } from '../fixtures/delivery-history.ts';
import { DeliveryWorld, LEASE_MS, type WorldOptions } from '../fixtures/delivery-world.ts';
import type { ModelSend } from '../fixtures/ledger-model.ts';

const HISTORIES = 100_000;

describe('delivery, in every order of claims, marks, calls, answers, crashes, events, decisions of persons and clock jumps', () => {
  it(`loses nothing and repeats nothing in ${HISTORIES.toLocaleString('en')} histories`, {
    timeout: 120_000,
  }, () => {
    const seen = { histories: 0, mails: 0, crashes: 0, doubts: 0, resent: 0, ordered: 0 };
    fc.assert(
      fc.property(worldOptions, history, (options, steps) => {
        const w = new DeliveryWorld(options);
        for (const one of steps) take(w, one);
        w.settleDown();
        judge(w, options);
        seen.histories += 1;
        seen.mails += w.journal.length;
        seen.crashes += w.crashes;
        seen.doubts += w.ledger.sends.filter((send) => send.everInDoubt).length;
        seen.resent += w.journal.length - new Set(w.journal.map((call) => call.sendId)).size;
        seen.ordered += w.ledger.sends.filter((send) => send.ordered && send.state === 'sent').length;
      }),
      { numRuns: HISTORIES },
    );
    expect(seen.histories).toBe(HISTORIES);
    expect(seen.mails).toBeGreaterThan(HISTORIES);
    expect(seen.crashes).toBeGreaterThan(HISTORIES);
    expect(seen.doubts).toBeGreaterThan(HISTORIES / 4);
    expect(seen.ordered, 'sends go out by the word of a person').toBeGreaterThan(200);
    expect(seen.resent, 'the policy resend really repeats doubtful sends').toBeGreaterThan(0);
  });

  it('would notice a ledger that turns the sends of a dead worker back into pending', () => {
    const w = new DeliveryWorld({ sends: 1, workers: 1, wave: 1, policy: 'hold' });
    w.claim(0, 0);
    w.mark(0);
    w.arrive(0, 'accepted');
    w.crash(0);
    const [send] = w.ledger.sends;
    if (send) send.state = 'pending';
    w.jump(LEASE_MS + 1);
    w.claim(0, 0);
    w.mark(0);
    w.arrive(0, 'accepted');
    w.settleDown();
    expect(() => judge(w, { sends: 1, workers: 1, wave: 1, policy: 'hold' })).toThrow('went out 2 times');
  });
});

/** Plain comparisons: `expect` in the inside of the loop would cost more than the histories. */
const judge = (w: DeliveryWorld, { policy }: WorldOptions): void => {
  if (w.ledger.open > 0) throw new Error('a send is open for ever');
  const accepted = new Map<string, number>();
  for (const { sendId } of w.journal) accepted.set(sendId, (accepted.get(sendId) ?? 0) + 1);
  for (const send of w.ledger.sends) judgeSend(send, accepted.get(send.id) ?? 0, policy);
};

const judgeSend = (send: ModelSend, times: number, policy: WorldOptions['policy']): void => {
  // Sent again only after a doubt, and only by the automation's policy or by a person.
  const mayRepeat = send.everInDoubt && (policy === 'resend' || send.ordered);
  if (times > 1 && !mayRepeat) throw new Error(`${send.id} went out ${times} times`);
  if (send.vouched) return;
  if (times > 0 !== (send.state === 'sent'))
    throw new Error(`${send.id} is ${send.state}, and the transport took it ${times} times`);
  if (times === 0 && !['failed', 'held'].includes(send.state))
    throw new Error(`${send.id} was lost as ${send.state}`);
};
