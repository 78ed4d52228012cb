export type SuppressionReason = 'bounce' | 'complaint' | 'manual' | 'unsubscribe' | 'list';

export interface Suppression {
  /** Keyed hash of the address; the address itself is not needed to refuse it. */
  readonly addressHash: string;
  /** `*` or an organisation. */
  readonly scope: string;
  readonly reason: SuppressionReason;
  readonly origin: string;
  readonly createdAt: number;
}

export interface Suppressions {
  /** Which of these addresses must not be mailed for this organisation. */
  among(
    addressHashes: readonly string[],
    organisation: string,
  ): Promise<ReadonlyMap<string, SuppressionReason>>;
  add(entries: readonly Suppression[]): Promise<void>;
  remove(addressHash: string, scope: string): Promise<boolean>;
}
