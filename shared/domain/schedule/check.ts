import type { ScheduleSpec } from '../automation.ts';
import type { Facts } from '../errors.ts';
import type { FormFaultCode } from '../form-faults.ts';
import { clockOf, DAY_MS, dayOfText, isZone } from './civil.ts';
import { parseCron } from './cron.ts';

export interface ScheduleFault {
  readonly field: string;
  readonly code: FormFaultCode;
  readonly facts: Facts;
}

const fault = (field: string, code: FormFaultCode, facts: Facts = {}): ScheduleFault => ({
  field,
  code,
  facts,
});

/** Everything that is wrong with a schedule, by field. */
export const checkSchedule = (spec: ScheduleSpec): ScheduleFault[] => {
  const faults = [...checkWhen(spec.when), ...checkHours(spec.window)];
  if (!isZone(spec.zone)) faults.push(fault('zone', 'zone_bad', { zone: spec.zone }));
  return faults;
};

const checkWhen = (when: ScheduleSpec['when']): ScheduleFault[] => {
  switch (when.kind) {
    case 'realtime':
      return [];
    case 'cron': {
      const parsed = parseCron(when.expression);
      return parsed.ok ? [] : [fault('cron', parsed.fault.code, parsed.fault.facts)];
    }
    case 'once': {
      const [date = '', time = '', ...more] = when.at.split('T');
      const fine = dayOfText(date) !== undefined && isClock(time) && more.length === 0;
      return fine ? [] : [fault('once.at', 'moment_bad', { at: when.at })];
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
  isClock(at) ? [] : [fault(field, 'clock_bad', { at })];

const checkDay = (day: number): ScheduleFault[] =>
  Number.isInteger(day) && day >= 1 && day <= 31 ? [] : [fault('monthly.day', 'day_bad')];

const checkHours = (window: ScheduleSpec['window']): ScheduleFault[] => {
  if (!window) return [];
  const { from, to } = window;
  if (!isClock(from) || clockOf(to) === undefined) {
    return [fault('window', 'window_bad', { window: `${from}-${to}` })];
  }
  return from === to ? [fault('window', 'window_empty')] : [];
};
