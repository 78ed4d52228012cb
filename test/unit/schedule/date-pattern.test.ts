import { describe, expect, test } from 'vitest';
import {
  fillDatePattern,
  formatWallTime,
  otherPlaceholders,
  parseDatePattern,
} from '../../../shared/domain/schedule/date-pattern.ts';

const WALL = Date.UTC(2026, 2, 5, 14, 7, 9, 45);

const shown = (text: string, wall = WALL): string => {
  const parsed = parseDatePattern(text);
  return parsed.ok ? formatWallTime(parsed.pattern, wall) : `refused: ${parsed.part}`;
};

describe('a date pattern', () => {
  test.each([
    ['yyyy-MM-dd', '2026-03-05'],
    ['yyyyMMdd', '20260305'],
    ['yyyy년 M월 d일 (E)', '2026년 3월 5일 (목)'],
    ['EEEE', '목요일'],
    ['a h:mm', '오후 2:07'],
    ['HH:mm:ss.SSS', '14:07:09.045'],
    ['yy/MM', '26/03'],
    ["yyyy'y' ''", "2026y '"],
  ])('%s shows %s', (text, expected) => expect(shown(text)).toBe(expected));

  test('midnight and noon on a clock of twelve hours', () => {
    expect(shown('a hh:mm', Date.UTC(2026, 0, 1, 0, 5))).toBe('오전 12:05');
    expect(shown('a h:mm', Date.UTC(2026, 0, 1, 12, 5))).toBe('오후 12:05');
  });

  test.each([
    ['YYYY-MM-DD', 'YYYY'],
    ['yyyy-mm-dd', 'mm'],
    ['yyyy-MM-ddTHH:mm', 'T'],
    ['yyyyMMddd', 'ddd'],
    ["yyyy'", "'"],
    ['', ''],
    ['--', '--'],
    ['constructor', 'c'],
  ])('%j is refused because of %j', (text, part) =>
    expect(parseDatePattern(text)).toEqual({ ok: false, part }),
  );
});

describe('a folder with dates', () => {
  test.each([
    ['{root}/statement/{yyyyMMdd}', '{root}/statement/20260305'],
    ['{root}/{yyyy}/{MM}/{dd}', '{root}/2026/03/05'],
    ['{yyyy-MM-dd}_{CUST_ID}', '2026-03-05_{CUST_ID}'],
    ['plain', 'plain'],
  ])('%s is %s', (text, expected) => expect(fillDatePattern(text, '2026-03-05')).toBe(expected));

  test('names every brace that is no date', () =>
    expect(otherPlaceholders('{root}/{yyyymmdd}/{yyyy}/{}/{-}')).toEqual(['root', 'yyyymmdd', '', '-']));

  test.each(['2026-02-30', '20260305', ''])('%j is no business date', (date) =>
    expect(() => fillDatePattern('{yyyy}', date)).toThrow(RangeError),
  );
});
