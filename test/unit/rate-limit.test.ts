import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../shared/domain/rate-limit.ts';

const MINUTE = 60_000;

/** What the store does, without a store: positions within windows, and the window before. */
const countingAt = (times: readonly number[], limit: number): readonly number[] => {
  let slot = 0;
  let hits = 0;
  let previous = 0;
  return times.filter((time) => {
    const now = Math.floor(time / MINUTE);
    if (now !== slot) previous = now === slot + 1 ? hits : 0;
    if (now !== slot) hits = 0;
    slot = now;
    hits += 1;
    return judge({ position: hits, previous, elapsedMs: time - slot * MINUTE }, limit, MINUTE).allowed;
  });
};

describe('a limit', () => {
  it('lets exactly as many pass as it says, then none, and tells how many are left', () => {
    const verdicts = Array.from({ length: 5 }, (_, index) =>
      judge({ position: index + 1, previous: 0, elapsedMs: 1_000 }, 3, MINUTE),
    );
    expect(verdicts.map(({ allowed }) => allowed)).toEqual([true, true, true, false, false]);
    expect(verdicts.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 0]);
    expect(verdicts[0]).toMatchObject({ resetMs: 59_000, retryMs: 0 });
  });

  it('does not give twice as much around the end of a window', () => {
    const before = Array.from({ length: 10 }, () => MINUTE - 1);
    const after = Array.from({ length: 10 }, () => MINUTE + 1);
    expect(countingAt([...before, ...after], 10)).toHaveLength(10);
  });

  it('never lets more than the limit pass within a window, whatever the times (10,000 histories)', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (limit, waits) => {
        let now = 0;
        const passed = countingAt(
          waits.map((wait) => {
            now += wait;
            return now;
          }),
          limit,
        );
        for (const windowStart of [0, 1, 2, 3].map((n) => n * MINUTE))
          expect(
            passed.filter((time) => time >= windowStart && time < windowStart + MINUTE).length,
          ).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 10_000 },
    );
  });

  it('names a wait after which one more passes, and not an earlier one', () => {
    const used = { position: 11, previous: 0, elapsedMs: 30_000 };
    const { retryMs } = judge(used, 10, MINUTE);
    const at = 30_000 + retryMs - MINUTE;
    const again = (elapsedMs: number) => judge({ position: 1, previous: 11, elapsedMs }, 10, MINUTE).allowed;
    expect(again(at)).toBe(true);
    expect(again(at - 10)).toBe(false);
  });
});
