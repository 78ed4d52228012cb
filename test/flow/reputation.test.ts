import { beforeEach, describe, expect, it } from 'vitest';
import { judgeFeedback } from '../../shared/domain/pause-policy.ts';
import { feedbackWorld, HARD, sesEvent } from '../fixtures/feedback-world.ts';
import { openTestStore } from '../fixtures/test-store.ts';
import { comesBack } from '../unit/feedback/campaigns.ts';

let world: ReturnType<typeof feedbackWorld>;
beforeEach(async () => {
  world = feedbackWorld(await openTestStore());
});

const heldBy = async (runId: string): Promise<string[]> => {
  const run = await world.ledger.run(runId);
  if (!run) throw new Error('no such run');
  return (await world.ledger.holdsOn(run)).map(({ scope, reason }) => `${scope} ${reason}`);
};

/** Tells of sends one by one, every so many of them bounced, until the run is held. */
const tellUntilHeld = async (run: string, sends: number, every: number): Promise<number> => {
  for (let send = 0; send < sends; send += 1) {
    const told = send % every === 0 ? { run, send, bounce: HARD } : { run, send };
    await world.handle(sesEvent(told));
    if ((await heldBy(run)).length > 0) return send + 1;
  }
  return 0;
};

describe('a bad list', () => {
  it('is stopped by the events themselves, at the first bounce that the rule does not bear', async () => {
    await world.sentRun(300);
    // 20%: at 50 sends, 10 bounces have a lower bound of 9%, and the 51st send is the next bounce.
    expect(await tellUntilHeld('r1', 300, 5)).toBe(51);
    expect(await heldBy('r1')).toEqual(['automation bounce_rate']);
  });

  it('sends nothing more than what was marked before the deciding event', async () => {
    await world.sentRun(100);
    await world.database.run(
      "UPDATE email_send_log SET state = 'pending', calls = 0, settled_at = NULL WHERE id > 'r1-00000079'",
    );
    const claim = async () => world.ledger.claimBatch('r1-b1', 60_000, 60_000);
    const batch = await claim();
    const mark = (numbers: readonly number[]) =>
      world.ledger.markWave({
        batchId: 'r1-b1',
        fence: batch?.fence ?? -1,
        sends: numbers.map((n) => ({ sendId: `r1-000000${n}`, call: 1 })),
        settled: [],
      });
    expect((await mark([80, 81])).size).toBe(2);
    await tellUntilHeld('r1', 80, 5);
    expect((await mark([82, 83, 84])).size).toBe(0);
    expect((await world.ledger.counts('r1')).sending).toBe(2);
  });

  it('is told to people once, with its figures and without anybody named', async () => {
    await world.sentRun(100);
    await tellUntilHeld('r1', 100, 5);
    await world.handle(sesEvent({ run: 'r1', send: 60, bounce: HARD }));
    expect(world.told).toHaveLength(1);
    expect(world.told[0]?.text).toContain('11 of the last 51 mails');
    expect(JSON.stringify(world.lines)).not.toContain('example.com');
  });

  it('stays stopped until a person lifts the hold, and then is judged by what goes out from there', async () => {
    await world.sentRun(200);
    await tellUntilHeld('r1', 200, 5);
    const [hold] = await world.database.all('SELECT id FROM hold');
    world.pass(30 * 86_400_000);
    expect(await heldBy('r1')).toEqual(['automation bounce_rate']);
    await world.ledger.liftHold(String(hold?.id), 'os:test');
    for (let send = 60; send < 200; send += 1)
      await world.handle(sesEvent({ run: 'r1', send, bounce: HARD }));
    expect(await heldBy('r1')).toEqual([]);
    await world.database.run('UPDATE email_send_log SET settled_at = 99999999999999');
    await world.database.run('DELETE FROM resolved_send');
    expect(await tellUntilHeld('r1', 200, 5)).toBe(51);
  });

  it('of one automation does not stop the others, nor the account', async () => {
    await world.sentRun(100);
    await world.sentRun(10, { id: 'r2', automationId: 'a2' });
    await tellUntilHeld('r1', 100, 5);
    await world.handle(sesEvent({ run: 'r2', send: 1, bounce: HARD }));
    expect(await heldBy('r2')).toEqual([]);
  });

  it('spread thinly over many automations stops the sender identity, and over many identities the account', async () => {
    const automations = Array.from({ length: 10 }, (_, n) => n);
    for (const n of automations)
      await world.sentRun(8, {
        id: `r${n}`,
        automationId: `a${n}`,
        fromIdentity: n < 7 ? 'one@example.com' : `${n}@example.com`,
      });
    for (const n of automations.slice(0, 7))
      for (let send = 0; send < 8; send += 1)
        await world.handle(sesEvent({ run: `r${n}`, send, bounce: HARD }));
    expect(await heldBy('r0')).toEqual(['identity bounce_rate']);
    expect(await heldBy('r9')).toEqual([]);
  });
});

describe('campaigns played through the handlers', () => {
  /** Where the rule alone, asked after each send that came back, would stop. */
  const stopOf = (isBack: (send: number) => boolean, sends: number): number => {
    let events = 0;
    for (let send = 0; send < sends; send += 1) {
      if (!isBack(send)) continue;
      events += 1;
      if (judgeFeedback('bounce', { sends: send + 1, events }) === 'pause') return send + 1;
    }
    return 0;
  };

  it.each([0.03, 0.1, 0.2])(
    'at a true rate of %s stop at the very send at which the simulation does',
    async (rate) => {
      for (let seed = 1; seed <= 5; seed += 1) {
        const played = feedbackWorld(await openTestStore());
        await played.sentRun(300);
        const isBack = comesBack(rate, seed);
        const expected = stopOf(isBack, 300);
        const holds = () => played.database.all('SELECT id FROM hold');
        const told = Array.from({ length: expected || 300 }, (_, send) =>
          sesEvent(isBack(send) ? { run: 'r1', send, bounce: HARD } : { run: 'r1', send }),
        );
        const deciding = told.pop() ?? '';
        // Each that came back is judged by itself; what arrived in between may come together.
        for (let from = 0; from < told.length; ) {
          const next = told.findIndex((_, at) => at >= from && isBack(at)) + 1 || told.length;
          await played.handle(...told.slice(from, next));
          from = next;
        }
        expect(await holds()).toEqual([]);
        await played.handle(deciding);
        expect((await holds()).length).toBe(expected > 0 ? 1 : 0);
      }
    },
  );
});

describe('a list that is not bad', () => {
  it('of 1% runs through', async () => {
    await world.sentRun(300);
    expect(await tellUntilHeld('r1', 300, 100)).toBe(0);
    expect(world.told).toEqual([]);
  });

  it('of 5% is warned of before anything stops', async () => {
    await world.sentRun(300);
    expect(await tellUntilHeld('r1', 300, 19)).toBe(0);
    expect(world.told.map(({ subject }) => subject)).toContain('[Tank] warning: reputation_warning');
  });
});

describe('a transport that tells of failures only', () => {
  beforeEach(() => {
    world.setting.evidence = 'none';
  });

  it('is judged by all the mails that it took, not by the failures alone', async () => {
    await world.sentRun(2_000);
    for (let send = 0; send < 1_000; send += 20)
      await world.handle(sesEvent({ run: 'r1', send, bounce: HARD }));
    expect(await heldBy('r1')).toEqual([]);
    expect(await world.feedback.window('bounce', { scope: 'account', id: '*' })).toEqual({
      sends: 1_000,
      events: 0,
    });
  });

  it('is stopped all the same when there are too many', async () => {
    await world.sentRun(200);
    for (let send = 0; send < 200; send += 5) await world.handle(sesEvent({ run: 'r1', send, bounce: HARD }));
    expect(await heldBy('r1')).toEqual(['automation bounce_rate']);
  });
});

describe('complaints', () => {
  it('stop at the fifth when they come early, and warn before at a lower rate', async () => {
    await world.sentRun(40);
    for (let send = 0; send < 4; send += 1)
      await world.handle(sesEvent({ run: 'r1', send, complaint: 'abuse' }));
    expect(await heldBy('r1')).toEqual([]);
    await world.handle(sesEvent({ run: 'r1', send: 5, complaint: 'fraud' }));
    expect(await heldBy('r1')).toEqual(['automation complaint_rate']);
  });

  it('that are none do not count', async () => {
    await world.sentRun(40);
    for (let send = 0; send < 20; send += 1)
      await world.handle(sesEvent({ run: 'r1', send, complaint: 'not-spam' }));
    expect(await heldBy('r1')).toEqual([]);
  });
});
