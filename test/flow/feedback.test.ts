import { beforeEach, describe, expect, it } from 'vitest';
import { eventStorm } from '../fixtures/event-storm.ts';
import { FULL, feedbackWorld, HARD, messageOf, sesEvent } from '../fixtures/feedback-world.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const DAY = 86_400_000;
const ACCOUNT = { scope: 'account', id: '*' } as const;

let world: ReturnType<typeof feedbackWorld>;
beforeEach(async () => {
  world = feedbackWorld(await openTestStore());
});

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, at) =>
        permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
      );

describe('what is known of a mail', () => {
  const about = (run: string) => ({
    send: sesEvent({ run, send: 0, type: 'Send' }),
    delay: sesEvent({ run, send: 0, type: 'DeliveryDelay' }),
    delivery: sesEvent({ run, send: 0 }),
    soft: sesEvent({ run, send: 0, bounce: ['Transient', 'General'], feedbackId: 's' }),
    full: sesEvent({ run, send: 0, bounce: FULL, feedbackId: 'f' }),
    hard: sesEvent({ run, send: 0, bounce: HARD }),
    complaint: sesEvent({ run, send: 0, complaint: 'abuse' }),
  });
  type Told = keyof ReturnType<typeof about>;

  it.each<[readonly Told[], string]>([
    [['delay', 'delivery'], 'delivered'],
    [['delay', 'soft'], 'bounced'],
    [['delivery', 'soft'], 'delivered'],
    [['delivery', 'full'], 'bounced'],
    [['delivery', 'hard'], 'bounced'],
    [['send', 'delay', 'delivery', 'hard'], 'bounced'],
    [['delivery', 'complaint', 'send'], 'complained'],
    [['soft', 'hard', 'complaint'], 'complained'],
  ])('%j is the same in whatever order it is told: %s', async (told, expected) => {
    const orders = permutations(told);
    for (const [n, order] of orders.entries()) {
      const run = await world.sentRun(1, { id: `r${n}`, automationId: `a${n}` });
      for (const one of order) await world.handle(about(run)[one]);
    }
    const deliveries = await Promise.all(
      orders.map(async (_, n) => (await world.sendOf(`r${n}-00000000`))?.delivery),
    );
    expect(new Set(deliveries)).toEqual(new Set([expected]));
  });

  it('comes before the answer of the call as well: the event itself proves the mail', async () => {
    await world.sentRun(1);
    await world.database.run(
      "UPDATE email_send_log SET state = 'sending', settled_at = NULL, message_id = NULL",
    );
    await world.handle(sesEvent({ run: 'r1', send: 0, bounce: HARD }));
    expect(await world.sendOf('r1-00000000')).toMatchObject({
      state: 'sent',
      delivery: 'bounced',
      messageId: messageOf('r1', 0),
    });
    expect(await world.feedback.window('bounce', ACCOUNT)).toEqual({ sends: 1, events: 1 });
  });

  it('is found by the id of the message where no attempt is named', async () => {
    await world.sentRun(1);
    const event = JSON.parse(sesEvent({ run: 'r1', send: 0 }));
    delete event.mail.tags;
    await world.handle(JSON.stringify({ ...event, eventType: undefined, notificationType: 'Delivery' }));
    expect((await world.sendOf('r1-00000000'))?.delivery).toBe('delivered');
  });
});

describe('addresses that failed', () => {
  const listed = () => world.suppressions.list({ limit: 100 });
  const bounce = (send: number, kind: readonly [string, string], at: string) =>
    sesEvent({ run: 'r1', send, bounce: kind, recipient: 'jimin@example.com', at });

  it('hard are refused everywhere, and the address of the mail with the one that the report names', async () => {
    await world.sentRun(1);
    const event = JSON.parse(
      sesEvent({ run: 'r1', send: 0, bounce: HARD, recipient: 'forwarded@example.com' }),
    );
    event.mail.destination = ['jimin@example.com'];
    await world.handle(JSON.stringify(event));
    const entries = await listed();
    expect(new Set(entries.map(({ masked }) => masked))).toEqual(
      new Set(['f********@example.com', 'j****@example.com', '-']),
    );
    expect(entries.every(({ scope, reason }) => scope === '*' && reason === 'bounce')).toBe(true);
    expect(entries.some(({ addressHash }) => addressHash === 'address-0')).toBe(true);
  });

  it('by a complaint are refused in the organisation that mailed, and everywhere when nobody knows which', async () => {
    await world.sentRun(1, { organisation: 'cards' });
    await world.handle(
      sesEvent({ run: 'r1', send: 0, complaint: 'abuse' }),
      sesEvent({ run: 'r9', send: 0, complaint: 'abuse', recipient: 'other@example.com' }),
    );
    const scopes = (await listed()).map(({ scope, reason }) => `${reason} ${scope}`).sort();
    expect(new Set(scopes)).toEqual(new Set(['complaint *', 'complaint cards']));
  });

  it('softly are given up at the third mail within 90 days', async () => {
    await world.sentRun(4);
    await world.handle(bounce(0, FULL, '2026-02-01T00:00:00Z'), bounce(1, FULL, '2026-02-15T00:00:00Z'));
    await world.handle(bounce(1, FULL, '2026-02-15T00:00:00Z'));
    expect(await listed()).toEqual([]);
    await world.handle(bounce(2, ['Transient', 'General'], '2026-03-04T00:00:00Z'));
    expect(await listed()).toMatchObject([{ scope: '*', reason: 'bounce', origin: 'soft-bounces' }]);
  });

  it('softly long ago, or before a mail that arrived, are not given up', async () => {
    await world.sentRun(4);
    world.pass(60 * DAY);
    await world.handle(
      bounce(0, FULL, '2026-01-20T00:00:00Z'),
      bounce(1, FULL, '2026-03-06T00:00:00Z'),
      sesEvent({ run: 'r1', send: 1, recipient: 'jimin@example.com', at: '2026-03-10T00:00:00Z' }),
      bounce(2, FULL, '2026-04-01T00:00:00Z'),
      bounce(3, FULL, '2026-04-20T00:00:00Z'),
    );
    expect(await listed()).toEqual([]);
  });
});

describe('the same events, ten times and in any order', () => {
  it('give exactly the totals of the distinct ones', async () => {
    // The full size, 1,000,000 deliveries of 100,000 events: npm run bench -- events
    const storm = await eventStorm(await openTestStore(), 2_000);
    await storm.tell({ times: 10, shuffled: true });
    expect(await storm.totals()).toEqual(storm.expected);
    expect(storm.expected).toEqual({
      events: 2_000,
      delivery: { bounced: 25, complained: 1, delivered: 974 },
      resolved: [1_000, 10, 1],
      suppressed: 22,
    });
  });
});
