import { afterEach, describe, expect, it } from 'vitest';
import { createBounceHandler } from '../../functions/bounce-handler/handler.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import { lambdaContext } from '../fixtures/identity.ts';
import { ACCEPTED, ScriptedTransport } from '../fixtures/scripted-transport.ts';
import { SendingWorld } from '../fixtures/sending-world.ts';
import { failedIds, sqsEvent } from '../fixtures/sqs-event.ts';

const MINUTE = 60_000;
const WORKERS = 4;
const WAVE = 16;

let world: SendingWorld;
afterEach(() => world.close());

const held = async () => (await world.holds()).includes('bounce_rate');
const isBad = (attemptId: string, every: number) => Number(attemptId.split('-')[1]) % every === 0;

describe('a run over a transport with events', () => {
  const eventOf = (attemptId: string, every: number): string => {
    const mail = {
      messageId: `m-${attemptId}`,
      destination: ['x@example.com'],
      tags: { 'tank-attempt-id': [attemptId] },
    };
    const at = '2026-03-05T00:00:03.000Z';
    const bounce = {
      bounceType: 'Permanent',
      bounceSubType: 'NoEmail',
      bouncedRecipients: [],
      timestamp: at,
    };
    return JSON.stringify(
      isBad(attemptId, every)
        ? { eventType: 'Bounce', mail, bounce }
        : { eventType: 'Delivery', mail, delivery: { timestamp: at, recipients: [] } },
    );
  };

  it('is stopped by its own events, and nothing leaves after them but what was marked', async () => {
    const transport = new ScriptedTransport({ latencyMs: 20 });
    world = await SendingWorld.open({
      transports: [transport],
      workers: WORKERS,
      paceLimits: () => ({ ratePerSecond: 100 }),
    });
    transport.clock = world.clock;
    const handle = createBounceHandler(world.ports);
    await world.plan(2_000);
    world.host();
    let told = 0;
    let callsAtPause = -1;
    let markedAtPause = -1;
    for (let second = 0; second < 60 && callsAtPause < 0; second += 1) {
      await world.pass(500);
      const fresh = transport.accepted.slice(told);
      for (let from = 0; from < fresh.length && callsAtPause < 0; from += 10) {
        const bodies = fresh.slice(from, from + 10).map((attemptId) => eventOf(attemptId, 5));
        expect(failedIds(await handle(sqsEvent(...bodies), lambdaContext()))).toEqual([]);
        told += bodies.length;
        if (await held())
          [callsAtPause, markedAtPause] = [transport.calls.length, (await world.counts()).sending];
      }
    }
    expect(told).toBeGreaterThanOrEqual(50);
    expect(told).toBeLessThan(80);
    await world.pass(5 * MINUTE);
    expect(transport.calls.length - callsAtPause).toBeLessThanOrEqual(markedAtPause);
    expect(markedAtPause).toBeLessThanOrEqual(WAVE * WORKERS);
    expect((await world.counts()).pending).toBeGreaterThan(1_500);
  });
});

describe('a run over a relay that refuses recipients within the call', () => {
  const refuse =
    (every: number, code: string) =>
    ({ attemptId }: { attemptId: string }): Outcome =>
      isBad(attemptId, every) ? { kind: 'rejected', fault: 'recipient', code } : ACCEPTED;

  const run = async (answer: (mail: { attemptId: string }) => Outcome) => {
    const transport = new ScriptedTransport({ name: 'smtp', evidence: 'none', latencyMs: 5, answer });
    world = await SendingWorld.open({
      transports: [transport],
      workers: WORKERS,
      paceLimits: () => ({ ratePerSecond: 100 }),
      limits: { stopAfterRejected: 0 },
    });
    transport.clock = world.clock;
    await world.plan(1_000, { transport: 'smtp' });
    world.host();
    await world.pass(MINUTE);
    return transport;
  };

  it('is stopped when one in five does not exist', async () => {
    const transport = await run(refuse(5, '550 5.1.1'));
    expect(await held()).toBe(true);
    expect(transport.calls.length).toBeLessThan(50 + 2 * WAVE * WORKERS);
    const { failed, sent } = await world.counts();
    expect(failed + sent).toBe(transport.calls.length);
  });

  it('runs through when one in fifty does not exist', async () => {
    await run(refuse(50, '550 5.1.1'));
    expect(await held()).toBe(false);
    expect(await world.counts()).toMatchObject({ sent: 980, failed: 20 });
  });

  it('is not judged by what a policy of the receivers refuses', async () => {
    await run(refuse(5, '554 5.7.1'));
    expect(await held()).toBe(false);
    expect(await world.counts()).toMatchObject({ sent: 800, failed: 200 });
  });
});
