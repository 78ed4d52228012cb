import { afterEach, describe, expect, it } from 'vitest';
import { ACCEPTED, type Answer, ScriptedTransport, SILENCE } from '../fixtures/scripted-transport.ts';
import { SendingWorld, type WorldParts } from '../fixtures/sending-world.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

describe('an outage of the transport', () => {
  let world: SendingWorld;
  afterEach(() => world.close());

  const open = async (transport: ScriptedTransport, parts: Partial<WorldParts> = {}) => {
    world = await SendingWorld.open({ transports: [transport], ...parts });
    transport.clock = world.clock;
  };
  const inDoubt = async () => (await world.counts()).in_doubt;

  it.each<[string, Answer]>([
    ['answers 503', SILENCE],
    ['does not answer', 'hang'],
  ])('that %s from the start leaves at most ten sends in doubt in an hour', async (_, answer) => {
    const transport = new ScriptedTransport({ answer: () => answer });
    await open(transport);
    await world.plan(1_000);
    world.host();
    await world.pass(HOUR - MINUTE);
    expect(await inDoubt()).toBeLessThanOrEqual(10);
    expect(await inDoubt()).toBeGreaterThanOrEqual(5);
    expect(await world.holds()).toContain('transport_silent');
    expect((await world.counts()).failed).toBe(0);
  });

  it.each<[string, number | undefined, number, Answer]>([
    ['at 14 a second', 14, 100, SILENCE],
    ['at 14 a second, with calls that hang', 14, 100, 'hang'],
    ['at 200 a second', 200, 10, SILENCE],
    ['at full speed', undefined, 2, SILENCE],
    ['at full speed, with calls that hang', undefined, 2, 'hang'],
  ])('that begins in full flight %s leaves at most ten in an hour', async (_, rate, latencyMs, answer) => {
    const transport = new ScriptedTransport({ latencyMs, ...(rate ? {} : { servers: 2 }) });
    await open(transport, rate ? { paceLimits: () => ({ ratePerSecond: rate }) } : {});
    await world.plan(2_000);
    world.host();
    await world.passUntil(async () => transport.accepted.length > (rate ? rate * 5 : 500), MINUTE);
    transport.script.answer = () => answer;
    await world.pass(HOUR);
    expect(await inDoubt()).toBeLessThanOrEqual(10);
    transport.script.answer = () => ACCEPTED;
    await world.passUntil(async () => (await world.counts()).pending === 0, 40 * MINUTE);
    expect(transport.accepted).toHaveLength((await world.counts()).sent);
  });

  it('is over with the first answer: one mail tries, and then all go on', async () => {
    const transport = new ScriptedTransport({ answer: () => SILENCE });
    await open(transport);
    await world.plan(200);
    world.host();
    await world.pass(30_000);
    const before = transport.calls.length;
    transport.script.answer = () => ACCEPTED;
    await world.passUntil(async () => transport.calls.length > before, 2 * MINUTE);
    await world.passUntil(async () => (await world.counts()).sent === 200 - before, MINUTE);
    expect(await world.holds()).toEqual([]);
  });

  it('that reaches nobody puts nothing in doubt and uses up no try, however long it lasts', async () => {
    const transport = new ScriptedTransport({ answer: () => ({ kind: 'unreached', code: 'ECONNREFUSED' }) });
    await open(transport);
    await world.plan(100);
    world.host();
    await world.pass(3 * HOUR);
    expect(await inDoubt()).toBe(0);
    expect(transport.calls.length).toBeLessThan(40);
    transport.script.answer = () => ACCEPTED;
    await world.passUntil(async () => (await world.counts()).sent === 100, HOUR);
    expect((await world.sends()).every((send) => send.attempts === 1)).toBe(true);
  });

  it('that is only flickering, one call in twenty, does not stop the run', async () => {
    let calls = 0;
    const transport = new ScriptedTransport({
      answer: () => {
        calls += 1;
        return calls % 20 === 0 ? SILENCE : ACCEPTED;
      },
    });
    await open(transport);
    await world.plan(1_000);
    world.host();
    await world.pass(2 * MINUTE);
    expect((await world.counts()).pending).toBe(0);
  });
});
