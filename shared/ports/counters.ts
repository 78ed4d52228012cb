import type { Standing } from '../domain/rate-limit.ts';

export interface Addition {
  readonly key: string;
  readonly windowMs: number;
}

/** Counts within windows of time, shared by all processes that share the store. */
export interface Counters {
  /** One more on each key, in one indivisible step; each addition is told its own position. */
  add(additions: readonly Addition[]): Promise<readonly Standing[]>;
  /** What stands there, without adding: `position` is that of the last one added. */
  look(additions: readonly Addition[]): Promise<readonly Standing[]>;
  reset(keys: readonly string[]): Promise<void>;
}
