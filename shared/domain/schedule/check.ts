import type { ScheduleSpec } from '../automation.ts';
import { clockOf, DAY_MS, dayOfText, isZone } from './civil.ts';
import { parseCron } from './cron.ts';

export interface ScheduleFault {
  readonly field: string;
  readonly problem: string;
}

/** Everything that is wrong with a schedule, by field. */
export const checkSchedule = (spec: ScheduleSpec): ScheduleFault[] => {
  const faults = [...checkWhen(spec.when), ...checkHours(spec.window)];
  if (!isZone(spec.zone)) faults.push({ field: 'zone', problem: `"${spec.zone}" is not a time zone` });
  return faults;
};

const checkWhen = (when: ScheduleSpec['when']): ScheduleFault[] => {
  switch (when.kind) {
    case 'realtime':
      return [];
    case 'cron': {
      const parsed = parseCron(when.expression);
      return parsed.ok ? [] : [{ field: 'cron', problem: parsed.reason }];
    }
    case 'once': {
      const [date = '', time = '', ...more] = when.at.split('T');
      const fine = dayOfText(date) !== undefined && isClock(time) && more.length === 0;
      return fine
        ? []
        : [{ field: 'once.at', problem: `"${when.at}" is not a date and time such as 2026-03-05T08:30` }];
    }
    case 'monthly':
      return [...checkClock(`${when.kind}.at`, when.at), ...checkDay(when.day)];
    default:
      return checkClock(`${when.kind}.at`, when.at);
  }
};

const isClock = (text: string): boolean => {
  const clock = clockOf(text);
  return clock !== undefined && clock < DAY_MS;
};

const checkClock = (field: string, at: string): ScheduleFault[] =>
  isClock(at) ? [] : [{ field, problem: `"${at}" is not a time such as 08:30` }];

const checkDay = (day: number): ScheduleFault[] =>
  Number.isInteger(day) && day >= 1 && day <= 31
    ? []
    : [{ field: 'monthly.day', problem: 'the day is 1 to 31' }];

const checkHours = (window: ScheduleSpec['window']): ScheduleFault[] => {
  if (!window) return [];
  const { from, to } = window;
  if (!isClock(from) || clockOf(to) === undefined) {
    return [{ field: 'window', problem: `"${from}-${to}" is not a window such as 08:00-21:00` }];
  }
  return from === to ? [{ field: 'window', problem: 'a window must not end when it begins' }] : [];
};
