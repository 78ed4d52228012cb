import type { Value } from '../row.ts';
import { DAY_MS, dateText, dayOf, type WallTime, wallTimeAt, wallTimeOf } from '../schedule/civil.ts';

/** 2026-03-05, 2026/03/05, 2026.03.05, 20260305, each with a time and a zone if need be. */
const WRITTEN =
  /^(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|[+-]\d{2}:?\d{2})?$/;
/** Oracle's own DD-MON-RR and DD-MON-RR HH.MI.SSXFF AM. */
const ORACLE =
  /^(\d{2})-([A-Z]{3})-(\d{2}|\d{4})(?: (\d{2})[.:](\d{2})[.:](\d{2})(?:[.,](\d{1,9}))?(?: (AM|PM))?)?$/i;
/** What Oracle writes in a Korean session: RR/MM/DD. */
const KOREAN = /^(\d{2})\/(\d{2})\/(\d{2})$/;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** The wall-clock time that a value stands for in the zone; undefined when it stands for none. */
export const wallTimeOfValue = (value: Value, zone: string): WallTime | undefined => {
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? undefined : zonedWallTime(value.getTime(), zone);
  // NUMBER(8) columns hold dates such as 20260305.
  if (typeof value === 'number' || typeof value === 'bigint') return fromText(String(value), zone);
  return typeof value === 'string' ? fromText(value.trim(), zone) : undefined;
};

const fromText = (text: string, zone: string): WallTime | undefined => {
  const day = plainDay(text);
  if (day !== undefined) return day;
  const written = WRITTEN.exec(text);
  if (written) return fromWritten(written, zone);
  const oracle = ORACLE.exec(text);
  if (oracle) return fromOracle(oracle);
  const [, year = '', month, date] = KOREAN.exec(text) ?? [];
  return month === undefined ? undefined : wallTime(fullYear(year), Number(month), Number(date), 0);
};

/** 20260305 and 2026-03-05 are most of what comes: read without the expression, which takes three times as long. */
const plainDay = (text: string): WallTime | undefined => {
  const dashed = text.length === 10 && text.charCodeAt(4) === DASH && text.charCodeAt(7) === DASH;
  if (!dashed && text.length !== 8) return undefined;
  const year = digitsAt(text, 0) * 100 + digitsAt(text, 2);
  const month = digitsAt(text, dashed ? 5 : 4);
  return wallTime(year, month, digitsAt(text, dashed ? 8 : 6), 0);
};

const DASH = 45;

/** Two digits; NaN, which no comparison below survives, for anything else. */
const digitsAt = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
};

const fromWritten = (match: RegExpExecArray, zone: string): WallTime | undefined => {
  const [, year, , month, day, hour = '0', minute = '0', second = '0', fraction = '0', offset] = match;
  const clock = clockOf(Number(hour), Number(minute), Number(second), fraction);
  const wall = clock === undefined ? undefined : wallTime(Number(year), Number(month), Number(day), clock);
  if (wall === undefined || offset === undefined) return wall;
  return zonedWallTime(wall - offsetOf(offset), zone);
};

const fromOracle = (match: RegExpExecArray): WallTime | undefined => {
  const [, day, month = '', year = '', hour = '0', minute = '0', second = '0', fraction = '0', half] = match;
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
  const clock = clockOf(hours, Number(minute), Number(second), fraction);
  if (clock === undefined) return undefined;
  return wallTime(fullYear(year), MONTHS.indexOf(month.toUpperCase()) + 1, Number(day), clock);
};

/** Oracle's RR: 00 to 49 are of this century. */
const fullYear = (year: string): number =>
  year.length === 4 ? Number(year) : Number(year) + (Number(year) < 50 ? 2000 : 1900);

const offsetOf = (text: string): number => {
  if (text === 'Z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return (text.startsWith('-') ? -minutes : minutes) * 60_000;
};

const clockOf = (hour: number, minute: number, second: number, fraction: string): number | undefined => {
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
};

/** Undefined for 30 February. */
const wallTime = (year: number, month: number, day: number, clock: number): WallTime | undefined => {
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)))
    return undefined;
  return wallTimeOf(year, month, day) + clock;
};

const LONG_MONTHS = new Set([1, 3, 5, 7, 8, 10, 12]);

const daysInMonth = (year: number, month: number): number => {
  if (month !== 2) return LONG_MONTHS.has(month) ? 31 : 30;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
};

const QUARTER_MS = 15 * 60_000;
const MOST_OFFSETS = 4096;
const offsets = new Map<string, Map<number, number>>();

/** Intl takes 3 µs a look; since 1970 every zone has changed its clocks on a quarter of an hour, so one look serves it. */
const zonedWallTime = (at: number, zone: string): WallTime => {
  if (at < 0) return wallTimeAt(at, zone);
  const known = offsets.get(zone) ?? new Map<number, number>();
  const quarter = Math.floor(at / QUARTER_MS);
  let offset = known.get(quarter);
  if (offset === undefined) {
    offset = wallTimeAt(at, zone) - at;
    if (known.size >= MOST_OFFSETS) known.clear();
    offsets.set(zone, known.set(quarter, offset));
  }
  return at + offset;
};

/** A date without a format: the day, and the time unless it is midnight. */
export const plainWallTime = (wall: WallTime): string => {
  const day = dateText(dayOf(wall));
  return wall % DAY_MS === 0 ? day : `${day} ${new Date(wall).toISOString().slice(-13, -5)}`;
};
