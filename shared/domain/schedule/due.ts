import type { ScheduleSpec } from '../automation.ts';
import { businessDate } from './civil.ts';
import { type DueStarts, dueStarts, type Holidays, LATE_AFTER_MS, nextStart } from './schedule.ts';

/** A moment that never comes; a plain number, so that the store can compare it. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** How far a schedule was handled. */
export interface Handled {
  /** Starts up to here are settled. */
  readonly lookedAt: number;
  /** The latest start that became a run. */
  readonly lastStart?: number;
  /** When the automation's current version was saved. */
  readonly savedAt: number;
}

export interface Due extends DueStarts {
  /** When to look again. */
  readonly next: number;
}

export const dueNow = (spec: ScheduleSpec, handled: Handled, now: number, holidays: Holidays): Due => {
  if (spec.when.kind === 'realtime') return { ...dueOnSave(spec, handled, now), next: NEVER };
  const next = nextStart(spec, now, holidays) ?? NEVER;
  const due = dueStarts(spec, handled.lookedAt, now, holidays);
  return due.start !== undefined && wasStarted(spec, handled.lastStart, due.start, holidays)
    ? { passed: 0, next }
    : { ...due, next };
};

/** Each save is one start; a save that nobody looked at for long was missed like any other. */
const dueOnSave = (spec: ScheduleSpec, { lookedAt, savedAt }: Handled, now: number): DueStarts => {
  if (savedAt <= lookedAt) return { passed: 0 };
  return now - savedAt <= LATE_AFTER_MS || spec.missed === 'once'
    ? { start: savedAt, passed: 0 }
    : { passed: 1 };
};

/**
 * A calendar imported on the day itself makes a holiday of a day that has started already, and would put
 * that very start off to the next working day. It was started: nothing is left to put off.
 */
const wasStarted = (
  spec: ScheduleSpec,
  lastStart: number | undefined,
  start: number,
  holidays: Holidays,
): boolean => {
  if (spec.holidays !== 'after' || lastStart === undefined) return false;
  if (!holidays.has(businessDate(lastStart, spec.zone))) return false;
  const plain = nextStart({ ...spec, holidays: 'send' }, lastStart, new Set());
  return plain === undefined || plain > start;
};
