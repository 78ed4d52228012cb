export type Permit =
  | { readonly kind: 'free' }
  /** The transport was silent, and its wait is over: this caller, alone, tries one mail. */
  | { readonly kind: 'probe' }
  | { readonly kind: 'shut'; readonly forMs: number };

export interface BreakerOutlook {
  readonly open: boolean;
  /** Unanswered calls in a row. */
  readonly silent: number;
  /** When the next probe may leave. */
  readonly probeInMs: number;
}

/** Whether a transport answers at all; one for all processes, through the store. */
export interface Breaker {
  /** True while nothing may be tried. */
  isShut(): Promise<boolean>;
  permit(): Promise<Permit>;
  /** True when this closed the breaker. */
  answered(): Promise<boolean>;
  /** A call whose outcome nobody knows, or that reached nobody. How long nothing may be tried, when the breaker is open now. */
  silent(call: { readonly probing: boolean }): Promise<number | undefined>;
  outlook(): Promise<BreakerOutlook>;
}
