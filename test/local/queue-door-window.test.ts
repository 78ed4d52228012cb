import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../fixtures/doors.ts';
import { createMemoryQueue } from '../fixtures/memory-queue.ts';
import { bodiesOf, closeTestDoors, left, openTestQueueDoor, send } from '../fixtures/queue-doors.ts';

afterEach(closeTestDoors);

const WINDOW = { batchSize: 100, windowSeconds: 1 };
const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => `m${String(at).padStart(3, '0')}`);
const done = () => ({ batchItemFailures: [] });

/** Doors that open on a queue which holds the messages already. */
const openOn = async (bodies: readonly string[], handler: (event: SQSEvent) => unknown, setup: object) => {
  const queue = createMemoryQueue();
  await send(queue, ...bodies);
  return openTestQueueDoor(handler, { queue, ...setup });
};

describe('a batching window', () => {
  it('hands over as many as the batch holds, without waiting for its end', async () => {
    const sizes: number[] = [];
    const before = performance.now();
    const { queue } = await openOn(
      numbered(200),
      (event) => {
        sizes.push(event.Records.length);
        return done();
      },
      { ...WINDOW, windowSeconds: 10 },
    );
    await eventually(() => queue.deleted.length === 200);
    expect(sizes).toEqual([100, 100]);
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it('waits for what comes later, and hands over a part of a batch when it is over', async () => {
    const batches: string[][] = [];
    const before = performance.now();
    const { queue } = await openOn(
      ['first'],
      (event) => {
        batches.push(bodiesOf(event));
        return done();
      },
      WINDOW,
    );
    await sleep(400);
    expect(batches).toEqual([]);
    await send(queue, 'later');
    await eventually(() => queue.deleted.length === 2, 5_000);
    expect(batches).toEqual([['first', 'later']]);
    expect(performance.now() - before).toBeGreaterThan(900);
  });

  it('never hands over more than the batch holds, and not more than six megabytes at a time', async () => {
    const sizes: number[] = [];
    const counted = (event: SQSEvent) => {
      sizes.push(event.Records.length);
      return done();
    };
    const small = await openOn(numbered(30), counted, { ...WINDOW, batchSize: 14 });
    await eventually(() => small.queue.deleted.length === 30, 5_000);
    expect(sizes).toEqual([14, 14, 2]);
    sizes.length = 0;
    const megabyte = 'x'.repeat(1024 * 1024);
    const large = await openOn(
      Array.from({ length: 20 }, () => megabyte),
      counted,
      WINDOW,
    );
    await eventually(() => large.queue.deleted.length === 20, 5_000);
    expect(sizes).toEqual([10, 10]);
  });

  it('gives back alone what failed out of a hundred', async () => {
    const seen = new Map<string, number>();
    const { queue } = await openOn(
      numbered(100),
      (event) => {
        for (const body of bodiesOf(event)) seen.set(body, (seen.get(body) ?? 0) + 1);
        const failed = event.Records.filter(
          ({ body, attributes }) => body.endsWith('7') && attributes.ApproximateReceiveCount === '1',
        );
        return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
      },
      WINDOW,
    );
    await eventually(() => queue.deleted.length === 100, 5_000);
    const twice = [...seen].filter(([, times]) => times > 1).map(([body]) => body);
    expect(twice).toEqual(numbered(100).filter((body) => body.endsWith('7')));
  });

  it('keeps every message of the batch out of sight, from the first poll until the function is done', async () => {
    let calls = 0;
    const { queue } = await openOn(
      numbered(25),
      async (event) => {
        calls += 1;
        expect(event.Records).toHaveLength(25);
        await sleep(4_600);
        return done();
      },
      { ...WINDOW, visibilitySeconds: 4, concurrency: 2 },
    );
    await eventually(() => queue.deleted.length === 25, 15_000);
    expect(calls).toBe(1);
  }, 20_000);

  it('gives back what it has gathered when the door closes', async () => {
    let calls = 0;
    const { door, queue } = await openOn(
      numbered(15),
      () => {
        calls += 1;
      },
      { ...WINDOW, windowSeconds: 60, visibilitySeconds: 300 },
    );
    await eventually(() => queue.receives >= 3);
    await door.stop();
    expect(calls).toBe(0);
    expect(await queue.depth('bulk')).toMatchObject({ visible: 15, inFlight: 0 });
  });

  it('hands over what it has when the queue is lost meanwhile', async () => {
    const batches: string[][] = [];
    const { queue } = await openOn(
      ['a', 'b'],
      (event) => {
        batches.push(bodiesOf(event));
        queue.broken = undefined;
        return done();
      },
      { ...WINDOW, windowSeconds: 60, visibilitySeconds: 300, times: { waitSeconds: 0 } },
    );
    await eventually(() => queue.receives >= 2);
    queue.broken = new Error('connect ECONNREFUSED');
    await eventually(() => queue.deleted.length === 2);
    expect(batches).toEqual([['a', 'b']]);
    expect((await left(queue)).alive).toBe(0);
  });

  it.each([
    [{ batchSize: 11 }, 'needs windowSeconds'],
    [{ batchSize: 0 }, 'batchSize must be'],
    [{ batchSize: 10_001, windowSeconds: 1 }, 'batchSize must be'],
    [{ batchSize: 11, windowSeconds: 301, visibilitySeconds: 900 }, 'windowSeconds must be'],
    [{ batchSize: 11, windowSeconds: 20, visibilitySeconds: 30 }, 'seen again while its batch fills'],
  ])('is refused as AWS refuses it: %j', (setup, reason) => {
    expect(() => openTestQueueDoor(done, setup)).toThrow(reason);
  });
});
