import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QUEUES, type Queue, type ReceivedMessage, type ReceiveOptions } from '../../shared/ports/queue.ts';

/** In the suite a message is dead after this many receives. */
export const MAX_RECEIVES = 2;

export interface QueueDriver {
  readonly name: string;
  /** Why nothing can run here. */
  readonly absent?: string;
  open(): Promise<{
    readonly queue: Queue;
    /** Lets so many seconds pass for the queue. */
    elapse(seconds: number): Promise<void>;
    close(): Promise<void>;
  }>;
}

export const queueContract = (driver: QueueDriver): void => {
  describe.skipIf(driver.absent !== undefined)(
    `Queue: ${driver.name}${driver.absent ? ` (not run: ${driver.absent})` : ''}`,
    () => {
      let opened: Awaited<ReturnType<QueueDriver['open']>>;
      let queue: Queue;

      const receive = async (options: Partial<ReceiveOptions> = {}) => {
        const messages = await queue.receive('bulk', {
          max: 10,
          visibilitySeconds: 30,
          waitSeconds: 0,
          ...options,
        });
        // "At once" is the next millisecond for some.
        if (options.visibilitySeconds === 0) await sleep(5);
        return messages;
      };
      const bodies = (messages: readonly ReceivedMessage[]) => messages.map((message) => message.body).sort();
      const handles = (messages: readonly ReceivedMessage[]) =>
        messages.map((message) => message.receiptHandle);
      const send = (...texts: readonly string[]) =>
        queue.send(
          'bulk',
          texts.map((body) => ({ body })),
        );
      const theOnly = async (options: Partial<ReceiveOptions> = {}): Promise<ReceivedMessage> => {
        const [message, ...others] = await receive(options);
        expect(others).toEqual([]);
        return message ?? expect.unreachable('nothing was received');
      };
      const die = async () => {
        for (let round = 0; round <= MAX_RECEIVES; round += 1) await receive({ visibilitySeconds: 0 });
      };

      beforeAll(async () => {
        opened = await driver.open();
        queue = opened.queue;
      });
      beforeEach(async () => {
        for (const name of QUEUES) await queue.purge(name);
        if ((await queue.depth('bulk')).dead > 0) {
          await queue.redrive('bulk');
          await queue.purge('bulk');
        }
      });
      afterAll(() => opened.close());

      it('hands out what was sent, with its attributes', async () => {
        await send('{"v":1,"이름":"홍길동"}');
        const message = await theOnly();
        expect(message.body).toBe('{"v":1,"이름":"홍길동"}');
        expect(message.md5OfBody).toBe(createHash('md5').update(message.body).digest('hex'));
        expect(message.messageId).not.toBe('');
        expect(message.receiptHandle).not.toBe('');
        expect(message.attributes.ApproximateReceiveCount).toBe('1');
        expect(message.attributes.SenderId).not.toBe('');
        expect(message.attributes.SentTimestamp).toMatch(/^\d{13}$/);
        expect(message.attributes.ApproximateFirstReceiveTimestamp).toMatch(/^\d{13}$/);
      });

      it('sends any number of messages and hands out ten at most', async () => {
        const sent = Array.from({ length: 25 }, (_, i) => `m${String(i).padStart(2, '0')}`);
        await send(...sent);
        const batches = [await receive(), await receive(), await receive(), await receive()];
        expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5, 0]);
        expect(bodies(batches.flat())).toEqual(sent);
        expect(new Set(batches.flat().map((message) => message.messageId)).size).toBe(25);
      });

      it('keeps, gives back and deletes at once what many receives have gathered', async () => {
        await send(...Array.from({ length: 35 }, (_, i) => `m${String(i).padStart(2, '0')}`));
        const gathered = [await receive(), await receive(), await receive(), await receive()].flat();
        await queue.changeVisibility('bulk', handles(gathered), 60);
        await queue.delete('bulk', handles(gathered.slice(0, 21)));
        await queue.changeVisibility('bulk', handles(gathered.slice(21)), 0);
        await sleep(5);
        const again = [await receive(), await receive()].flat();
        expect(bodies(again)).toEqual(bodies(gathered.slice(21)));
        expect(await queue.depth('bulk')).toMatchObject({ visible: 0, inFlight: 14 });
      });

      it('takes an empty list of messages or handles', async () => {
        await queue.send('bulk', []);
        await queue.delete('bulk', []);
        await queue.changeVisibility('bulk', [], 5);
        expect(await receive()).toEqual([]);
      });

      it('keeps the queues apart', async () => {
        await queue.send('urgent', [{ body: 'u' }]);
        expect(await receive()).toEqual([]);
        expect(
          bodies(await queue.receive('urgent', { max: 10, visibilitySeconds: 30, waitSeconds: 0 })),
        ).toEqual(['u']);
      });

      it('gives a message to one receiver at a time', async () => {
        await send(...Array.from({ length: 40 }, (_, i) => `m${i}`));
        const batches = await Promise.all(Array.from({ length: 8 }, () => receive({ max: 5 })));
        const ids = batches.flat().map((message) => message.messageId);
        expect(ids).toHaveLength(40);
        expect(new Set(ids).size).toBe(40);
      });

      it('hides a received message for its visibility time-out, then hands it out again with another handle', async () => {
        await send('a');
        const first = await theOnly({ visibilitySeconds: 1 });
        expect(await receive()).toEqual([]);
        await opened.elapse(1.2);
        const second = await theOnly();
        expect(second.messageId).toBe(first.messageId);
        expect(second.receiptHandle).not.toBe(first.receiptHandle);
        expect(second.attributes.ApproximateReceiveCount).toBe('2');
        expect(second.attributes.SentTimestamp).toBe(first.attributes.SentTimestamp);
        expect(second.attributes.ApproximateFirstReceiveTimestamp).toBe(
          first.attributes.ApproximateFirstReceiveTimestamp,
        );
      });

      it('deletes a message for ever', async () => {
        await send('a', 'b');
        const messages = await receive({ visibilitySeconds: 1 });
        await queue.delete('bulk', handles(messages.filter((message) => message.body === 'a')));
        await opened.elapse(1.2);
        expect(bodies(await receive())).toEqual(['b']);
      });

      it('passes over a handle from before the message was handed out again', async () => {
        await send('a');
        const first = await theOnly({ visibilitySeconds: 0 });
        const second = await theOnly({ visibilitySeconds: 1 });
        await queue.delete('bulk', [first.receiptHandle]);
        await queue.changeVisibility('bulk', [first.receiptHandle], 0);
        expect(await receive()).toEqual([]);
        expect((await queue.depth('bulk')).inFlight).toBe(1);
        await queue.delete('bulk', [second.receiptHandle]);
        expect(await queue.depth('bulk')).toMatchObject({ visible: 0, inFlight: 0 });
      });

      it('passes over handles that were deleted or never were, and does the others', async () => {
        await send('a', 'b');
        const messages = await receive();
        const [one, two] = handles(messages) as [string, string];
        await queue.delete('bulk', [one]);
        await queue.changeVisibility('bulk', [one, 'no-such-handle', two], 0);
        const again = await theOnly();
        await queue.delete('bulk', [one, 'no-such-handle', again.receiptHandle]);
        expect(await queue.depth('bulk')).toMatchObject({ visible: 0, inFlight: 0 });
      });

      it('gives a message back at once, or keeps it hidden for longer', async () => {
        await send('a');
        const first = await theOnly();
        await queue.changeVisibility('bulk', [first.receiptHandle], 0);
        const second = await theOnly({ visibilitySeconds: 1 });
        await queue.changeVisibility('bulk', [second.receiptHandle], 30);
        await opened.elapse(1.2);
        expect(await receive()).toEqual([]);
      });

      it('delays a message', async () => {
        await queue.send('bulk', [
          { body: 'later', delaySeconds: 1 },
          { body: 'now', delaySeconds: 0 },
        ]);
        expect(await queue.depth('bulk')).toMatchObject({ visible: 1, delayed: 1 });
        expect(bodies(await receive())).toEqual(['now']);
        await opened.elapse(1.2);
        expect(bodies(await receive())).toEqual(['later']);
      });

      it('counts what is visible, in flight, delayed and dead', async () => {
        await send('a', 'b', 'c');
        await queue.send('bulk', [{ body: 'd', delaySeconds: 60 }]);
        await receive({ max: 1 });
        expect(await queue.depth('bulk')).toEqual({ visible: 2, inFlight: 1, delayed: 1, dead: 0 });
      });

      it('wakes a waiting receiver when a message is sent', async () => {
        const waiting = receive({ waitSeconds: 10 });
        await sleep(150);
        const sentAt = performance.now();
        await send('a');
        expect(bodies(await waiting)).toEqual(['a']);
        expect(performance.now() - sentAt).toBeLessThan(3000);
      });

      it('wakes a waiting receiver when a hidden message shows again', async () => {
        await send('a');
        await receive({ visibilitySeconds: 1 });
        const since = performance.now();
        const again = await theOnly({ waitSeconds: 10 });
        expect(again.attributes.ApproximateReceiveCount).toBe('2');
        expect(performance.now() - since).toBeLessThan(5000);
      });

      it('waits in vain no longer than it was told', async () => {
        const since = performance.now();
        expect(await receive({ waitSeconds: 1 })).toEqual([]);
        expect(performance.now() - since).toBeGreaterThan(900);
        expect(performance.now() - since).toBeLessThan(4000);
      });

      it('ends a wait when it is called off, and begins none', async () => {
        // On a queue that no other test reads: an SQS may serve the wait to its end, and hide what comes meanwhile.
        const wait = (signal: AbortSignal) =>
          queue.receive('events', { max: 1, visibilitySeconds: 1, waitSeconds: 10, signal });
        const since = performance.now();
        expect(await wait(AbortSignal.timeout(100))).toEqual([]);
        expect(await wait(AbortSignal.abort())).toEqual([]);
        // Also while the queue is being looked at for the first time.
        const calledOff = new AbortController();
        const waits = Array.from({ length: 20 }, () => wait(calledOff.signal));
        setImmediate(() => calledOff.abort());
        expect((await Promise.all(waits)).flat()).toEqual([]);
        expect(performance.now() - since).toBeLessThan(3000);
      });

      it('buries a message that was received too often, and lists it', async () => {
        await send('poison');
        const { messageId, attributes } = await theOnly({ visibilitySeconds: 0 });
        await theOnly({ visibilitySeconds: 0 });
        expect(await receive({ visibilitySeconds: 0 })).toEqual([]);
        expect(await queue.depth('bulk')).toEqual({ visible: 0, inFlight: 0, delayed: 0, dead: 1 });
        const [dead, ...others] = await queue.listDead('bulk', 10);
        expect(others).toEqual([]);
        expect(dead).toMatchObject({ body: 'poison', messageId, sentAt: Number(attributes.SentTimestamp) });
        expect(dead?.receiveCount).toBeGreaterThanOrEqual(MAX_RECEIVES);
        expect((await queue.depth('bulk')).dead).toBe(1);
      });

      it('hands out the living behind a row of dead ones', async () => {
        await send(...Array.from({ length: 12 }, (_, i) => `poison-${i}`));
        for (let round = 0; round < MAX_RECEIVES * 2; round += 1) await receive({ visibilitySeconds: 0 });
        for (let round = 0; round < MAX_RECEIVES; round += 1) await receive({ visibilitySeconds: 0 });
        await send('good');
        const seen: ReceivedMessage[] = [];
        for (let round = 0; round < 6; round += 1) seen.push(...(await receive()));
        expect(bodies(seen)).toContain('good');
      });

      it('lists no more dead than asked for', async () => {
        await send('a', 'b', 'c');
        await die();
        expect(await queue.listDead('bulk', 2)).toHaveLength(2);
        expect(await queue.listDead('bulk', 10)).toHaveLength(3);
      });

      it('sends the dead back with a fresh receive count', async () => {
        await send('a', 'b');
        await die();
        expect(await queue.redrive('bulk')).toBe(2);
        const messages = await receive();
        expect(bodies(messages)).toEqual(['a', 'b']);
        expect(messages.map((message) => message.attributes.ApproximateReceiveCount)).toEqual(['1', '1']);
        expect((await queue.depth('bulk')).dead).toBe(0);
        expect(await queue.redrive('bulk')).toBe(0);
      });

      it('purges the living, not the dead', async () => {
        await send('dead');
        await die();
        await send('a', 'b');
        await queue.send('bulk', [{ body: 'later', delaySeconds: 60 }]);
        await receive({ max: 1 });
        await queue.purge('bulk');
        expect(await queue.depth('bulk')).toEqual({ visible: 0, inFlight: 0, delayed: 0, dead: 1 });
      });

      it('takes a message of 1 MiB, and several of them', async () => {
        const big = 'x'.repeat(1_048_576);
        await send(big, big, 'small');
        const messages = [...(await receive()), ...(await receive())];
        expect(messages.map((message) => message.body.length).sort()).toEqual(
          [1_048_576, 1_048_576, 5].sort(),
        );
      });

      it.each([
        ['is larger than 1 MiB', { body: `${'x'.repeat(1_048_574)}한` }],
        ['is empty', { body: '' }],
        ['holds a character that SQS does not carry', { body: 'a\u0000b' }],
        ['has a delay of more than 900 s', { body: 'a', delaySeconds: 901 }],
        ['has a delay in fractions', { body: 'a', delaySeconds: 0.5 }],
      ])('refuses a message that %s, and sends none of its companions', async (_, message) => {
        await expect(queue.send('bulk', [{ body: 'good' }, message])).rejects.toMatchObject({
          code: 'invalid_message',
        });
        expect(await receive()).toEqual([]);
      });
    },
  );
};
