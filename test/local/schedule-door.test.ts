import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { NO_METRICS } from '../../local/door-metrics.ts';
import { createInFlight } from '../../local/in-flight.ts';
import { createInvoker } from '../../local/invoke.ts';
import type { TakingDoor } from '../../local/queue-door.ts';
import { openScheduleDoor } from '../../local/schedule-door.ts';
import { createTestRuntime, eventually, functionOf } from '../fixtures/doors.ts';

const open: TakingDoor[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((door) => door.stop()));
});

const openDoor = (handler: (event: ScheduledEvent, context: Context) => unknown, everyMs = 30) => {
  const runtime = createTestRuntime();
  const inFlight = createInFlight();
  const invoke = createInvoker(functionOf('scheduler', handler), 5_000, {
    runtime,
    metrics: NO_METRICS,
    inFlight,
  });
  const door = openScheduleDoor({
    functionName: 'scheduler',
    everyMs,
    invoke,
    runtime,
    inFlight,
    region: 'local',
  });
  open.push(door);
  return { door, runtime, inFlight };
};

describe('a scheduled function', () => {
  it('is called at once, and not again before its time', async () => {
    let calls = 0;
    openDoor(() => {
      calls += 1;
    }, 60_000);
    await eventually(() => calls === 1);
    await sleep(50);
    expect(calls).toBe(1);
  });

  it('is called at every beat', async () => {
    let calls = 0;
    const started = Date.now();
    openDoor(() => {
      calls += 1;
    });
    await eventually(() => calls >= 4);
    expect(Date.now() - started).toBeGreaterThanOrEqual(3 * 30 - 5);
  });

  it('is given a scheduled event and the context of its call', async () => {
    const seen: [ScheduledEvent, Context][] = [];
    openDoor((event, context) => void seen.push([event, context]));
    await eventually(() => seen.length > 0);
    expect(seen[0]?.[0]).toEqual({
      version: '0',
      id: expect.stringMatching(/^id-/),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '000000000000',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'local',
      resources: ['arn:aws:events:local:000000000000:rule/tank-scheduler'],
      detail: {},
    });
    const context = seen[0]?.[1];
    expect(context).toMatchObject({
      functionName: 'scheduler',
      awsRequestId: expect.stringMatching(/^id-/),
      memoryLimitInMB: '128',
    });
    expect(context?.getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(context?.getRemainingTimeInMillis()).toBeLessThanOrEqual(5_000);
  });

  it('never overlaps itself, however long it takes', async () => {
    let atOnce = 0;
    let most = 0;
    let calls = 0;
    openDoor(async () => {
      calls += 1;
      atOnce += 1;
      most = Math.max(most, atOnce);
      await sleep(75);
      atOnce -= 1;
    }, 20);
    await eventually(() => calls >= 3);
    expect(most).toBe(1);
  });

  it('is called again after it failed, and the failure is told', async () => {
    let calls = 0;
    const { runtime } = openDoor(() => {
      calls += 1;
      throw new Error('not today');
    });
    await eventually(() => calls >= 3);
    expect(runtime.lines).toContainEqual(
      expect.objectContaining({ event: 'schedule_failed', fields: { function: 'scheduler' } }),
    );
  });

  it('is not called again after a stop, which leaves a call under way alone', async () => {
    let begun = 0;
    let ended = 0;
    const { door, inFlight } = openDoor(async () => {
      begun += 1;
      await sleep(60);
      ended += 1;
    }, 10);
    await eventually(() => begun === 1);
    await door.stop();
    await inFlight.idle();
    await sleep(40);
    expect([begun, ended]).toEqual([1, 1]);
  });
});
