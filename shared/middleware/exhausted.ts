/** Counters that are known to be used up, and until when: whom they refuse costs neither the store nor a signature. */
export interface Exhausted {
  /** How long this key stays refused; 0: ask the store. */
  remainingMs(key: string): number;
  note(key: string, forMs: number): void;
}

/** Many callers with made-up addresses must not fill the memory. */
const KEPT = 10_000;

export const createExhausted = (now: () => number): Exhausted => {
  const until = new Map<string, number>();
  return {
    remainingMs: (key) => {
      const end = until.get(key);
      if (end === undefined) return 0;
      const remaining = end - now();
      if (remaining <= 0) until.delete(key);
      return Math.max(0, remaining);
    },
    note: (key, forMs) => {
      if (until.size >= KEPT) {
        const [oldest] = until.keys();
        if (oldest !== undefined) until.delete(oldest);
      }
      until.set(key, now() + forMs);
    },
  };
};
