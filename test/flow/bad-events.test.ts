import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBounceHandler } from '../../functions/bounce-handler/handler.ts';
import { NO_METRICS } from '../../local/door-metrics.ts';
import { createInFlight } from '../../local/in-flight.ts';
import { createInvoker } from '../../local/invoke.ts';
import { openQueueDoor, type TakingDoor } from '../../local/queue-door.ts';
import { openEmbeddedQueue } from '../../shared/adapters/embedded/queue.ts';
import { newId } from '../../shared/adapters/system/ids.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { createTestRuntime, functionOf } from '../fixtures/doors.ts';
import { feedbackWorld, HARD, sesEvent } from '../fixtures/feedback-world.ts';
import { lambdaContext } from '../fixtures/identity.ts';
import { failedIds, sqsEvent } from '../fixtures/sqs-event.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const good = (send: number) => sesEvent({ run: 'r1', send, bounce: HARD });
const parsed = () => JSON.parse(good(1));
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ emailAddress: `somebody${n}@example.com` }));
const MILLION = 'x'.repeat(1_000_000);

/** What must go to the dead-letter queue, with its reason in the log. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['is cut off', good(1).slice(0, 200)],
  ['has no mail', JSON.stringify({ ...parsed(), mail: undefined })],
  ['has a list for a mail', JSON.stringify({ ...parsed(), mail: [parsed().mail] })],
  ['has a text for a mail', JSON.stringify({ ...parsed(), mail: 'secret@example.com' })],
  ['has a megabyte of no JSON', MILLION],
  ['has a megabyte for a message id', JSON.stringify({ ...parsed(), mail: { messageId: MILLION } })],
  ['has a NUL in its message id', JSON.stringify({ ...parsed(), mail: { messageId: 'a\0b' } })],
  ['is a list', JSON.stringify([parsed()])],
  ['was not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]).toString()],
  ['has no type', JSON.stringify({ ...parsed(), eventType: undefined })],
];

/** Odd, and still about a mail: it must count. */
const TAKEN: readonly (readonly [string, string])[] = [
  [
    'names 50 recipients',
    JSON.stringify({ ...parsed(), bounce: { ...parsed().bounce, bouncedRecipients: many(50) } }),
  ],
  ['has a megabyte of something else', JSON.stringify({ ...parsed(), noise: MILLION })],
  ['has a list for a bounce', JSON.stringify({ ...parsed(), bounce: [parsed().bounce] })],
  [
    'has lists for texts',
    JSON.stringify({ ...parsed(), bounce: { ...parsed().bounce, bounceType: ['Permanent'] } }),
  ],
  ['has half a character in its type', `${good(1).slice(0, -1)},"notificationType":"\\ud800"}`],
  [
    'has a subtype with a NUL',
    JSON.stringify({ ...parsed(), bounce: { ...parsed().bounce, bounceSubType: 'a\0b' } }),
  ],
  [
    'has recipients that are no addresses',
    JSON.stringify({
      ...parsed(),
      bounce: { ...parsed().bounce, bouncedRecipients: [{ emailAddress: '\0\ufffd' }] },
    }),
  ],
];

describe('a batch with an event that', () => {
  let world: ReturnType<typeof feedbackWorld>;
  beforeEach(async () => {
    world = feedbackWorld(await openTestStore());
    await world.sentRun(10);
  });
  const delivery = async (send: number) => (await world.sendOf(`r1-0000000${send}`))?.delivery;

  it.each(REFUSED)('%s gives back that one alone, says why, and takes in the rest', async (_, body) => {
    expect(await world.handle(good(2), body, good(3))).toEqual(['message-1']);
    expect([await delivery(2), await delivery(3)]).toEqual(['bounced', 'bounced']);
    const [line] = world.lines.filter(({ event }) => event === 'queue_record_failed');
    expect(line?.fields).toMatchObject({ code: 'invalid_message', messageId: 'message-1' });
    expect(JSON.stringify(world.lines)).not.toContain('example.com');
    expect(JSON.stringify(world.lines).length).toBeLessThan(5_000);
  });

  it.each(TAKEN)('%s is taken in with the rest', async (_, body) => {
    expect(await world.handle(good(2), body, good(3))).toEqual([]);
    expect([await delivery(2), await delivery(3)]).toEqual(['bounced', 'bounced']);
    expect(JSON.stringify(world.lines)).not.toContain('example.com');
  });

  it('names 50 recipients suppresses each of them, and the one who was mailed', async () => {
    const [, body = ''] = TAKEN[0] ?? [];
    await world.handle(body);
    expect(await world.suppressions.list({ limit: 100 })).toHaveLength(52);
  });

  it('the store refuses keeps nobody else back', async () => {
    const events = {
      ...world.events,
      add: async (rows: Parameters<typeof world.events.add>[0]) => {
        if (rows.some(({ messageId }) => messageId === 'message-r1-4'))
          throw new TankError('internal', {}, { cause: new Error('value out of range') });
        return world.events.add(rows);
      },
    };
    const handler = createBounceHandler({ ...world.ports, events: async () => events });
    const failed = await handler(sqsEvent(good(2), good(4), good(5)), lambdaContext());
    expect(failedIds(failed)).toEqual(['message-1']);
    expect([await delivery(2), await delivery(4), await delivery(5)]).toEqual(['bounced', 'none', 'bounced']);
  });
});

describe('a queue in which bad events lie among good ones', () => {
  let door: TakingDoor | undefined;
  afterEach(() => door?.stop());

  it('comes to rest: the bad are dead letters, each with its reason in the log, and the good are taken in', async () => {
    const database = await openTestStore();
    const world = feedbackWorld(database);
    await world.sentRun(40);
    const runtime = createTestRuntime();
    const queue = await openEmbeddedQueue({
      database,
      runtime: { ...runtime, id: () => newId(Date.now()) },
      maxReceiveCount: () => 5,
    });
    const inFlight = createInFlight();
    const entry = functionOf('bounce-handler', world.handler);
    door = openQueueDoor({
      functionName: 'bounce-handler',
      door: { queue: 'events', batchSize: 10, concurrency: 2, visibilitySeconds: 30, maxReceiveCount: 5 },
      queue: async () => queue,
      invoke: createInvoker(entry, 5_000, { runtime, metrics: NO_METRICS, inFlight }),
      runtime,
      metrics: NO_METRICS,
      inFlight,
      region: 'local',
      times: { redeliverySeconds: () => 0, waitSeconds: 1 },
    });
    const bodies = REFUSED.flatMap(([, body], n) => [good(2 * n), body, good(2 * n + 1)]);
    await queue.send(
      'events',
      bodies.map((body) => ({ body })),
    );
    const atRest = async () => {
      const { visible, inFlight: taken, delayed, dead } = await queue.depth('events');
      return dead === REFUSED.length && visible + taken + delayed === 0;
    };
    await expect.poll(atRest, { timeout: 15_000 }).toBe(true);
    const dead = await queue.listDead('events', 100);
    expect(dead.map(({ body }) => body).sort()).toEqual(REFUSED.map(([, body]) => body).sort());
    for (const { messageId } of dead) {
      const told = world.lines.filter(({ fields }) => fields?.messageId === messageId);
      expect(told).toHaveLength(5);
      expect(told[0]?.fields).toMatchObject({ code: 'invalid_message', reason: expect.stringMatching(/./) });
    }
    const [row] = await database.all("SELECT COUNT(*) AS n FROM email_send_log WHERE delivery = 'bounced'");
    expect(row?.n).toBe(2 * REFUSED.length);
  });
});
