import { describe, expect, test } from 'vitest';
import { windowOpensAt, withinWindow } from '../../../shared/domain/schedule/window.ts';

const at = (text: string): number => Date.parse(text);
const hours = (from: string, to: string, zone = 'Asia/Seoul') => ({ zone, window: { from, to } });

describe('a send window', () => {
  const day = hours('08:00', '21:00');

  test.each([
    ['2026-03-05T07:59:59.999+09:00', false],
    ['2026-03-05T08:00:00+09:00', true],
    ['2026-03-05T20:59:59.999+09:00', true],
    ['2026-03-05T21:00:00+09:00', false],
  ])('at %s: %s', (moment, open) => expect(withinWindow(day, at(moment))).toBe(open));

  test.each([
    ['23:00', true],
    ['05:59', true],
    ['06:00', false],
    ['21:59', false],
  ])('that passes midnight, at %s: %s', (clock, open) =>
    expect(withinWindow(hours('22:00', '06:00'), at(`2026-03-05T${clock}:00+09:00`))).toBe(open),
  );

  test('until the end of the day', () =>
    expect(withinWindow(hours('08:00', '24:00'), at('2026-03-05T23:59:59+09:00'))).toBe(true));

  test('is always open when there is none', () => expect(withinWindow({ zone: 'Asia/Seoul' }, 0)).toBe(true));
});

describe('a closed window opens', () => {
  const opens = (spec: ReturnType<typeof hours>, moment: string): string =>
    new Date(windowOpensAt(spec, at(moment))).toISOString();

  test('later on the same day', () =>
    expect(opens(hours('08:00', '21:00'), '2026-03-05T07:00:00+09:00')).toBe('2026-03-04T23:00:00.000Z'));

  test('on the next day', () =>
    expect(opens(hours('08:00', '21:00'), '2026-03-05T21:00:00+09:00')).toBe('2026-03-05T23:00:00.000Z'));

  test('now, when it is open', () =>
    expect(opens(hours('08:00', '21:00'), '2026-03-05T12:00:00+09:00')).toBe('2026-03-05T03:00:00.000Z'));

  test('a day later when the clocks skip it', () =>
    expect(opens(hours('02:00', '03:00', 'America/New_York'), '2026-03-08T05:00:00Z')).toBe(
      '2026-03-09T06:00:00.000Z',
    ));
});
