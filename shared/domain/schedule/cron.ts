import type { Facts } from '../errors.ts';
import type { FormFaultCode } from '../form-faults.ts';
import { DAY_MS, type DayNumber, HOUR_MS, MINUTE_MS, weekdayOf } from './civil.ts';

/** Five fields: minute, hour, day of month, month, day of week. */
export interface Cron {
  /** Milliseconds into the day, ascending. */
  readonly clocks: readonly number[];
  matchesDay(day: DayNumber): boolean;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const MINUTE: Field = { name: 'minute', min: 0, max: 59, words: [] };
const HOUR: Field = { name: 'hour', min: 0, max: 23, words: [] };
const DAY_OF_MONTH: Field = { name: 'day of month', min: 1, max: 31, words: [] };
const MONTH: Field = { name: 'month', min: 1, max: 12, words: MONTHS };
/** 7 is Sunday too. */
const DAY_OF_WEEK: Field = { name: 'day of week', min: 0, max: 7, words: DAYS };

export type ParsedCron =
  | { readonly ok: true; readonly cron: Cron }
  | { readonly ok: false; readonly fault: CronFault };

export const parseCron = (expression: string): ParsedCron => {
  const fields = expression.trim().split(/\s+/);
  const [minute = '', hour = '', date = '', month = '', weekday = ''] = fields;
  if (fields.length !== 5) return { ok: false, fault: new CronFault('cron_fields') };
  try {
    return { ok: true, cron: build(minute, hour, date, month, weekday) };
  } catch (fault) {
    if (fault instanceof CronFault) return { ok: false, fault };
    throw fault;
  }
};

class CronFault extends Error {
  readonly code: FormFaultCode;
  readonly facts: Facts;
  constructor(code: FormFaultCode, facts: Facts = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

const build = (minute: string, hour: string, date: string, month: string, weekday: string): Cron => {
  const minutes = numbersOf(minute, MINUTE);
  const clocks = numbersOf(hour, HOUR).flatMap((h) => minutes.map((m) => h * HOUR_MS + m * MINUTE_MS));
  const lastDay = date.toUpperCase().split(',').includes('L');
  const dates = new Set(numbersOf(withoutLast(date), DAY_OF_MONTH));
  const months = new Set(numbersOf(month, MONTH));
  const weekdays = new Set(numbersOf(weekday, DAY_OF_WEEK).map((day) => day % 7));
  const anyDate = isOpen(date);
  const anyWeekday = isOpen(weekday);
  const matchesDay = (day: DayNumber): boolean => {
    const at = new Date(day * DAY_MS);
    if (!months.has(at.getUTCMonth() + 1)) return false;
    const dateMatches =
      dates.has(at.getUTCDate()) || (lastDay && new Date((day + 1) * DAY_MS).getUTCDate() === 1);
    const weekdayMatches = weekdays.has(weekdayOf(day));
    // As in every cron: two restricted day fields are alternatives, an open one says nothing.
    return anyDate || anyWeekday ? dateMatches && weekdayMatches : dateMatches || weekdayMatches;
  };
  return { clocks, matchesDay };
};

const isOpen = (field: string): boolean => field === '*' || field === '?';

const withoutLast = (field: string): string =>
  field
    .split(',')
    .filter((part) => part.toUpperCase() !== 'L')
    .join(',');

const numbersOf = (text: string, field: Field): number[] => {
  if (text === '' && field === DAY_OF_MONTH) return [];
  const numbers = new Set(text.split(',').flatMap((part) => rangeOf(part, field)));
  return [...numbers].sort((a, b) => a - b);
};

const rangeOf = (part: string, field: Field): number[] => {
  const match = /^(?:([*?])|(\w+)(?:-(\w+))?)(?:\/(\d{1,3}))?$/.exec(part);
  if (!match) throw new CronFault('cron_part', { part, name: field.name });
  const [, open, first, last, step] = match;
  const from = open ? field.min : numberOf(first ?? '', field);
  const to = open || (step && !last) ? field.max : numberOf(last ?? first ?? '', field);
  const by = Number(step ?? 1);
  if (from > to || by === 0) throw new CronFault('cron_part', { part, name: field.name });
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
};

const numberOf = (text: string, field: Field): number => {
  const word = field.words.indexOf(text.toUpperCase());
  const number =
    word >= 0 ? word + (field === MONTH ? 1 : 0) : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= field.min && number <= field.max))
    throw new CronFault('cron_part', { part: text, name: field.name });
  return number;
};
