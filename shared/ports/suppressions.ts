import type { SuppressionReason } from '../domain/suppression.ts';

export interface Suppression {
  /** Keyed hash of the address; the address itself is not needed to refuse it. */
  readonly addressHash: string;
  /** `*` or an organisation. */
  readonly scope: string;
  readonly reason: SuppressionReason;
  /** Who put it there: an event, a person, a file. */
  readonly origin: string;
  /** As a list shows it. */
  readonly masked: string;
  /** Encrypted, where it was told: for whoever exports the list. */
  readonly address?: Uint8Array;
  readonly createdAt: number;
}

export interface SuppressionPage {
  readonly limit: number;
  readonly after?: string;
  readonly scope?: string;
  readonly reason?: SuppressionReason;
  readonly addressHash?: string;
}

export interface ListedSuppression extends Suppression {
  /** Where the next page begins. */
  readonly cursor: string;
}

export interface SuppressionKey {
  readonly addressHash: string;
  readonly scope: string;
  /** None: whatever the reason, but never what an external list says; that is removed there. */
  readonly reason?: SuppressionReason;
}

/** To whom a mail wants to go: an unsubscription stops only what its recipient may decline. */
export interface SuppressionQuestion {
  readonly organisation: string;
  readonly declinable: boolean;
}

export interface Suppressions {
  /** Which of these addresses must not be mailed, and the weightiest reason. */
  among(
    addressHashes: readonly string[],
    question: SuppressionQuestion,
  ): Promise<ReadonlyMap<string, SuppressionReason>>;
  /** How many were new: one that is there keeps its origin and its date. */
  add(entries: readonly Suppression[]): Promise<number>;
  /** How many were removed. */
  remove(key: SuppressionKey): Promise<number>;
  list(page: SuppressionPage): Promise<readonly ListedSuppression[]>;
}
