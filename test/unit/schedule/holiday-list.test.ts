import { expect, test } from 'vitest';
import { parseHolidays } from '../../../shared/domain/schedule/holiday-list.ts';

test('a line a day, with or without a name, in any order, remarks left out', () =>
  expect(
    parseHolidays(
      '\uFEFF# 2026\r\n2026-02-17,설날\r\n\r\n2026-01-01\t신정  # new year\n2026-02-16;"설날 연휴"\n2026-03-01\n',
    ),
  ).toEqual({
    ok: true,
    days: [
      { day: '2026-01-01', name: '신정' },
      { day: '2026-02-16', name: '설날 연휴' },
      { day: '2026-02-17', name: '설날' },
      { day: '2026-03-01', name: '' },
    ],
  }));

test('a day that is there twice is one day', () =>
  expect(parseHolidays('2026-02-17,a\n2026-02-17,b')).toEqual({
    ok: true,
    days: [{ day: '2026-02-17', name: 'b' }],
  }));

test.each(['2026-02-30,x', '2026/02/17', '설날', '20260217', 'date,name'])(
  '%s is refused by its line',
  (line) => expect(parseHolidays(`2026-01-01\n${line}`)).toMatchObject({ ok: false, line: 2 }),
);
