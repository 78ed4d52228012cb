import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Invoke } from '../../local/invoke.ts';
import { dial, eventually, openTestDoor, routeTo } from '../fixtures/doors.ts';

const ROUTES = [routeTo('GET', '/rows')];
const doors: Awaited<ReturnType<typeof openTestDoor>>[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
});

const open = async (chunks: () => AsyncIterable<string>, limits = {}) => {
  const invoke: Invoke = async (_event, _requestId, takeStream) => {
    takeStream?.(chunks());
    return { statusCode: 200, headers: { 'content-type': 'text/csv' } };
  };
  const door = await openTestDoor(ROUTES, () => undefined, { invokers: new Map([['test', invoke]]), limits });
  doors.push(door);
  return door;
};

describe('a reply that is written while it is made', () => {
  it('arrives whole, in chunks, without a length', async () => {
    const door = await open(async function* () {
      for (let row = 0; row < 1000; row++) yield `${row},가나다\r\n`;
    });
    const reply = await fetch(`${door.url}/rows`);
    expect(reply.headers.get('content-length')).toBeNull();
    expect(reply.headers.get('content-type')).toBe('text/csv');
    const lines = (await reply.text()).split('\r\n');
    expect([lines.length, lines[999]]).toEqual([1001, '999,가나다']);
  });

  it('is made no faster than its caller takes it', async () => {
    let made = 0;
    const door = await open(async function* () {
      for (; made < 10_000; made++) yield 'x'.repeat(64 * 1024);
    });
    const caller = await dial(door.port);
    caller.socket.pause();
    caller.write('GET /rows HTTP/1.1\r\nHost: a\r\n\r\n');
    await sleep(300);
    const early = made;
    expect(early).toBeLessThan(1000);
    caller.socket.destroy();
    await door.inFlight.idle();
    expect(made).toBeLessThan(1000);
  });

  it('may take longer than an answer as long as it goes on, and ends when nobody takes it', async () => {
    const slow = await open(
      async function* () {
        for (let row = 0; row < 8; row++) {
          await sleep(50);
          yield `${row}\n`;
        }
      },
      { writeMs: 200 },
    );
    expect((await (await fetch(`${slow.url}/rows`)).text()).split('\n')).toHaveLength(9);

    const stuck = await open(
      async function* () {
        for (;;) yield 'x'.repeat(1024 * 1024);
      },
      { writeMs: 200 },
    );
    const caller = await dial(stuck.port);
    caller.socket.pause();
    caller.write('GET /rows HTTP/1.1\r\nHost: a\r\n\r\n');
    await sleep(100);
    await stuck.inFlight.idle();
    caller.socket.resume();
    await caller.ended();
    expect(caller.closed).toBe(true);
  });

  it('that breaks in the middle is seen to be broken', async () => {
    const door = await open(async function* () {
      yield 'one\n';
      await sleep(20);
      throw new Error('the store is gone');
    });
    const reply = await fetch(`${door.url}/rows`);
    expect(reply.status).toBe(200);
    await expect(reply.text()).rejects.toThrow();
    await eventually(() => door.runtime.lines.some(({ event }) => event === 'http_exchange_failed'));
  });

  it('is not begun for HEAD', async () => {
    let begun = false;
    const door = await open(async function* () {
      begun = true;
      yield 'one\n';
    });
    const reply = await fetch(`${door.url}/rows`, { method: 'HEAD' });
    expect([reply.status, await reply.text(), begun]).toEqual([200, '', false]);
  });
});
