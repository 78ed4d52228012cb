import { describe, expect, it } from 'vitest';
import {
  afterAnswer,
  afterSilence,
  type BreakerState,
  CLOSED,
  waitOf,
} from '../../../shared/domain/breaker.ts';

const MINUTE = 60_000;
const silent = (state: BreakerState, times: number, probing = false) =>
  Array.from({ length: times }).reduce<BreakerState>((last) => afterSilence(last, { probing }), state);
const answered = (state: BreakerState, times: number) =>
  Array.from({ length: times }).reduce<BreakerState>((last) => afterAnswer(last), state);

describe('the breaker', () => {
  it('opens with the fifth silence in a row, not with five among answers', () => {
    expect(silent(CLOSED, 4).open).toBe(false);
    expect(silent(CLOSED, 5).open).toBe(true);
    expect(silent(answered(silent(CLOSED, 4), 1), 4).open).toBe(false);
  });

  it('waits longer after each probe in vain, but not for the calls that were open when it opened', () => {
    const open = silent(CLOSED, 5);
    expect(waitOf(open)).toBe(MINUTE);
    expect(waitOf(silent(open, 60))).toBe(MINUTE);
    const waits = [1, 2, 3, 4, 5].map((probes) => waitOf(silent(open, probes, true)) / MINUTE);
    expect(waits).toEqual([3, 9, 27, 30, 30]);
  });

  it('tries at most five mails in the hour after it opened', () => {
    let [state, at, probes] = [silent(CLOSED, 5), 0, 0];
    while (at + waitOf(state) <= 60 * MINUTE) {
      at += waitOf(state);
      probes += 1;
      state = silent(state, 1, true);
    }
    expect(probes).toBeLessThanOrEqual(5);
  });

  it('closes with one answer, and trusts the transport again after twenty', () => {
    const closed = answered(silent(CLOSED, 5), 1);
    expect(closed.open).toBe(false);
    expect(silent(closed, 2).open).toBe(false);
    expect(silent(closed, 3).open).toBe(true);
    expect(answered(closed, 19)).toEqual(CLOSED);
  });
});
