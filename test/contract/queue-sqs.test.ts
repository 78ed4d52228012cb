import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callInBatches, split } from '../../shared/adapters/sqs/batches.ts';
import { openSqsQueue } from '../../shared/adapters/sqs/queue.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { MovableClock, runtimeWith } from './queue-clock.ts';
import { MAX_RECEIVES, queueContract } from './queue-contract.ts';
import { fauxqsAbsent, startFauxqs } from './queue-fauxqs.ts';

const region = 'ap-northeast-2';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

queueContract({
  name: 'SQS (fauxqs)',
  ...(fauxqsAbsent && { absent: fauxqsAbsent }),
  open: async () => {
    const server = await startFauxqs();
    const queue = await openSqsQueue({
      region,
      endpoint: server.endpoint,
      credentials,
      prefix: 'tank-',
      maxReceiveCount: () => MAX_RECEIVES,
      runtime: runtimeWith(new MovableClock()),
    });
    const close = async () => {
      await queue.close();
      await server.stop();
    };
    return { queue, elapse: (seconds) => sleep(seconds * 1000), close };
  },
});

describe('SQS that does not answer', () => {
  it('defers: the store behind the queue still holds the work', async () => {
    const queue = await openSqsQueue({
      region,
      endpoint: 'http://127.0.0.1:1',
      credentials,
      prefix: 'tank-',
      maxReceiveCount: () => MAX_RECEIVES,
      runtime: runtimeWith(new MovableClock()),
    });
    await expect(queue.send('bulk', [{ body: 'a' }])).rejects.toMatchObject({
      code: 'store_unavailable',
      disposition: 'defer',
    });
    await expect(queue.depth('bulk')).rejects.toMatchObject({ code: 'store_unavailable' });
    await queue.close();
  });
});

describe('SQS that refuses', () => {
  /** Answers every request as SQS answers one that it does not allow. */
  const refusing = async (name: string, status: number) => {
    const server = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${name}`, message: 'to user 홍길동' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it.each([
    ['AccessDeniedException', /a right is missing.*sqs:SendMessage/],
    ['UnrecognizedClientException', /refuses the credentials/],
    ['RequestThrottled', /slow down/],
  ])('%s is told with what to do, and without its text', async (name, reason) => {
    const queue = await openSqsQueue({
      region,
      endpoint: await refusing(name, 403),
      credentials,
      prefix: 'tank-',
      maxReceiveCount: () => MAX_RECEIVES,
      runtime: runtimeWith(new MovableClock()),
    });
    onTestFinished(() => queue.close());
    const fault: TankError = await queue.send('bulk', [{ body: 'a' }]).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(fault).toMatchObject({
      code: 'store_unavailable',
      facts: { reason: expect.stringMatching(reason) },
    });
    expect(fault.message).not.toContain('홍길동');
  });
});

describe.skipIf(fauxqsAbsent !== undefined)('SQS that loses its queues', () => {
  it('is given them once more, at the first call that misses one', async () => {
    const server = await startFauxqs();
    onTestFinished(() => server.stop());
    const open = () =>
      openSqsQueue({
        region,
        endpoint: server.endpoint,
        credentials,
        prefix: 'tank-',
        maxReceiveCount: () => MAX_RECEIVES,
        runtime: runtimeWith(new MovableClock()),
      });
    const queue = await open();
    onTestFinished(() => queue.close());
    await queue.send('bulk', [{ body: 'a' }]);
    const { SQSClient, DeleteQueueCommand, GetQueueUrlCommand } = await import('@aws-sdk/client-sqs');
    const sdk = new SQSClient({ region, endpoint: server.endpoint, credentials });
    const { QueueUrl } = await sdk.send(new GetQueueUrlCommand({ QueueName: 'tank-bulk' }));
    await sdk.send(new DeleteQueueCommand({ QueueUrl }));
    await queue.send('bulk', [{ body: 'b' }]);
    const got = await queue.receive('bulk', { max: 10, visibilitySeconds: 30, waitSeconds: 1 });
    expect(got.map(({ body }) => body)).toEqual(['b']);
  });
});

describe('A batch call of which some entries fail', () => {
  const entries = Array.from({ length: 12 }, (_, i) => ({ Id: String(i), bytes: 1 }));
  const clock = { now: () => 0, monotonic: () => 0, sleep: async () => undefined };
  const refused = (code: string) => new TankError('invalid_message', { reason: code });

  it('sends those again, and only those', async () => {
    const calls: string[][] = [];
    const perform = async (batch: readonly { Id: string }[]) => {
      calls.push(batch.map(({ Id }) => Id));
      return { Failed: calls.length === 1 ? [{ Id: '3', Code: 'InternalError', SenderFault: false }] : [] };
    };
    await callInBatches(entries.slice(0, 10), { perform, refused, clock });
    expect(calls).toEqual([['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], ['3']]);
  });

  it('gives up after four tries, and says so', async () => {
    let calls = 0;
    const perform = async () => ({
      Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false, n: ++calls }],
    });
    await expect(callInBatches(entries.slice(0, 1), { perform, refused, clock })).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(calls).toBe(4);
  });

  it('throws what SQS will never take', async () => {
    const perform = async () => ({
      Failed: [{ Id: '0', Code: 'InvalidMessageContents', SenderFault: true }],
    });
    await expect(callInBatches(entries.slice(0, 1), { perform, refused, clock })).rejects.toMatchObject({
      code: 'invalid_message',
    });
  });

  it('carries ten entries and 1 MiB at most', () => {
    expect(split(entries).map((batch) => batch.length)).toEqual([10, 2]);
    const big = [600_000, 400_000, 100_000, 1_048_576, 1].map((bytes, i) => ({ Id: String(i), bytes }));
    expect(split(big).map((batch) => batch.map(({ bytes }) => bytes))).toEqual([
      [600_000, 400_000],
      [100_000],
      [1_048_576],
      [1],
    ]);
  });
});
