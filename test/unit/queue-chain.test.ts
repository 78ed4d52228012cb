import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TankError } from '../../shared/domain/errors.ts';
import { queueChain } from '../../shared/middleware/queue-chain.ts';
import { scheduleChain } from '../../shared/middleware/schedule-chain.ts';
import { lambdaContext } from '../fixtures/identity.ts';
import { madeUpRuntime } from '../fixtures/made-up-runtime.ts';
import { failedIds, sqsEvent } from '../fixtures/sqs-event.ts';

const Message = z.strictObject({ v: z.literal(1), runId: z.string().max(20) });
const message = (runId: string) => JSON.stringify({ v: 1, runId });

describe('the chain of a queue function', () => {
  let world: ReturnType<typeof madeUpRuntime>;
  let done: string[];
  beforeEach(() => {
    world = madeUpRuntime();
    done = [];
  });
  const handle = (...bodies: string[]) =>
    queueChain(
      Message,
      async ({ runId }) => {
        if (runId === 'fails') throw new TankError('store_unavailable', { reason: 'disk full' });
        if (runId === 'bursts') throw new Error('unexpected');
        done.push(runId);
      },
      world,
    )(sqsEvent(...bodies), lambdaContext());

  it('reports nothing when all went well', async () => {
    expect(await handle(message('a'), message('b'))).toEqual({ batchItemFailures: [] });
    expect(done).toEqual(['a', 'b']);
  });

  it('gives back what failed, alone, and says why', async () => {
    const response = await handle(message('a'), message('fails'), message('bursts'), message('b'));
    expect(failedIds(response)).toEqual(['message-1', 'message-2']);
    expect(done).toEqual(['a', 'b']);
    expect(world.lines).toMatchObject([
      {
        level: 'error',
        event: 'queue_record_failed',
        fields: { code: 'store_unavailable', messageId: 'message-1', queue: 'events', receiveCount: 1 },
      },
      { level: 'error', event: 'queue_record_failed', fields: { code: 'internal', messageId: 'message-2' } },
    ]);
    expect(String(world.lines[1]?.cause)).toContain('unexpected');
  });

  it.each([
    ['', 'it is not JSON'],
    ['{"v":1,"runId":"secret-thing', 'it is not JSON'],
    ['null', 'faults at the message'],
    ['{"v":1}', 'faults at runId'],
    ['{"v":1,"runId":7}', 'faults at runId'],
    [`{"v":1,"runId":"${'secret-thing'.repeat(3)}"}`, 'faults at runId'],
    ['{"v":1,"runId":"a","more":"secret-thing"}', 'faults at the message'],
    ['{"v":2,"runId":"a","shape":"new"}', 'it is of another version'],
  ])('lets %j fail by itself, with a reason that quotes nothing', async (body, reason) => {
    const response = await handle(message('a'), body, message('b'));
    expect(failedIds(response)).toEqual(['message-1']);
    expect(done).toEqual(['a', 'b']);
    expect(world.lines[0]?.fields).toMatchObject({
      code: 'invalid_message',
      reason: expect.stringContaining(reason),
    });
    expect(JSON.stringify(world.lines)).not.toContain('secret-thing');
  });

  it.each([{}, { Records: null }, { records: [] }])(
    'throws for an event that is no batch: %j (a reply without failures would mean "all done")',
    async (event) => {
      const handler = queueChain(Message, async () => {}, world);
      await expect(handler(event as never, lambdaContext())).rejects.toMatchObject({
        code: 'invalid_message',
      });
    },
  );

  it('tells the work of its record and of the time that is left', async () => {
    const seen: unknown[] = [];
    const handler = queueChain(
      Message,
      async (_, record, context) => {
        seen.push(record.messageId, context.getRemainingTimeInMillis());
      },
      world,
    );
    await handler(sqsEvent(message('a')), lambdaContext());
    expect(seen).toEqual(['message-0', 30_000]);
  });
});

describe('the chain of a schedule', () => {
  it('logs a fault and throws it', async () => {
    const world = madeUpRuntime();
    const handler = scheduleChain(async () => {
      throw new TankError('store_unavailable', { reason: 'gone' });
    }, world);
    await expect(handler({} as never, lambdaContext())).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(world.lines).toMatchObject([{ event: 'tick_failed', fields: { code: 'store_unavailable' } }]);
  });

  it('ends quietly otherwise', async () => {
    const handler = scheduleChain(async () => {}, madeUpRuntime());
    await expect(handler({} as never, lambdaContext())).resolves.toBeUndefined();
  });
});
