import type { ScheduleSpec } from '../../../shared/domain/automation.ts';

/** Every minute of a stretch of time and the latest wall-clock minute that the zone's clocks have shown by then. */
export interface Calendar {
  readonly zone: string;
  readonly start: number;
  readonly end: number;
  /** Minutes since 1970 by the wall clock; never goes back, so a repeated hour counts once. */
  readonly peaks: readonly number[];
}

const MINUTE = 60_000;

/** Slow and obvious: asks Intl about every single minute. */
export const calendarOf = (zone: string, from: string, days: number): Calendar => {
  const start = Date.parse(`${from}T00:00:00Z`);
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const peaks: number[] = [];
  let peak = 0;
  for (let minute = 0; minute < days * 1440; minute++) {
    const shown = Date.parse(`${clock.format(start + minute * MINUTE).replace(' ', 'T')}:00Z`) / MINUTE;
    peak = Math.max(peak, shown);
    peaks.push(peak);
  }
  return { zone, start, end: start + days * 1440 * MINUTE, peaks };
};

/** Scans minute by minute; undefined when nothing starts before the calendar ends. */
export const scanForStart = (
  spec: ScheduleSpec,
  after: number,
  holidays: ReadonlySet<string>,
  calendar: Calendar,
): number | undefined => {
  const times = TIMES.map((time) => isTime(spec, time));
  const startOf = remembered((day) => (isDay(spec, day) ? movedTo(spec, day, holidays) : undefined));
  const isSendingDay = remembered((today) => NEARBY.some((offset) => startOf(today + offset) === today));
  const startsAtWall = (wall: number): boolean =>
    times[wall % 1440] === true && isSendingDay(Math.floor(wall / 1440)) === true;
  const first = Math.floor((after - calendar.start) / MINUTE) + 1;
  for (let minute = first; minute < calendar.peaks.length; minute++) {
    const shown = calendar.peaks[minute] ?? 0;
    for (let wall = (calendar.peaks[minute - 1] ?? shown - 1) + 1; wall <= shown; wall++) {
      if (startsAtWall(wall)) return calendar.start + minute * MINUTE;
    }
  }
  return undefined;
};

const TIMES = Array.from({ length: 1440 }, (_, minute) =>
  new Date(minute * MINUTE).toISOString().slice(11, 16),
);

/** No start is moved further than this. */
const NEARBY = Array.from({ length: 41 }, (_, index) => index - 20);

const remembered = <T>(ask: (day: number) => T): ((day: number) => T | undefined) => {
  const answers = new Map<number, T>();
  return (day) => {
    if (!answers.has(day)) answers.set(day, ask(day));
    return answers.get(day);
  };
};

const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

const movedTo = (spec: ScheduleSpec, day: number, holidays: ReadonlySet<string>): number | undefined => {
  if (!holidays.has(dateOf(day)) || spec.holidays === 'send') return day;
  if (spec.holidays === 'skip') return undefined;
  return movedTo(spec, spec.holidays === 'before' ? day - 1 : day + 1, holidays);
};

const isTime = ({ when }: ScheduleSpec, time: string): boolean => {
  if (when.kind === 'realtime') return false;
  if (when.kind === 'once') return when.at.slice(11) === time;
  if (when.kind !== 'cron') return when.at === time;
  const [minute = '', hour = ''] = when.expression.split(' ');
  return fits(minute, Number(time.slice(3)), 0) && fits(hour, Number(time.slice(0, 2)), 0);
};

const isDay = ({ when }: ScheduleSpec, day: number): boolean => {
  const date = new Date(day * 86_400_000);
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  switch (when.kind) {
    case 'realtime':
      return false;
    case 'daily':
      return true;
    case 'weekly':
      return ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][date.getUTCDay()] === when.day;
    case 'monthly':
      return date.getUTCDate() === Math.min(when.day, daysInMonth);
    case 'once':
      return when.at.slice(0, 10) === dateOf(day);
    case 'cron':
      return isCronDay(when.expression, date, daysInMonth);
  }
};

const isCronDay = (expression: string, date: Date, daysInMonth: number): boolean => {
  const [, , dates = '', months = '', weekdays = ''] = expression.split(' ');
  const dateFits = dates === 'L' ? date.getUTCDate() === daysInMonth : fits(dates, date.getUTCDate(), 1);
  const weekdayFits = fits(weekdays, date.getUTCDay(), 0) || (date.getUTCDay() === 0 && fits(weekdays, 7, 0));
  const days = dates === '*' || weekdays === '*' ? dateFits && weekdayFits : dateFits || weekdayFits;
  return fits(months, date.getUTCMonth() + 1, 1) && days;
};

const fits = (field: string, value: number, lowest: number): boolean =>
  field.split(',').some((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [from = 0, to = from] = range === '*' ? [lowest, 99] : range.split('-').map(Number);
    return value >= from && value <= to && (value - from) % Number(step) === 0;
  });
