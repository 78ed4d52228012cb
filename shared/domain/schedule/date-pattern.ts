import { DAY_MS, dayOf, dayOfText, type WallTime, weekdayOf } from './civil.ts';

/** A compiled pattern such as `yyyy년 MM월 dd일 (E)`. */
export type DatePattern = readonly ((wall: WallTime) => string)[];
export type ParsedPattern =
  | { readonly ok: true; readonly pattern: DatePattern }
  | { readonly ok: false; readonly part: string };

const WEEKDAYS = ['일', '월', '화', '수', '목', '금', '토'];

const padded = (value: number, length: number): string => String(value).padStart(length, '0');
const date = (wall: WallTime): Date => new Date(wall);
const hourOf = (wall: WallTime): number => date(wall).getUTCHours();
const weekday = (wall: WallTime): string => WEEKDAYS[weekdayOf(dayOf(wall))] ?? '';

const DATE_PARTS: Readonly<Record<string, (wall: WallTime) => string>> = {
  yyyy: (wall) => padded(date(wall).getUTCFullYear(), 4),
  yy: (wall) => padded(date(wall).getUTCFullYear() % 100, 2),
  MM: (wall) => padded(date(wall).getUTCMonth() + 1, 2),
  M: (wall) => String(date(wall).getUTCMonth() + 1),
  dd: (wall) => padded(date(wall).getUTCDate(), 2),
  d: (wall) => String(date(wall).getUTCDate()),
};

const PARTS: Readonly<Record<string, (wall: WallTime) => string>> = {
  ...DATE_PARTS,
  EEEE: (wall) => `${weekday(wall)}요일`,
  E: weekday,
  a: (wall) => (hourOf(wall) < 12 ? '오전' : '오후'),
  HH: (wall) => padded(hourOf(wall), 2),
  H: (wall) => String(hourOf(wall)),
  hh: (wall) => padded(hourOf(wall) % 12 || 12, 2),
  h: (wall) => String(hourOf(wall) % 12 || 12),
  mm: (wall) => padded(date(wall).getUTCMinutes(), 2),
  m: (wall) => String(date(wall).getUTCMinutes()),
  ss: (wall) => padded(date(wall).getUTCSeconds(), 2),
  s: (wall) => String(date(wall).getUTCSeconds()),
  SSS: (wall) => padded(date(wall).getUTCMilliseconds(), 3),
};

/** Runs of one letter, quoted text, or anything else. */
const PIECES = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g;

export const parseDatePattern = (text: string): ParsedPattern => {
  const pattern: ((wall: WallTime) => string)[] = [];
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
): ((wall: WallTime) => string) | undefined => {
  if (letter !== undefined) return Object.hasOwn(PARTS, piece) ? PARTS[piece] : undefined;
  if (piece === "'") return undefined;
  const literal = quoted === undefined ? piece : quoted === '' ? "'" : quoted.replaceAll("''", "'");
  return () => literal;
};

/** `yyyy-mm-dd` would print minutes where the month belongs, and nobody would see it before the 60th minute. */
const minutesForMonths = (letters: readonly string[]): boolean =>
  letters.some((piece) => piece === 'mm' || piece === 'm') && !letters.some((piece) => /^[Hh]/.test(piece));

export const formatWallTime = (pattern: DatePattern, wall: WallTime): string => {
  let text = '';
  for (const part of pattern) text += part(wall);
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
  const fill = (inside: string): string =>
    inside.replace(FOLDER_PIECE, (piece) => DATE_PARTS[piece]?.(day * DAY_MS) ?? piece);
  return text.replace(FOLDER_PLACEHOLDER, (whole, inside: string) =>
    FOLDER_DATE.test(inside) ? fill(inside) : whole,
  );
};

/** The words in braces that are no date, so that a save can refuse `{yyyymmdd}`. */
export const otherPlaceholders = (text: string): string[] =>
  [...text.matchAll(FOLDER_PLACEHOLDER)]
    .map(([, inside]) => inside ?? '')
    .filter((inside) => !FOLDER_DATE.test(inside));
