import { beforeEach, describe, expect, it } from 'vitest';
import { createSqlEvents } from '../../shared/adapters/sql/events.ts';
import type { DeliveryEvent, Events } from '../../shared/ports/events.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const event = (id: string, occurredAt = 1): DeliveryEvent => ({
  id,
  type: 'Delivery',
  subtype: 'x',
  messageId: 'm1',
  attemptId: 'a1',
  recipientHash: 'h1',
  occurredAt,
  body: Uint8Array.from([0, 255, 1]),
});

describe.each([['sql on sqlite', async () => createSqlEvents(await openTestStore())]])(
  'events: %s',
  (_, open) => {
    let events: Events;
    beforeEach(async () => {
      events = await open();
    });

    it('come back as they were, oldest first', async () => {
      expect(await events.add([event('e2', 2), event('e1', 1)])).toBe(2);
      const found = await events.ofAttempt('a1');
      expect(found.map((found) => ({ ...found, body: Uint8Array.from(found.body) }))).toEqual([
        event('e1', 1),
        event('e2', 2),
      ]);
      expect(await events.ofAttempt('a2')).toEqual([]);
    });

    it('are counted once, however often they come, in one call or in several', async () => {
      expect(await events.add([event('e1'), event('e1'), event('e2')])).toBe(2);
      expect(await events.add([event('e1'), event('e3')])).toBe(1);
      expect(await events.add([])).toBe(0);
      expect(await events.count()).toBe(3);
    });

    it('may lack what the transport did not say', async () => {
      const { subtype: _s, attemptId: _a, recipientHash: _r, ...bare } = event('e1');
      await events.add([bare]);
      await events.add([{ ...bare, id: 'e2', attemptId: 'a9' }]);
      const [found] = await events.ofAttempt('a9');
      expect(found).not.toHaveProperty('subtype');
      expect(found).not.toHaveProperty('recipientHash');
    });
  },
);
