import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openHours, withinWindow } from '../../../shared/domain/schedule/window.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const hours = (from: string, to: string, zone = 'Asia/Seoul') => ({ zone, window: { from, to } });

describe('the open hours', () => {
  test.each([
    ['08:00', '21:00', '2026-03-05T12:00:00+09:00', '2026-03-05T12:00:00+09:00', '2026-03-05T21:00:00+09:00'],
    ['08:00', '21:00', '2026-03-05T07:00:00+09:00', '2026-03-05T08:00:00+09:00', '2026-03-05T21:00:00+09:00'],
    ['08:00', '21:00', '2026-03-05T21:00:00+09:00', '2026-03-06T08:00:00+09:00', '2026-03-06T21:00:00+09:00'],
    ['22:00', '06:00', '2026-03-05T23:00:00+09:00', '2026-03-05T23:00:00+09:00', '2026-03-06T06:00:00+09:00'],
    ['22:00', '06:00', '2026-03-05T03:00:00+09:00', '2026-03-05T03:00:00+09:00', '2026-03-05T06:00:00+09:00'],
    ['22:00', '06:00', '2026-03-05T12:00:00+09:00', '2026-03-05T22:00:00+09:00', '2026-03-06T06:00:00+09:00'],
    ['08:00', '24:00', '2026-03-05T12:00:00+09:00', '2026-03-05T12:00:00+09:00', '2026-03-06T00:00:00+09:00'],
  ])('%s–%s at %s: from %s until %s', (from, to, moment, opens, closes) =>
    expect(openHours(hours(from, to), at(moment))).toEqual({ from: at(opens), until: at(closes) }),
  );

  test('end at the jump when the clocks skip their end', () =>
    expect(openHours(hours('01:00', '02:30', 'America/New_York'), at('2026-03-08T06:30:00Z'))?.until).toBe(
      at('2026-03-08T07:00:00Z'),
    ));

  test('are none without a window', () => expect(openHours({ zone: 'UTC' }, 0)).toBeUndefined());

  const clock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);

  test('are what the clock on the wall says, minute for minute (10,000 cases)', () => {
    fc.assert(
      fc.property(
        fc.tuple(clock, clock).filter(([from, to]) => from !== to),
        fc.constantFrom('Asia/Seoul', 'Asia/Kolkata', 'UTC', 'America/Sao_Paulo'),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ([from, to], zone, moment, share) => {
          const window = hours(from, to, zone);
          const open = openHours(window, moment);
          if (!open) throw new Error('there is a window');
          expect(open.from).toBeGreaterThanOrEqual(moment);
          expect(open.until).toBeGreaterThan(open.from);
          expect(open.until - open.from).toBeLessThanOrEqual(24 * HOUR);
          const within = Math.floor(open.from + (open.until - open.from - 1) * share);
          expect(withinWindow(window, within)).toBe(true);
          expect(withinWindow(window, open.until)).toBe(false);
          const before = Math.floor(moment + (open.from - 1 - moment) * share);
          if (open.from > moment) expect(withinWindow(window, before)).toBe(false);
        },
      ),
      { numRuns: 10_000 },
    );
  }, 60_000);
});
