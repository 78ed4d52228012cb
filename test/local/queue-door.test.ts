import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../fixtures/doors.ts';
import { createMemoryQueue, type MemoryQueue } from '../fixtures/memory-queue.ts';
import {
  bodiesOf,
  closeTestDoors,
  left,
  openTestQueueDoor as openDoor,
  send,
} from '../fixtures/queue-doors.ts';

afterEach(closeTestDoors);

describe('a message', () => {
  it('arrives as an SQS event and is deleted when the function is done', async () => {
    const events: SQSEvent[] = [];
    const { queue } = openDoor((event) => void events.push(event));
    await send(queue, '{"v":1}');
    await eventually(() => queue.deleted.length === 1);
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: 'm1',
            receiptHandle: 'm1/1',
            body: '{"v":1}',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
              SenderId: 'test',
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            },
            messageAttributes: {},
            md5OfBody: createHash('md5').update('{"v":1}').digest('hex'),
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:local:000000000000:tank-bulk',
            awsRegion: 'local',
          },
        ],
      },
    ]);
  });

  it('that fails comes back, and its neighbours do not', async () => {
    const seen: string[] = [];
    const { queue } = openDoor(
      (event) => {
        seen.push(...bodiesOf(event));
        const second = event.Records.filter(
          (record) => record.body === 'two' && record.attributes.ApproximateReceiveCount === '1',
        );
        return { batchItemFailures: second.map((record) => ({ itemIdentifier: record.messageId })) };
      },
      { batchSize: 10 },
    );
    await send(queue, 'one', 'two', 'three');
    await eventually(() => queue.deleted.length === 3);
    expect(seen).toEqual(['one', 'two', 'three', 'two']);
    expect(queue.deleted).toEqual(['one', 'three', 'two']);
  });

  it('that is poison is delivered five times and then rests in the dead-letter queue', async () => {
    let deliveries = 0;
    const { queue, told } = openDoor(() => {
      deliveries += 1;
      throw new Error('poison');
    });
    await send(queue, 'poison');
    await eventually(async () => (await left(queue)).dead === 1);
    expect(deliveries).toBe(5);
    expect(told('queue_message_exhausted')).toHaveLength(1);
  });

  it('stays away longer after each failure', async () => {
    const asked: number[] = [];
    const redeliverySeconds = (count: number) => {
      asked.push(count);
      return 0;
    };
    const { queue } = openDoor(() => 'nonsense', { times: { redeliverySeconds } });
    await send(queue, 'x');
    await eventually(async () => (await left(queue)).dead === 1);
    expect(asked).toEqual([1, 2, 3, 4, 5]);
  });

  it('is not lost to an answer with a wrong key, and the mistake is told', async () => {
    const { queue, told } = openDoor(() => ({ failures: [] }));
    await send(queue, 'x');
    await eventually(() => told('queue_answer_misread').length > 0);
    expect(queue.deleted).toEqual([]);
  });

  it('stays invisible for as long as the function works', async () => {
    let calls = 0;
    const { queue } = openDoor(
      async () => {
        calls += 1;
        await sleep(1_500);
      },
      { visibilitySeconds: 0.6, concurrency: 3 },
    );
    await send(queue, 'long');
    await eventually(() => queue.deleted.length === 1);
    expect(calls).toBe(1);
    expect(queue.visibilities.length).toBeGreaterThanOrEqual(3);
  });

  it('is given back when the function takes longer than it may', async () => {
    let calls = 0;
    const { queue, told } = openDoor(
      async () => {
        calls += 1;
        if (calls === 1) await sleep(400);
      },
      { timeoutMs: 60 },
    );
    await send(queue, 'slow');
    await eventually(() => queue.deleted.length === 1);
    expect(calls).toBe(2);
    expect(told('queue_handler_timed_out')).toHaveLength(1);
  });
});

describe('the door', () => {
  it('calls as many functions at once as it may, and not one more', async () => {
    let atOnce = 0;
    let most = 0;
    const { queue } = openDoor(
      async () => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await sleep(30);
        atOnce -= 1;
      },
      { concurrency: 3 },
    );
    await send(queue, ...Array.from({ length: 12 }, (_, at) => String(at)));
    await eventually(() => queue.deleted.length === 12);
    expect(most).toBe(3);
  });

  it('asks an empty queue rarely', async () => {
    const queue = createMemoryQueue();
    openDoor(() => undefined, { queue });
    const shortPolling = createMemoryQueue();
    openDoor(() => undefined, { queue: shortPolling, times: { waitSeconds: 0 } });
    const before = performance.now();
    await sleep(350);
    expect(queue.receives).toBe(1);
    expect(shortPolling.receives).toBeLessThanOrEqual((performance.now() - before) / 100 + 1);
  });

  it('tells an outage of the queue once, and goes on by itself', async () => {
    const queue = createMemoryQueue();
    queue.broken = new Error('connect ECONNREFUSED');
    const { told } = openDoor(() => undefined, { queue });
    await eventually(() => queue.receives >= 5);
    await send(queue, 'x');
    queue.broken = undefined;
    await eventually(() => queue.deleted.length === 1);
    expect(told('queue_receive_failing')).toHaveLength(1);
    expect(told('queue_receive_recovered')).toHaveLength(1);
  });

  it('takes less and less while every call fails, so that an outage behind it wears no message out', async () => {
    const queue = createMemoryQueue(1_000);
    let healthy = false;
    let calls = 0;
    const { told } = openDoor(
      () => {
        calls += 1;
        if (!healthy) throw new Error('the store is gone');
      },
      { queue, times: { outageFirstMs: 100, outageMostMs: 100 } },
    );
    await send(queue, ...Array.from({ length: 5 }, (_, at) => String(at)));
    const before = performance.now();
    await sleep(400);
    expect(calls).toBeLessThanOrEqual((performance.now() - before) / 50 + 6);
    expect(told('queue_handler_failing')).toHaveLength(1);
    healthy = true;
    await eventually(() => queue.deleted.length === 5);
    expect(told('queue_handler_recovered')).toHaveLength(1);
  });

  it('stops taking at once, finishes what it has, and takes nothing again', async () => {
    const { queue, door, inFlight } = openDoor(async () => sleep(150));
    await send(queue, 'one', 'two');
    await eventually(() => inFlight.count > 0);
    await door.stop();
    expect(queue.deleted).toEqual([]);
    await inFlight.idle();
    expect(queue.deleted).toEqual(['one']);
    await sleep(50);
    expect(await queue.depth('bulk')).toMatchObject({ visible: 1, inFlight: 0 });
  });

  it('gives back at once what arrives while it stops', async () => {
    const queue = createMemoryQueue();
    let calls = 0;
    const deaf: MemoryQueue = {
      ...queue,
      receive: async (name, options) => {
        await sleep(100);
        return queue.receive(name, { ...options, waitSeconds: 0 });
      },
    };
    const { door } = openDoor(
      () => {
        calls += 1;
      },
      { queue: deaf },
    );
    await send(queue, 'late');
    await sleep(20);
    await door.stop();
    expect(calls).toBe(0);
    expect(await queue.depth('bulk')).toMatchObject({ visible: 1, inFlight: 0 });
  });

  it('leaves alone an idle stop, whatever the long poll', async () => {
    const { door } = openDoor(() => undefined);
    await sleep(20);
    const before = Date.now();
    await door.stop();
    expect(Date.now() - before).toBeLessThan(1_000);
  });
});
