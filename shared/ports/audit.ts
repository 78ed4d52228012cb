import type { AuditEvent, AuditFaultKind, AuditOutcome } from '../domain/audit-event.ts';
import type { Facts } from '../domain/errors.ts';

export interface AuditEntry {
  readonly event: AuditEvent;
  readonly outcome: AuditOutcome;
  /** Id of an account, `os:<user>`, or a keyed hash of a name that nobody has. */
  readonly actor: string;
  readonly address: string;
  readonly requestId: string;
  /** What it was done to: an id. */
  readonly subject?: string;
  /** A reason that a person gave, counts, codes; of persons only ids. */
  readonly facts: Facts;
}

export interface RecordedEntry extends AuditEntry {
  readonly sequence: number;
  readonly at: number;
  readonly hash: string;
}

export interface AuditFilter {
  readonly limit: number;
  /** Entries before this sequence number. */
  readonly before?: number;
  readonly event?: AuditEvent;
  readonly actor?: string;
  readonly subject?: string;
  readonly from?: number;
  readonly to?: number;
}

export interface AuditFault {
  readonly sequence: number;
  readonly kind: AuditFaultKind;
}

export interface AuditVerdict {
  /** The first entry that was looked at. */
  readonly from: number;
  readonly entries: number;
  readonly checkpoints: number;
  /** At most a hundred, from the oldest on. */
  readonly faults: readonly AuditFault[];
}

/** A chain of entries that nobody can change without it showing. */
export interface Audit {
  /** Durable when it returns, in the order of the calls. Throws audit_unavailable. */
  write(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  list(filter: AuditFilter): Promise<readonly RecordedEntry[]>;
  /** Reads all of it, or the last so many entries, and holds it against what was signed and laid down outside the store. */
  verify(last?: number): Promise<AuditVerdict>;
}
