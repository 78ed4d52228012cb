import type { AlertMemory } from '../../ports/alerts.ts';
import type { Clock } from '../../ports/runtime.ts';

/** Kinds and subjects are few; what is older than this many others is forgotten. */
const KEPT = 1_000;

/** What one process remembers when the store cannot be asked. */
export const createOwnMemory = (clock: Pick<Clock, 'now'>): AlertMemory => {
  const raised = new Map<string, number>();
  const counted = new Map<string, { window: number; count: number }>();
  return {
    mayRaise: async (key, quietMs) => {
      const last = raised.get(key);
      if (last !== undefined && clock.now() - last < quietMs) return false;
      raised.set(key, clock.now());
      forgetOldest(raised);
      return true;
    },
    count: async (key, windowMs) => {
      const window = Math.floor(clock.now() / windowMs);
      const known = counted.get(key);
      const count = known?.window === window ? known.count + 1 : 1;
      counted.set(key, { window, count });
      forgetOldest(counted);
      return count;
    },
  };
};

const forgetOldest = (kept: Map<string, unknown>): void => {
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
};
