import { DAY_MS, dayOfText, type WallTime } from './civil.ts';

/** A compiled pattern such as `yyyy년 MM월 dd일 (E)`. Wall-clock times are read as UTC dates. */
export type DatePattern = readonly ((date: Date) => string)[];
export type ParsedPattern =
  | { readonly ok: true; readonly pattern: DatePattern }
  | { readonly ok: false; readonly part: string };

const WEEKDAYS = ['일', '월', '화', '수', '목', '금', '토'];

const padded = (value: number, length: number): string => String(value).padStart(length, '0');
/** Made once: dates are most of what a list formats. */
const TWO_DIGITS = Array.from({ length: 100 }, (_, value) => padded(value, 2));
const two = (value: number): string => TWO_DIGITS[value] ?? '';
const weekday = (date: Date): string => WEEKDAYS[date.getUTCDay()] ?? '';

const DATE_PARTS: Readonly<Record<string, (date: Date) => string>> = {
  yyyy: (date) => padded(date.getUTCFullYear(), 4),
  yy: (date) => two(date.getUTCFullYear() % 100),
  MM: (date) => two(date.getUTCMonth() + 1),
  M: (date) => String(date.getUTCMonth() + 1),
  dd: (date) => two(date.getUTCDate()),
  d: (date) => String(date.getUTCDate()),
};

const PARTS: Readonly<Record<string, (date: Date) => string>> = {
  ...DATE_PARTS,
  EEEE: (date) => `${weekday(date)}요일`,
  E: weekday,
  a: (date) => (date.getUTCHours() < 12 ? '오전' : '오후'),
  HH: (date) => two(date.getUTCHours()),
  H: (date) => String(date.getUTCHours()),
  hh: (date) => two(date.getUTCHours() % 12 || 12),
  h: (date) => String(date.getUTCHours() % 12 || 12),
  mm: (date) => two(date.getUTCMinutes()),
  m: (date) => String(date.getUTCMinutes()),
  ss: (date) => two(date.getUTCSeconds()),
  s: (date) => String(date.getUTCSeconds()),
  SSS: (date) => padded(date.getUTCMilliseconds(), 3),
};

/** Runs of one letter, quoted text, or anything else. */
const PIECES = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g;

export const parseDatePattern = (text: string): ParsedPattern => {
  const pattern: ((date: Date) => string)[] = [];
  const letters: string[] = [];
  for (const [piece, quoted, letter] of text.matchAll(PIECES)) {
    const part = partOf(piece, quoted, letter);
    if (!part) return { ok: false, part: piece };
    if (letter !== undefined) letters.push(piece);
    pattern.push(part);
  }
  if (letters.length === 0) return { ok: false, part: text };
  return minutesForMonths(letters) ? { ok: false, part: 'mm' } : { ok: true, pattern };
};

const partOf = (
  piece: string,
  quoted: string | undefined,
  letter: string | undefined,
): ((date: Date) => string) | undefined => {
  if (letter !== undefined) return Object.hasOwn(PARTS, piece) ? PARTS[piece] : undefined;
  if (piece === "'") return undefined;
  const literal = quoted === undefined ? piece : quoted === '' ? "'" : quoted.replaceAll("''", "'");
  return () => literal;
};

/** `yyyy-mm-dd` would print minutes where the month belongs, and nobody would see it before the 60th minute. */
const minutesForMonths = (letters: readonly string[]): boolean =>
  letters.some((piece) => piece === 'mm' || piece === 'm') && !letters.some((piece) => /^[Hh]/.test(piece));

/** Days recur in every mail of a run, and looking one up takes a fifth of the time of writing it. */
const MOST_DAYS = 4096;
const written = new WeakMap<DatePattern, Map<WallTime, string>>();

export const formatWallTime = (pattern: DatePattern, wall: WallTime): string => {
  if (wall % DAY_MS !== 0) return write(pattern, wall);
  const days = daysOf(pattern);
  const known = days.get(wall);
  if (known !== undefined) return known;
  const text = write(pattern, wall);
  days.set(wall, text);
  return text;
};

const daysOf = (pattern: DatePattern): Map<WallTime, string> => {
  const known = written.get(pattern);
  if (known && known.size < MOST_DAYS) return known;
  const days = new Map<WallTime, string>();
  written.set(pattern, days);
  return days;
};

const write = (pattern: DatePattern, wall: WallTime): string => {
  const date = new Date(wall);
  let text = '';
  for (const part of pattern) text += part(date);
  return text;
};

const FOLDER_PLACEHOLDER = /\{([^{}]*)\}/g;
/** Braces hold at least one date part; separators alone are none. */
const FOLDER_DATE = /^(?=.*[yMd])(?:yyyy|yy|MM|M|dd|d|[-_./])+$/;
const FOLDER_PIECE = /yyyy|yy|MM|M|dd|d/g;

/** Fills `{yyyyMMdd}`, `{yyyy}/{MM}` from a business date (`yyyy-MM-dd`) and leaves other braces alone. */
export const fillDatePattern = (text: string, businessDate: string): string => {
  const day = dayOfText(businessDate);
  if (day === undefined) throw new RangeError('A business date is written yyyy-MM-dd');
  const date = new Date(day * DAY_MS);
  const fill = (inside: string): string =>
    inside.replace(FOLDER_PIECE, (piece) => DATE_PARTS[piece]?.(date) ?? piece);
  return text.replace(FOLDER_PLACEHOLDER, (whole, inside: string) =>
    FOLDER_DATE.test(inside) ? fill(inside) : whole,
  );
};

/** The words in braces that are no date, so that a save can refuse `{yyyymmdd}`. */
export const otherPlaceholders = (text: string): string[] =>
  [...text.matchAll(FOLDER_PLACEHOLDER)]
    .map(([, inside]) => inside ?? '')
    .filter((inside) => !FOLDER_DATE.test(inside));
