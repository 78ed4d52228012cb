import { describe, expect, it } from 'vitest';
import { afterAnswer, openWindow, USUAL_CALLS } from '../../../shared/domain/call-window.ts';

/** A transport that answers a call after so long, and serves so many at once; the window is always full. */
const settle = (latencyMs: number, servers: number, seconds: number) => {
  let now = 0;
  let window = openWindow(now);
  while (now < seconds * 1000) {
    now += latencyMs / Math.min(window.limit, servers);
    window = afterAnswer(window, true, now);
  }
  return window.limit;
};

describe('the number of open calls', () => {
  it('is small where a few carry as much as many', () => {
    expect(settle(2, 2, 60)).toBeLessThanOrEqual(Math.ceil(USUAL_CALLS * 1.5));
  });

  it('grows as long as more of them carry more mail', () => {
    expect(settle(100, 60, 60)).toBeGreaterThanOrEqual(40);
    expect(settle(100, 60, 60)).toBeLessThanOrEqual(120);
  });

  it('does not grow when none had to wait', () => {
    let window = openWindow(0);
    for (let now = 1; now < 10_000; now++) window = afterAnswer(window, false, now);
    expect(window.limit).toBe(USUAL_CALLS);
  });

  it('begins with one, and with two after the first answer', () => {
    expect(openWindow(0).limit).toBe(1);
    expect(afterAnswer(openWindow(0), true, 1).limit).toBe(2);
  });
});
