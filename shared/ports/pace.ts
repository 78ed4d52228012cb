import type { Lane } from '../domain/run.ts';

export type Reservation =
  /** The calls may begin after this wait. */
  | { readonly kind: 'granted'; readonly waitMs: number }
  /** Nothing is free within the wait that the caller can bear. */
  | { readonly kind: 'later'; readonly afterMs: number };

/** The allowed rate, shared by all processes through the store. */
export interface Pace {
  reserve(mails: number, lane: Lane, maxWaitMs: number): Promise<Reservation>;
  /** Mails per second now; undefined: unlimited. */
  rate(): Promise<number | undefined>;
}
