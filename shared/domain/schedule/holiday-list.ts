import { dayOfText } from './civil.ts';

export interface Holiday {
  /** `yyyy-MM-dd` */
  readonly day: string;
  readonly name: string;
}

export type HolidayList =
  | { readonly ok: true; readonly days: readonly Holiday[] }
  | { readonly ok: false; readonly line: number; readonly problem: string };

/** A line a day: `2026-02-17,설날` or `2026-02-17 설날`; the name may be missing, `#` begins a remark. */
export const parseHolidays = (text: string): HolidayList => {
  const days = new Map<string, Holiday>();
  for (const [index, written] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = written.replace(/#.*$/, '').trim();
    if (line === '') continue;
    const [, day = '', name = ''] = /^(\S{10})(?:[\s,;]+(.*))?$/.exec(line) ?? [];
    if (dayOfText(day) === undefined)
      return { ok: false, line: index + 1, problem: 'is not a day such as 2026-02-17,설날' };
    days.set(day, { day, name: name.replaceAll('"', '').trim() });
  }
  return { ok: true, days: [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)) };
};
