import type { Clock } from '../../../ports/runtime.ts';

/** Housekeeping beside the work: not at each call, and never in anybody's way. */
export const nowAndThen = (clock: Clock, everyMs: number, work: () => Promise<unknown>): (() => void) => {
  let next = clock.now() + everyMs;
  return () => {
    if (clock.now() < next) return;
    next = clock.now() + everyMs;
    // What stays behind goes the next time.
    work().catch(() => undefined);
  };
};
