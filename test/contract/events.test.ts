import { beforeEach, describe, expect, it } from 'vitest';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { createSqlEvents } from '../../shared/adapters/sql/events.ts';
import type { DeliveryEvent, Events } from '../../shared/ports/events.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const event = (id: string, occurredAt = 1): DeliveryEvent => ({
  id,
  type: 'Delivery',
  subtype: 'x',
  source: 'ses',
  messageId: 'm1',
  attemptId: 'a1',
  sendId: 's1',
  recipientHash: 'h1',
  occurredAt,
  body: Uint8Array.from([0, 255, 1]),
});

describe.each([['sql on sqlite', async () => createSqlEvents(await openTestStore(), sqliteDialect)]])(
  'events: %s',
  (_, open) => {
    let events: Events;
    beforeEach(async () => {
      events = await open();
    });

    it('come back as they were, oldest first', async () => {
      expect(await events.add([event('e2', 2), event('e1', 1)])).toBe(2);
      const found = await events.ofSend('s1');
      expect(found.map((found) => ({ ...found, body: Uint8Array.from(found.body) }))).toEqual([
        event('e1', 1),
        event('e2', 2),
      ]);
      expect(await events.ofSend('s2')).toEqual([]);
    });

    it('are counted once, however often they come, in one call or in several', async () => {
      expect(await events.add([event('e1'), event('e1'), event('e2')])).toBe(2);
      expect(await events.add([event('e1'), event('e3')])).toBe(1);
      expect(await events.add([])).toBe(0);
      expect(await events.count()).toBe(3);
    });

    it('may lack what the transport did not say', async () => {
      const { subtype: _s, attemptId: _a, sendId: _i, recipientHash: _r, ...bare } = event('e1');
      await events.add([bare]);
      await events.add([{ ...bare, id: 'e2', sendId: 's9' }]);
      const [found] = await events.ofSend('s9');
      expect(found).not.toHaveProperty('subtype');
      expect(found).not.toHaveProperty('recipientHash');
      expect(found).not.toHaveProperty('attemptId');
    });

    describe('soft bounces of an address', () => {
      const bounce = (n: number, occurredAt: number, subtype = 'Transient/MailboxFull') => ({
        ...event(`b${n}`, occurredAt),
        type: 'Bounce',
        subtype,
        messageId: `m${n}`,
      });
      const delivered = (n: number, occurredAt: number) => ({
        ...event(`d${n}`, occurredAt),
        type: 'Delivery',
        messageId: `m${n}`,
      });
      const counted = async (since = 0) =>
        (await events.softBounces({ recipientHashes: ['h1', 'h2'], since })).get('h1') ?? 0;

      it('are counted once for each mail, and only within the time that is asked for', async () => {
        await events.add([bounce(1, 10), { ...bounce(1, 10), id: 'again' }, bounce(2, 20), bounce(3, 30)]);
        expect(await counted()).toBe(3);
        expect(await counted(10)).toBe(2);
      });

      it('leave out hard ones, those of the content, and mails that arrived after all', async () => {
        await events.add([
          bounce(1, 10, 'Permanent/NoEmail'),
          bounce(2, 11, 'Transient/ContentRejected'),
          bounce(3, 12, 'Transient/General'),
          delivered(3, 9),
          bounce(4, 13, 'Undetermined/Undetermined'),
        ]);
        expect(await counted()).toBe(1);
      });

      it('begin anew when a mail has arrived in between', async () => {
        await events.add([bounce(1, 10), bounce(2, 20), delivered(3, 25), bounce(4, 30)]);
        expect(await counted()).toBe(1);
      });
    });
  },
);
