/**
 * Wall-clock arithmetic. A wall-clock time is a number: the milliseconds it would have if the zone were UTC.
 * Dates are counted in days from 1970-01-01, which makes "the day before" a subtraction.
 */
export type WallTime = number;
export type DayNumber = number;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

const formatterOf = (zone: string): Intl.DateTimeFormat => {
  const known = formatters.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(zone, made);
  return made;
};

export const isZone = (zone: string): boolean => {
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
};

export const wallTimeAt = (at: number, zone: string): WallTime => {
  const part: Record<string, string> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(at)) part[type] = value;
  const year = part.era === 'BC' ? 1 - Number(part.year) : Number(part.year);
  const midnight = wallTimeOf(year, Number(part.month), Number(part.day));
  const seconds = Number(part.hour) * 3600 + Number(part.minute) * 60 + Number(part.second);
  return midnight + seconds * 1000 + (((at % 1000) + 1000) % 1000);
};

/** Date.UTC reads the years 0 to 99 as 1900 to 1999. */
export const wallTimeOf = (year: number, month: number, day: number): WallTime => {
  if (year > 99) return Date.UTC(year, month - 1, day);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
};

const offsetAt = (at: number, zone: string): number => wallTimeAt(at, zone) - at;

/**
 * The first instant at which the zone's clocks show this time or a later one: of a repeated hour the first,
 * of a skipped hour the moment of the jump.
 */
export const instantOf = (wall: WallTime, zone: string): number => {
  const before = offsetAt(wall - DAY_MS, zone);
  const after = offsetAt(wall + DAY_MS, zone);
  if (before === after || offsetAt(wall - before, zone) === before) return wall - before;
  if (offsetAt(wall - after, zone) === after) return wall - after;
  return jumpBetween(wall - after, wall - before, before, zone);
};

const jumpBetween = (early: number, late: number, oldOffset: number, zone: string): number => {
  let old = early;
  let fresh = late;
  while (fresh - old > 1) {
    const middle = Math.floor((old + fresh) / 2);
    if (offsetAt(middle, zone) === oldOffset) old = middle;
    else fresh = middle;
  }
  return fresh;
};

export const dayOf = (wall: WallTime): DayNumber => Math.floor(wall / DAY_MS);

/** 0 is Sunday, as in cron; 1970-01-01 was a Thursday. */
export const weekdayOf = (day: DayNumber): number => (((day + 4) % 7) + 7) % 7;

export const dateText = (day: DayNumber): string => new Date(day * DAY_MS).toISOString().slice(0, -14);

/** `yyyy-MM-dd`; undefined for 2026-02-30 as well as for nonsense. */
export const dayOfText = (text: string): DayNumber | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const day = dayOf(wallTimeOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))));
  return dateText(day) === text ? day : undefined;
};

/** `HH:mm` as milliseconds into the day; 24:00 is its end. */
export const clockOf = (text: string): number | undefined => {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/.exec(text);
  if (!match) return undefined;
  return text === '24:00' ? DAY_MS : Number(match[1]) * HOUR_MS + Number(match[2]) * MINUTE_MS;
};

export const businessDate = (at: number, zone: string): string => dateText(dayOf(wallTimeAt(at, zone)));
