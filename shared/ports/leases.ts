/** Who of many processes does what one of them must do. */
export interface Leases {
  /** True while this process leads: it took the lease, or renewed its own. By the clock of the store. */
  take(name: string, termMs: number): Promise<boolean>;
  /** What an earlier life of the only host held is free at once. */
  endAll(): Promise<void>;
}
