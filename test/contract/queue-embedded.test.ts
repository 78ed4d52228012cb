import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedQueue, openEmbeddedQueue } from '../../shared/adapters/embedded/queue.ts';
import { openSqlite, type SqliteOptions } from '../../shared/adapters/sqlite/database.ts';
import { type TemporaryFolder, THREAD_SOURCE, temporaryFolder } from './database-build.ts';
import { MovableClock, runtimeWith } from './queue-clock.ts';
import { MAX_RECEIVES, queueContract } from './queue-contract.ts';

let folder: TemporaryFolder;
let files = 0;
const newFile = () => join(folder.path, `queue-${++files}.db`);

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const openQueue = async (
  file: string,
  clock: MovableClock,
  host: SqliteOptions = { host: 'inline' },
  runtime = runtimeWith(clock),
) =>
  openEmbeddedQueue({ database: await openSqlite(file, host), runtime, maxReceiveCount: () => MAX_RECEIVES });

for (const host of ['inline', 'thread'] as const)
  queueContract({
    name: `embedded, ${host}`,
    open: async () => {
      const clock = new MovableClock();
      const options: SqliteOptions =
        host === 'inline' ? { host } : { host, threadFile: await folder.bundle(THREAD_SOURCE) };
      const queue = await openQueue(newFile(), clock, options);
      return { queue, elapse: async (seconds) => clock.move(seconds * 1000), close: () => queue.close() };
    },
  });

const DAY_MS = 86_400_000;
const NOW = { max: 10, visibilitySeconds: 30, waitSeconds: 0 };

describe('The embedded queue', () => {
  let clock: MovableClock;
  let file: string;
  let queue: EmbeddedQueue;

  beforeEach(async () => {
    clock = new MovableClock();
    file = newFile();
    queue = await openQueue(file, clock);
    return () => queue.close();
  });

  it('gives back at once what dead workers took along, and neither what is delayed nor what is dead', async () => {
    await queue.send('bulk', [{ body: 'taken' }, { body: 'later', delaySeconds: 60 }]);
    await queue.receive('bulk', { ...NOW, visibilitySeconds: 900 });
    await queue.giveBackAll();
    expect(await queue.depth('bulk')).toEqual({ visible: 1, inFlight: 0, delayed: 1, dead: 0 });
    for (let receives = 0; receives <= MAX_RECEIVES; receives++)
      await queue.receive('bulk', { ...NOW, visibilitySeconds: 0 });
    await queue.giveBackAll();
    expect(await queue.depth('bulk')).toEqual({ visible: 0, inFlight: 0, delayed: 1, dead: 1 });
  });

  it('hands out messages in the order of sending', async () => {
    await queue.send(
      'bulk',
      Array.from({ length: 8 }, (_, i) => ({ body: `m${i}` })),
    );
    expect((await queue.receive('bulk', NOW)).map((message) => message.body)).toEqual([
      'm0',
      'm1',
      'm2',
      'm3',
      'm4',
      'm5',
      'm6',
      'm7',
    ]);
  });

  it('forgets a message after four days', async () => {
    await queue.send('bulk', [{ body: 'old' }]);
    clock.move(3.9 * DAY_MS);
    await queue.send('bulk', [{ body: 'young' }]);
    clock.move(0.2 * DAY_MS);
    expect((await queue.receive('bulk', NOW)).map((message) => message.body)).toEqual(['young']);
  });

  it('keeps the dead for two weeks', async () => {
    await queue.send('bulk', [{ body: 'poison' }]);
    for (let round = 0; round <= MAX_RECEIVES; round += 1)
      await queue.receive('bulk', { ...NOW, visibilitySeconds: 0 });
    clock.move(13.9 * DAY_MS);
    await queue.receive('bulk', NOW);
    expect((await queue.depth('bulk')).dead).toBe(1);
    clock.move(0.2 * DAY_MS);
    await queue.receive('bulk', NOW);
    expect((await queue.depth('bulk')).dead).toBe(0);
  });

  it('keeps everything over a restart: messages, counts, handles', async () => {
    await queue.send('bulk', [{ body: 'a' }, { body: 'b', delaySeconds: 60 }]);
    const [message] = await queue.receive('bulk', NOW);
    await queue.close();
    queue = await openQueue(file, clock);
    expect(await queue.depth('bulk')).toEqual({ visible: 0, inFlight: 1, delayed: 1, dead: 0 });
    await queue.delete('bulk', [message?.receiptHandle ?? '']);
    clock.move(61_000);
    expect((await queue.receive('bulk', NOW)).map(({ body }) => body)).toEqual(['b']);
  });

  it('deletes by an expired handle while nobody else has the message, as SQS does', async () => {
    await queue.send('bulk', [{ body: 'a' }]);
    const [message] = await queue.receive('bulk', { ...NOW, visibilitySeconds: 1 });
    clock.move(5000);
    await queue.changeVisibility('bulk', [message?.receiptHandle ?? ''], 600);
    expect((await queue.depth('bulk')).visible).toBe(1);
    await queue.delete('bulk', [message?.receiptHandle ?? '']);
    expect((await queue.depth('bulk')).visible).toBe(0);
  });

  it('wakes a waiting receiver by itself, without looking again after a while', async () => {
    const endless = new MovableClock();
    endless.sleep = (_, signal) =>
      new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    const sleeper = await openQueue(newFile(), endless);
    const [first, second] = [
      sleeper.receive('bulk', { ...NOW, waitSeconds: 20 }),
      sleeper.receive('bulk', { ...NOW, max: 1, waitSeconds: 20 }),
    ];
    await clock.sleep(50);
    await sleeper.send('bulk', [{ body: 'a' }]);
    const [message] = await Promise.race([first, second]);
    expect(message?.body).toBe('a');
    await sleeper.changeVisibility('bulk', [message?.receiptHandle ?? ''], 0);
    expect((await Promise.all([first, second])).flat()).toHaveLength(2);
    await sleeper.close();
  });

  it('hears of messages that another process sends', async () => {
    const ids = runtimeWith(clock);
    const other = await openQueue(file, clock, { host: 'inline' }, { clock, id: () => `z${ids.id()}` });
    const waiting = queue.receive('bulk', { ...NOW, waitSeconds: 10 });
    await clock.sleep(50);
    await other.send('bulk', [{ body: 'from elsewhere' }]);
    expect((await waiting).map(({ body }) => body)).toEqual(['from elsewhere']);
    await other.close();
  });

  it('ends waiting receivers when it is closed', async () => {
    const waiting = Array.from({ length: 4 }, () => queue.receive('bulk', { ...NOW, waitSeconds: 20 }));
    await clock.sleep(50);
    await queue.close();
    expect(await Promise.all(waiting)).toEqual([[], [], [], []]);
  });

  it('refuses to hand out more than ten', async () => {
    await expect(queue.receive('bulk', { ...NOW, max: 11 })).rejects.toThrow(RangeError);
  });

  it('loses and doubles nothing with many senders and receivers at once', async () => {
    const senders = Array.from({ length: 8 }, async (_, sender) => {
      for (let i = 0; i < 25; i += 1)
        await queue.send(
          'bulk',
          Array.from({ length: 4 }, (_, n) => ({ body: `${sender}-${i}-${n}` })),
        );
    });
    const seen: string[] = [];
    const receivers = Array.from({ length: 6 }, async () => {
      while (seen.length < 800) {
        const messages = await queue.receive('bulk', { ...NOW, waitSeconds: 1 });
        seen.push(...messages.map(({ body }) => body));
        await queue.delete(
          'bulk',
          messages.map((message) => message.receiptHandle),
        );
      }
    });
    await Promise.all([...senders, ...receivers]);
    expect(seen).toHaveLength(800);
    expect(new Set(seen).size).toBe(800);
    expect(await queue.depth('bulk')).toEqual({ visible: 0, inFlight: 0, delayed: 0, dead: 0 });
  });
});
