import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScheduleSpec } from '../../../shared/domain/automation.ts';
import { businessDate } from '../../../shared/domain/schedule/civil.ts';
import { dueStarts, nextStart, startsAfter } from '../../../shared/domain/schedule/schedule.ts';
import { calendarOf, scanForStart } from './reference.ts';

const NONE: ReadonlySet<string> = new Set();
const at = (text: string): number => Date.parse(text);

const schedule = (when: ScheduleSpec['when'], more: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  when,
  zone: 'Asia/Seoul',
  holidays: 'send',
  missed: 'skip',
  ...more,
});

const starts = (spec: ScheduleSpec, after: string, count: number, holidays = NONE): string[] => {
  const found: string[] = [];
  for (const start of startsAfter(spec, at(after), holidays)) {
    found.push(new Date(start).toISOString().slice(0, 16));
    if (found.length === count) break;
  }
  return found;
};

describe('a schedule starts', () => {
  test('daily at its time, in its zone', () => {
    const daily = schedule({ kind: 'daily', at: '08:30' });
    expect(starts(daily, '2026-03-04T23:29:00Z', 2)).toEqual(['2026-03-04T23:30', '2026-03-05T23:30']);
  });

  test('strictly after the given moment, so that a start is never given twice', () => {
    const daily = schedule({ kind: 'daily', at: '08:30' });
    expect(starts(daily, '2026-03-04T23:30:00Z', 1)).toEqual(['2026-03-05T23:30']);
  });

  test('weekly on its day', () => {
    const weekly = schedule({ kind: 'weekly', day: 'mon', at: '09:00' });
    expect(starts(weekly, '2026-03-05T00:00:00Z', 2)).toEqual(['2026-03-09T00:00', '2026-03-16T00:00']);
  });

  test('on the last day of a month that has no 31st', () => {
    const monthly = schedule({ kind: 'monthly', day: 31, at: '12:00' }, { zone: 'UTC' });
    expect(starts(monthly, '2028-01-01T00:00:00Z', 4)).toEqual([
      '2028-01-31T12:00',
      '2028-02-29T12:00',
      '2028-03-31T12:00',
      '2028-04-30T12:00',
    ]);
  });

  test('once, and then never again', () => {
    const once = schedule({ kind: 'once', at: '2026-03-05T08:30' });
    expect(starts(once, '2026-01-01T00:00:00Z', 9)).toEqual(['2026-03-04T23:30']);
    expect(nextStart(once, at('2026-03-04T23:30:00Z'), NONE)).toBeUndefined();
  });

  test('never by itself when it is realtime, or on a day that does not exist', () => {
    expect(nextStart(schedule({ kind: 'realtime' }), 0, NONE)).toBeUndefined();
    expect(nextStart(schedule({ kind: 'cron', expression: '0 9 30 2 *' }), 0, NONE)).toBeUndefined();
  });

  test('on 29 February after eight years without one', () => {
    const leap = schedule({ kind: 'cron', expression: '0 0 29 2 *' }, { zone: 'UTC' });
    expect(starts(leap, '2096-03-01T00:00:00Z', 1)).toEqual(['2104-02-29T00:00']);
  });
});

describe('clock changes', () => {
  const newYork = (clock: string) => schedule({ kind: 'daily', at: clock }, { zone: 'America/New_York' });

  test('a skipped time starts at the moment of the jump', () => {
    expect(starts(newYork('02:30'), '2026-03-07T12:00:00Z', 2)).toEqual([
      '2026-03-08T07:00',
      '2026-03-09T06:30',
    ]);
  });

  test('a repeated time starts the first time only', () => {
    expect(starts(newYork('01:30'), '2026-10-31T12:00:00Z', 2)).toEqual([
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ]);
  });

  test('two skipped times are one start', () => {
    const twice = schedule({ kind: 'cron', expression: '0,30 2 * * *' }, { zone: 'America/New_York' });
    expect(starts(twice, '2026-03-08T00:00:00Z', 2)).toEqual(['2026-03-08T07:00', '2026-03-09T06:00']);
  });
});

describe('holidays', () => {
  const seollal = new Set(['2026-02-14', '2026-02-15', '2026-02-16', '2026-02-17', '2026-02-18']);
  const daily = (holidays: ScheduleSpec['holidays']) =>
    schedule({ kind: 'daily', at: '09:00' }, { holidays, zone: 'UTC' });

  test.each([
    ['send', ['2026-02-14T09:00', '2026-02-15T09:00']],
    ['skip', ['2026-02-19T09:00', '2026-02-20T09:00']],
    ['after', ['2026-02-19T09:00', '2026-02-20T09:00']],
    ['before', ['2026-02-19T09:00', '2026-02-20T09:00']],
  ] as const)('%s: five closed days make no double start', (rule, expected) =>
    expect(starts(daily(rule), '2026-02-13T09:00:00Z', 2, seollal)).toEqual(expected),
  );

  test.each([
    ['before', '2026-02-13T09:00'],
    ['after', '2026-02-19T09:00'],
    ['skip', '2026-03-16T09:00'],
  ] as const)('the 16th of a closed week, %s', (rule, expected) => {
    const monthly = schedule({ kind: 'monthly', day: 16, at: '09:00' }, { holidays: rule, zone: 'UTC' });
    expect(starts(monthly, '2026-02-01T00:00:00Z', 1, seollal)).toEqual([expected]);
  });

  test('a start that was put off is still found from within the closed days', () => {
    const monthly = schedule({ kind: 'monthly', day: 14, at: '09:00' }, { holidays: 'after', zone: 'UTC' });
    expect(starts(monthly, '2026-02-18T12:00:00Z', 1, seollal)).toEqual(['2026-02-19T09:00']);
  });
});

describe('what is due', () => {
  const daily = schedule({ kind: 'daily', at: '09:00' }, { zone: 'UTC' });
  const due = (spec: ScheduleSpec, since: string, now: string) => dueStarts(spec, at(since), at(now), NONE);

  test('nothing before its time', () =>
    expect(due(daily, '2026-03-05T08:00:00Z', '2026-03-05T08:59:59Z')).toEqual({ passed: 0 }));

  test('a start within the tick', () =>
    expect(due(daily, '2026-03-05T08:59:40Z', '2026-03-05T09:00:00Z')).toEqual({
      start: at('2026-03-05T09:00:00Z'),
      passed: 0,
    }));

  test('missed starts are skipped and counted', () =>
    expect(due(daily, '2026-03-01T10:00:00Z', '2026-03-05T10:00:00Z')).toEqual({ passed: 4 }));

  test('missed starts are made up for once, with the latest', () =>
    expect(due({ ...daily, missed: 'once' }, '2026-03-01T10:00:00Z', '2026-03-05T10:00:00Z')).toEqual({
      start: at('2026-03-05T09:00:00Z'),
      passed: 3,
    }));

  test('a year of missed minutes is counted quickly', () => {
    const everyMinute = schedule({ kind: 'cron', expression: '* * * * *' }, { missed: 'once' });
    expect(due(everyMinute, '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z').passed).toBe(365 * 1440 - 1);
  });
});

test('the business date is the day of the zone', () => {
  expect(businessDate(at('2026-03-04T23:30:00Z'), 'Asia/Seoul')).toBe('2026-03-05');
  expect(businessDate(at('2026-03-04T23:30:00Z'), 'America/New_York')).toBe('2026-03-04');
});

const CLOCK = fc
  .oneof(
    fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })),
    fc.tuple(fc.constantFrom(0, 1, 2, 3), fc.constantFrom(0, 15, 30, 59)),
  )
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);

const cronField = (min: number, max: number) => {
  const number = fc.integer({ min, max });
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 3, arbitrary: number.map(String) },
    { weight: 1, arbitrary: range },
    {
      weight: 1,
      arbitrary: fc.tuple(range, fc.integer({ min: 1, max: 7 })).map(([part, step]) => `${part}/${step}`),
    },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`) },
    { weight: 1, arbitrary: fc.array(number, { minLength: 2, maxLength: 3 }).map((list) => list.join(',')) },
  );
};

const CRON = fc
  .tuple(
    cronField(0, 59),
    cronField(0, 23),
    fc.oneof({ weight: 6, arbitrary: cronField(1, 31) }, { weight: 1, arbitrary: fc.constant('L') }),
    cronField(1, 12),
    cronField(0, 7),
  )
  .map((fields) => fields.join(' '));

describe('against the scan of every minute', () => {
  const calendars = [
    calendarOf('Asia/Seoul', '2026-02-01', 75),
    calendarOf('America/New_York', '2026-02-20', 60),
    calendarOf('America/New_York', '2026-10-10', 60),
    calendarOf('America/Havana', '2026-02-20', 45),
    calendarOf('Australia/Lord_Howe', '2026-03-15', 45),
  ];

  const day = (calendar: { start: number }, offset: number): string =>
    new Date(calendar.start + offset * 86_400_000).toISOString().slice(0, 10);

  const cases = fc.constantFrom(...calendars).chain((calendar) =>
    fc.record({
      calendar: fc.constant(calendar),
      after: fc
        .oneof(fc.integer({ min: 2 * 1440, max: 40 * 1440 }), fc.integer({ min: 14 * 1440, max: 24 * 1440 }))
        .chain((minute) => fc.constantFrom(0, 1, 30_000).map((ms) => calendar.start + minute * 60_000 + ms)),
      when: fc.oneof(
        CLOCK.map((clock) => ({ kind: 'daily', at: clock }) as const),
        fc
          .tuple(fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), CLOCK)
          .map(([weekday, clock]) => ({ kind: 'weekly', day: weekday, at: clock }) as const),
        fc
          .tuple(fc.integer({ min: 1, max: 31 }), CLOCK)
          .map(([date, clock]) => ({ kind: 'monthly', day: date, at: clock }) as const),
        fc
          .tuple(fc.integer({ min: 0, max: 44 }), CLOCK)
          .map(([offset, clock]) => ({ kind: 'once', at: `${day(calendar, offset)}T${clock}` }) as const),
        CRON.map((expression) => ({ kind: 'cron', expression }) as const),
      ),
      holidays: fc.constantFrom('send', 'skip', 'before', 'after'),
      closed: fc
        .tuple(
          fc.integer({ min: 0, max: 44 }),
          fc.integer({ min: 0, max: 6 }),
          fc.integer({ min: 0, max: 44 }),
        )
        .map(([from, length, single]) => [single, ...Array.from({ length }, (_, index) => from + index)])
        .map((offsets) => new Set(offsets.map((offset) => day(calendar, offset)))),
    }),
  );

  test('nextStart finds the same minute (10,000 cases)', () => {
    let starts = 0;
    fc.assert(
      fc.property(cases, ({ calendar, after, when, holidays, closed }) => {
        const spec = schedule(when as ScheduleSpec['when'], {
          zone: calendar.zone,
          holidays: holidays as 'send',
        });
        const found = nextStart(spec, after, closed);
        const expected = scanForStart(spec, after, closed, calendar);
        if (expected === undefined)
          expect(found ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(calendar.end);
        else {
          starts += 1;
          expect(found).toBe(expected);
        }
      }),
      { numRuns: 10_000 },
    );
    expect(starts).toBeGreaterThan(5_000);
  }, 120_000);

  test('cron agrees with croner where clocks never change (3,000 cases)', () => {
    const after = at('2026-03-05T01:02:03Z');
    fc.assert(
      fc.property(CRON, (expression) => {
        const theirs = new Cron(expression, { timezone: 'Asia/Seoul' }).nextRun(new Date(after));
        const ours = nextStart(schedule({ kind: 'cron', expression }), after, NONE);
        expect(ours).toBe(theirs?.getTime());
      }),
      { numRuns: 3_000 },
    );
  }, 60_000);
});
