import type { TransportName } from '../domain/automation.ts';
import type { EvidenceKind } from '../domain/evidence.ts';
import type { OutgoingMail } from '../domain/mail.ts';
import type { Outcome } from '../domain/outcome.ts';

export type { EvidenceKind } from '../domain/evidence.ts';
export type { OutgoingMail } from '../domain/mail.ts';

export type Evidence =
  | { readonly kind: 'accepted'; readonly messageId: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown' };

export interface TransportLimits {
  /** Recipients per second; none: unlimited. */
  readonly ratePerSecond?: number;
  readonly dailyQuota?: number;
  readonly sentLast24Hours?: number;
  readonly maxMailBytes: number;
  /** SES: false while the account may not send at all, or has not left the sandbox. */
  readonly sendingEnabled?: boolean;
  readonly production?: boolean;
}

export interface Transport {
  readonly name: TransportName;
  readonly evidence: EvidenceKind;
  /** Never throws: every fault is an outcome. Aborting the signal makes the outcome `doubtful`, or `unreached` when certain. */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<Outcome>;
  /** Asks for the fate of attempts; `unknown` where the transport cannot be asked. */
  lookup(attemptIds: readonly string[]): Promise<ReadonlyMap<string, Evidence>>;
  limits(): Promise<TransportLimits>;
  close(): Promise<void>;
}
