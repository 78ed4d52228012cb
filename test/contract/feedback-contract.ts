import { beforeEach, describe, expect, it } from 'vitest';
import type { Dialect } from '../../shared/adapters/sql/dialect.ts';
import { createSqlReports } from '../../shared/adapters/sql/reports.ts';
import { sendId } from '../../shared/domain/identifiers.ts';
import type { Database } from '../../shared/ports/database.ts';
import type { ReputationScope, SendFate } from '../../shared/ports/feedback.ts';
import type { Suppression } from '../../shared/ports/suppressions.ts';
import { feedbackWorld } from '../fixtures/feedback-world.ts';

const ACCOUNT = { scope: 'account', id: '*' } as const;
const FIRST = { scope: 'automation', id: 'a1' } as const;
const SECOND = { scope: 'automation', id: 'a2' } as const;
const IDENTITY = { scope: 'identity', id: 'no-reply@example.com' } as const;

/** What every store must do with what comes back about mails. */
export const feedbackContract = (
  name: string,
  open: () => Promise<{ readonly database: Database; readonly dialect: Dialect }>,
): void => {
  describe(`feedback on ${name}`, () => {
    let world: ReturnType<typeof feedbackWorld>;
    let dialect: Dialect;
    beforeEach(async () => {
      const { database, ...opened } = await open();
      dialect = opened.dialect;
      world = feedbackWorld(database, dialect);
    });

    const fate = (run: string, n: number, over: Partial<SendFate> = {}): SendFate => ({
      sendId: sendId(run, n),
      fate: 'delivered',
      resolves: true,
      ...over,
    });
    const bounced = (run: string, n: number) => fate(run, n, { fate: 'bounced', counts: 'bounce' });
    const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
    const bounces = (scope: ReputationScope) => world.feedback.window('bounce', scope);

    it('tells whose sends they are, and passes over those that nobody knows', async () => {
      await world.sentRun(2, { organisation: 'cards' });
      const origins = await world.feedback.record([fate('r1', 1), fate('r1', 99), fate('gone', 0)]);
      expect(origins).toEqual([
        {
          sendId: sendId('r1', 1),
          automationId: 'a1',
          identity: 'no-reply@example.com',
          organisation: 'cards',
          addressHash: 'address-1',
          transport: 'ses',
        },
      ]);
      expect(await bounces(ACCOUNT)).toEqual({ sends: 1, events: 0 });
    });

    it('counts a send once, however often and by whatever it comes back', async () => {
      await world.sentRun(3);
      await world.feedback.record([fate('r1', 0), bounced('r1', 0), bounced('r1', 0)]);
      await world.feedback.record([bounced('r1', 0), fate('r1', 0), fate('r1', 1)]);
      expect(await bounces(ACCOUNT)).toEqual({ sends: 2, events: 1 });
      expect((await world.sendOf(sendId('r1', 0)))?.delivery).toBe('bounced');
    });

    it('keeps complaints and bounces apart', async () => {
      await world.sentRun(2);
      await world.feedback.record([
        bounced('r1', 0),
        fate('r1', 1, { fate: 'complained', counts: 'complaint' }),
      ]);
      expect(await world.feedback.window('complaint', ACCOUNT)).toEqual({ sends: 2, events: 1 });
      expect(await bounces(ACCOUNT)).toEqual({ sends: 2, events: 1 });
    });

    it('looks at the last 1,000 resolved sends by the time of their sending, not of the event', async () => {
      await world.sentRun(1_200);
      await world.feedback.record(numbers(1_200).map((n) => fate('r1', n)));
      await world.feedback.record(numbers(150).map((n) => bounced('r1', n)));
      expect(await bounces(FIRST)).toEqual({ sends: 1_000, events: 0 });
      await world.feedback.record([bounced('r1', 200), bounced('r1', 1_199)]);
      expect(await bounces(FIRST)).toEqual({ sends: 1_000, events: 2 });
    });

    it('judges an automation, an identity and the account each by its own sends', async () => {
      await world.sentRun(10);
      await world.sentRun(10, { id: 'r2', automationId: 'a2', fromIdentity: 'other@example.com' });
      await world.feedback.record([...numbers(5).map((n) => bounced('r1', n)), fate('r2', 0)]);
      expect(await bounces(FIRST)).toEqual({ sends: 5, events: 5 });
      expect(await bounces(SECOND)).toEqual({ sends: 1, events: 0 });
      expect(await bounces(IDENTITY)).toEqual({ sends: 5, events: 5 });
      expect(await bounces(ACCOUNT)).toEqual({ sends: 6, events: 5 });
    });

    it('takes what a silent transport has taken for resolved, and keeps what is known to have come back', async () => {
      await world.sentRun(4, { transport: 'smtp' });
      await world.sentRun(3, { id: 'r2', automationId: 'a2' });
      await world.feedback.record([bounced('r1', 2)]);
      await world.feedback.resolveAccepted('smtp');
      await world.feedback.resolveAccepted('smtp');
      expect(await bounces(FIRST)).toEqual({ sends: 4, events: 1 });
      expect(await bounces(SECOND)).toEqual({ sends: 0, events: 0 });
    });

    it('reports events by the hour of their receipt, and those of one organisation by their sends', async () => {
      await world.sentRun(3, { organisation: 'cards' });
      const event = {
        type: 'Delivery',
        source: 'ses',
        messageId: 'm',
        occurredAt: 1,
        body: new Uint8Array([1]),
      } as const;
      await world.events.add([
        { ...event, id: 'e1', sendId: sendId('r1', 0) },
        { ...event, id: 'e2', type: 'Bounce', subtype: 'Permanent/NoEmail', sendId: sendId('r1', 1) },
        { ...event, id: 'e3' },
      ]);
      const reports = createSqlReports(world.database, dialect);
      const range = { from: 0, to: Number.MAX_SAFE_INTEGER };
      const of = async (more: object = {}) =>
        (await reports.events({ ...range, ...more }, 3_600_000)).map(({ type, subtype, events }) => [
          type,
          subtype,
          events,
        ]);
      expect(await of()).toEqual([
        ['Bounce', 'Permanent/NoEmail', 1],
        ['Delivery', undefined, 2],
      ]);
      expect(await of({ organisation: 'cards' })).toEqual([
        ['Bounce', 'Permanent/NoEmail', 1],
        ['Delivery', undefined, 1],
      ]);
      expect(await of({ to: 1 })).toEqual([]);
    });

    describe('after a pause', () => {
      const hold = (scope: ReputationScope, over = {}) =>
        world.ledger.hold({
          id: `h-${scope.scope}`,
          scope: scope.scope,
          scopeId: scope.id,
          reason: 'bounce_rate',
          author: 'tank',
          ...over,
        });
      const setUp = async () => {
        await world.sentRun(10);
        await world.sentRun(10, { id: 'r2', automationId: 'a2' });
        await world.feedback.record(numbers(10).flatMap((n) => [bounced('r1', n), fate('r2', n)]));
      };

      it('the sends of the paused automation weigh on nobody else', async () => {
        await setUp();
        await hold(FIRST);
        expect(await bounces(FIRST)).toEqual({ sends: 0, events: 0 });
        expect(await bounces(IDENTITY)).toEqual({ sends: 10, events: 0 });
        expect(await bounces(ACCOUNT)).toEqual({ sends: 10, events: 0 });
        expect(await world.feedback.window('complaint', ACCOUNT)).toEqual({ sends: 20, events: 0 });
      });

      it('and once it is lifted, only what went out since then is judged', async () => {
        await setUp();
        await hold(ACCOUNT);
        await world.ledger.liftHold('h-account', 'os:test');
        expect(await bounces(FIRST)).toEqual({ sends: 0, events: 0 });
        await world.feedback.record([bounced('r1', 0)]);
        expect(await bounces(ACCOUNT)).toEqual({ sends: 0, events: 0 });
        await world.database.run(
          "UPDATE resolved_send SET sent_at = 99999999999999 WHERE send_id LIKE 'r1-%3'",
        );
        expect(await bounces(ACCOUNT)).toEqual({ sends: 1, events: 1 });
      });

      it('that a person has put, nothing is forgiven', async () => {
        await setUp();
        await hold(FIRST, { author: 'os:test' });
        expect(await bounces(FIRST)).toEqual({ sends: 10, events: 10 });
      });
    });

    describe('the switch beyond Tank', () => {
      const due = (settledMs = 0, retryMs = 0) => world.feedback.switchDue({ settledMs, retryMs });
      const pause = () =>
        world.ledger.hold({
          id: 'h',
          scope: 'account',
          scopeId: '*',
          reason: 'complaint_rate',
          author: 'tank',
        });

      it('is turned off by a pause that has stood for a while, and on when none stands', async () => {
        expect(await due()).toBeUndefined();
        await pause();
        expect(await due(60_000)).toBeUndefined();
        expect(await due()).toBe('off');
        await world.feedback.rememberSwitch('off');
        expect([await due(), await world.feedback.isSwitchedOff()]).toEqual([undefined, true]);
        await world.ledger.liftHold('h', 'os:test');
        expect(await due()).toBe('on');
        await world.feedback.rememberSwitch('on');
        expect([await due(), await world.feedback.isSwitchedOff()]).toEqual([undefined, false]);
      });

      it('is tried by one process, and again after the wait', async () => {
        await pause();
        const asked = await Promise.all([due(0, 60_000), due(0, 60_000), due(0, 60_000)]);
        expect(asked.filter((to) => to === 'off')).toHaveLength(1);
        expect(await due(0, 60_000)).toBeUndefined();
        expect(await due(0, 0)).toBe('off');
      });
    });

    it('finds sends by the ids of their messages, and events whose send is known later', async () => {
      await world.sentRun(1);
      expect([...(await world.feedback.sendsOf(['message-r1-0', 'no', 'message-r1-0']))]).toEqual([
        ['message-r1-0', 'r1-00000000'],
      ]);
      const event = {
        id: 'e1',
        type: 'Delivery',
        source: 'ses',
        messageId: 'message-r1-0',
        occurredAt: 1,
        body: new Uint8Array([1]),
      } as const;
      await world.events.add([event, { ...event, id: 'e2', messageId: 'foreign' }]);
      expect((await world.events.findable(60_000, 10)).map(({ id }) => id)).toEqual(['e1']);
      await world.events.attach([{ eventId: 'e1', sendId: 'r1-00000000' }]);
      expect(await world.events.findable(60_000, 10)).toEqual([]);
      expect(await world.events.ofSend('r1-00000000')).toHaveLength(1);
    });

    describe('suppressions', () => {
      const entry = (n: number, over: Partial<Suppression> = {}): Suppression => ({
        addressHash: `h${n}`,
        scope: '*',
        reason: 'manual',
        origin: 'os:test',
        masked: 'j****@example.com',
        createdAt: 7,
        ...over,
      });
      const among = async (hashes: string[], organisation = 'retail', declinable = false) =>
        Object.fromEntries(await world.suppressions.among(hashes, { organisation, declinable }));

      it('are told with their weightiest reason, within their scope', async () => {
        await world.suppressions.add([
          entry(1, { reason: 'bounce' }),
          entry(1, { reason: 'complaint', scope: 'retail' }),
          entry(2, { scope: 'cards' }),
        ]);
        expect(await among(['h1', 'h2', 'h3'])).toEqual({ h1: 'complaint' });
        expect(await among(['h1', 'h2'], 'cards')).toEqual({ h1: 'bounce', h2: 'manual' });
      });

      it('by unsubscription stop only what a recipient may decline', async () => {
        await world.suppressions.add([entry(1, { reason: 'unsubscribe', scope: 'retail' })]);
        expect(await among(['h1'])).toEqual({});
        expect(await among(['h1'], 'retail', true)).toEqual({ h1: 'unsubscribe' });
      });

      it('keep their first origin, and come back as they were', async () => {
        const first = entry(1, { address: Uint8Array.from([0, 255, 1]) });
        expect(await world.suppressions.add([first, entry(2)])).toBe(2);
        expect(await world.suppressions.add([entry(1, { origin: 'later' }), entry(3)])).toBe(1);
        const [found] = await world.suppressions.list({ limit: 1 });
        expect({ ...found, address: Uint8Array.from(found?.address ?? []) }).toMatchObject(first);
      });

      it('are listed page by page, each once, and by scope, reason or address', async () => {
        const all = numbers(7).flatMap((n) => [entry(n), entry(n, { scope: 'cards', reason: 'bounce' })]);
        await world.suppressions.add(all);
        const seen = [];
        let after: string | undefined;
        do {
          const page = await world.suppressions.list({ limit: 3, ...(after ? { after } : {}) });
          seen.push(...page.map(({ addressHash, scope }) => `${addressHash} ${scope}`));
          after = page.at(-1)?.cursor;
        } while (after);
        expect(seen).toHaveLength(14);
        expect(new Set(seen).size).toBe(14);
        expect(await world.suppressions.list({ limit: 99, scopes: ['cards'] })).toHaveLength(7);
        expect(
          await world.suppressions.list({ limit: 99, reason: 'manual', addressHash: 'h3' }),
        ).toHaveLength(1);
      });

      it('are removed by scope, and by reason where one is named', async () => {
        await world.suppressions.add([
          entry(1),
          entry(1, { reason: 'complaint' }),
          entry(1, { scope: 'cards' }),
        ]);
        expect(await world.suppressions.remove({ addressHash: 'h1', scope: '*', reason: 'manual' })).toBe(1);
        expect(await among(['h1'])).toEqual({ h1: 'complaint' });
        expect(await world.suppressions.remove({ addressHash: 'h1', scope: '*' })).toBe(1);
        expect(await world.suppressions.remove({ addressHash: 'h1', scope: '*' })).toBe(0);
        expect(await among(['h1'], 'cards')).toEqual({ h1: 'manual' });
      });
    });

    describe('alerts', () => {
      it('are told once within their quiet time, and signals when there are too many', async () => {
        const alerts = await world.ports.alerts();
        await alerts.raise({ kind: 'topic_unsubscribed', about: 'topic' });
        await alerts.raise({ kind: 'topic_unsubscribed', about: 'topic' });
        await alerts.raise({ kind: 'topic_unsubscribed', about: 'other' });
        expect(world.told).toHaveLength(2);
        for (let n = 0; n < 9; n += 1) await alerts.signal('failed_logins', 'console');
        expect(world.told).toHaveLength(2);
        await alerts.signal('failed_logins', 'console');
        await alerts.signal('failed_logins', 'console');
        expect(world.told).toHaveLength(3);
        expect(world.told[2]?.text).toContain('10 sign-ins failed');
      });
    });
  });
};
