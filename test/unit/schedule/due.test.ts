import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScheduleSpec } from '../../../shared/domain/automation.ts';
import { dueNow, NEVER } from '../../../shared/domain/schedule/due.ts';
import { LATE_AFTER_MS, startsAfter } from '../../../shared/domain/schedule/schedule.ts';

const NONE: ReadonlySet<string> = new Set();
const MINUTE = 60_000;
const at = (text: string): number => Date.parse(text);
const schedule = (when: ScheduleSpec['when'], more: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  when,
  zone: 'UTC',
  holidays: 'send',
  missed: 'skip',
  ...more,
});

describe('a realtime schedule', () => {
  const look = (missed: 'skip' | 'once', lookedAt: number, now: number) =>
    dueNow(schedule({ kind: 'realtime' }, { missed }), { lookedAt, savedAt: 1_000 }, now, NONE);

  test('starts for a save that was not looked at', () =>
    expect(look('skip', 999, 2_000)).toEqual({ start: 1_000, passed: 0, next: NEVER }));

  test('does not start for one that was', () =>
    expect(look('once', 1_000, 2_000)).toEqual({ passed: 0, next: NEVER }));

  test.each([
    ['skip', { passed: 1, next: NEVER }],
    ['once', { start: 1_000, passed: 0, next: NEVER }],
  ] as const)('%s, when nobody looked for long', (missed, expected) =>
    expect(look(missed, 999, 1_001 + LATE_AFTER_MS)).toEqual(expected),
  );
});

describe('looks at random moments', () => {
  const whens: readonly ScheduleSpec['when'][] = [
    { kind: 'daily', at: '02:30' },
    { kind: 'weekly', day: 'sun', at: '01:30' },
    { kind: 'monthly', day: 31, at: '12:00' },
    { kind: 'once', at: '2026-03-10T09:00' },
    { kind: 'cron', expression: '*/7 1-4 * * *' },
  ];
  const cases = fc.record({
    when: fc.constantFrom(...whens),
    zone: fc.constantFrom('Asia/Seoul', 'America/New_York', 'Australia/Lord_Howe'),
    missed: fc.constantFrom('skip' as const, 'once' as const),
    begin: fc.integer({ min: at('2026-02-20T00:00:00Z'), max: at('2026-04-10T00:00:00Z') }),
    waits: fc.array(
      fc.oneof(fc.integer({ min: 1, max: 30 * MINUTE }), fc.integer({ min: MINUTE, max: 5 * 1440 * MINUTE })),
      { minLength: 1, maxLength: 12 },
    ),
  });

  /** Looks one after another, as ticks do, and notes how each ended. */
  const lookOften = (spec: ScheduleSpec, begin: number, waits: readonly number[]) => {
    let [lookedAt, now] = [begin, begin];
    const looks = waits.map((wait) => {
      now += wait;
      const due = dueNow(spec, { lookedAt, savedAt: begin }, now, NONE);
      if (due.start !== undefined || due.passed > 0) lookedAt = now;
      return { now, ...due };
    });
    return { looks, started: looks.flatMap(({ start }) => (start === undefined ? [] : [start])), end: now };
  };

  const plannedBetween = (spec: ScheduleSpec, begin: number, end: number): number[] => {
    const planned: number[] = [];
    for (const start of startsAfter(spec, begin, NONE)) {
      if (start > end) break;
      planned.push(start);
    }
    return planned;
  };

  test('start what was planned, in order, each at most once, and account for all of it (10,000 cases)', () => {
    fc.assert(
      fc.property(cases, ({ when, zone, missed, begin, waits }) => {
        const spec = schedule(when, { zone, missed });
        const { looks, started, end } = lookOften(spec, begin, waits);
        const planned = plannedBetween(spec, begin, end);
        const given = looks.reduce((sum, { passed }) => sum + passed, 0);
        expect(planned).toEqual(expect.arrayContaining(started));
        expect(started).toEqual([...new Set(started)].sort((a, b) => a - b));
        expect(started.length + given).toBe(planned.length);
        expect(looks.every(({ next, now }) => next > now)).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);

  test('start nothing late where the missed are skipped (10,000 cases)', () => {
    fc.assert(
      fc.property(cases, ({ when, zone, begin, waits }) => {
        const { looks } = lookOften(schedule(when, { zone }), begin, waits);
        expect(looks.every(({ now, start = now }) => now - start <= LATE_AFTER_MS)).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);
});
