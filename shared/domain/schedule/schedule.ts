import type { ScheduleSpec, Weekday } from '../automation.ts';
import {
  clockOf,
  DAY_MS,
  type DayNumber,
  dateText,
  dayOf,
  dayOfText,
  instantOf,
  wallTimeAt,
  wallTimeOf,
  weekdayOf,
} from './civil.ts';
import { parseCron } from './cron.ts';

/** Days without sending, as `yyyy-MM-dd`. The calendar decides whether weekends are among them. */
export type Holidays = ReadonlySet<string>;

/** On which days, and at which milliseconds of such a day, a schedule starts. */
interface Plan {
  readonly clocks: readonly number[];
  matchesDay(day: DayNumber): boolean;
}

/** 29 February is up to eight years away. */
const HORIZON_DAYS = 9 * 366;
/** No calendar closes a bank for longer; a set that does never starts. */
const LONGEST_CLOSURE_DAYS = 400;

const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The first start after `after`; undefined when nothing will ever start by itself. */
export const nextStart = (spec: ScheduleSpec, after: number, holidays: Holidays): number | undefined => {
  for (const start of startsAfter(spec, after, holidays)) return start;
  return undefined;
};

export interface DueStarts {
  /** The start to run now; its date is the run's business date. */
  readonly start?: number;
  /** How many starts since the last look are given up: they were missed, or overtaken by a later one. */
  readonly passed: number;
}

/** A look that comes later than this was no ordinary tick: the service was down, and `missed` decides. */
export const LATE_AFTER_MS = 10 * 60_000;

/** What is to be started at `now`, when the last look was at `since`. Several starts become one: the latest. */
export const dueStarts = (spec: ScheduleSpec, since: number, now: number, holidays: Holidays): DueStarts => {
  let latest: number | undefined;
  let count = 0;
  for (const start of startsAfter(spec, since, holidays)) {
    if (start > now) break;
    latest = start;
    count++;
  }
  if (latest === undefined) return { passed: 0 };
  const run = now - latest <= LATE_AFTER_MS || spec.missed === 'once';
  return run ? { start: latest, passed: count - 1 } : { passed: count };
};

export function* startsAfter(spec: ScheduleSpec, after: number, holidays: Holidays): Generator<number> {
  const plan = planOf(spec.when);
  if (!plan) return;
  let latest = after;
  let day = firstDay(spec, after, holidays);
  for (let end = day + HORIZON_DAYS; day < end; day++) {
    const moved = plan.matchesDay(day) ? sendingDay(day, spec.holidays, holidays) : undefined;
    if (moved === undefined) continue;
    for (const start of instantsOfDay(moved, plan.clocks, spec.zone)) {
      // Two days moved onto one, or two clock times skipped by one jump, are one start.
      if (start <= latest) continue;
      latest = start;
      end = day + HORIZON_DAYS;
      yield start;
    }
  }
}

/** One day early for the zone's sake, and back to the beginning of a closure whose starts were put off until now. */
const firstDay = (spec: ScheduleSpec, after: number, holidays: Holidays): DayNumber => {
  let day = dayOf(wallTimeAt(after, spec.zone)) - 1;
  if (spec.holidays !== 'after') return day;
  const earliest = day - LONGEST_CLOSURE_DAYS;
  while (day > earliest && holidays.has(dateText(day - 1))) day--;
  return day;
};

const sendingDay = (
  day: DayNumber,
  rule: ScheduleSpec['holidays'],
  holidays: Holidays,
): DayNumber | undefined => {
  if (rule === 'send' || !holidays.has(dateText(day))) return day;
  if (rule === 'skip') return undefined;
  const step = rule === 'before' ? -1 : 1;
  for (let moved = 1; moved <= LONGEST_CLOSURE_DAYS; moved++) {
    if (!holidays.has(dateText(day + step * moved))) return day + step * moved;
  }
  return undefined;
};

/** Where the clocks do not change around the day, one look at the zone serves all its times. */
const instantsOfDay = (day: DayNumber, clocks: readonly number[], zone: string): number[] => {
  const dawn = day * DAY_MS;
  const offset = wallTimeAt(dawn - DAY_MS, zone) - (dawn - DAY_MS);
  const steady = wallTimeAt(dawn + 2 * DAY_MS, zone) - (dawn + 2 * DAY_MS) === offset;
  return clocks.map((clock) => (steady ? dawn + clock - offset : instantOf(dawn + clock, zone)));
};

const planOf = (when: ScheduleSpec['when']): Plan | undefined => {
  switch (when.kind) {
    case 'realtime':
      return undefined;
    case 'daily':
      return { clocks: clocksOf(when.at), matchesDay: () => true };
    case 'weekly':
      return {
        clocks: clocksOf(when.at),
        matchesDay: (day) => weekdayOf(day) === WEEKDAYS.indexOf(when.day),
      };
    case 'monthly':
      return { clocks: clocksOf(when.at), matchesDay: (day) => isMonthly(day, when.day) };
    case 'once':
      return oncePlan(when.at);
    case 'cron': {
      const parsed = parseCron(when.expression);
      return parsed.ok ? parsed.cron : undefined;
    }
  }
};

const clocksOf = (at: string): number[] => {
  const clock = clockOf(at);
  return clock === undefined || clock === DAY_MS ? [] : [clock];
};

/** The 31st is the last day of a shorter month. */
const isMonthly = (day: DayNumber, wanted: number): boolean => {
  const date = new Date(day * DAY_MS);
  const last = dayOf(wallTimeOf(date.getUTCFullYear(), date.getUTCMonth() + 2, 0));
  return date.getUTCDate() === wanted || (day === last && date.getUTCDate() < wanted);
};

const oncePlan = (at: string): Plan => {
  const [date = '', time = ''] = at.split('T');
  const wanted = dayOfText(date);
  return { clocks: clocksOf(time), matchesDay: (day) => day === wanted };
};
