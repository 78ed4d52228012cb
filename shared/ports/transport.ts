import type { TransportName } from '../domain/automation.ts';
import type { Outcome } from '../domain/outcome.ts';

export interface MailAttachment {
  /** As the recipient sees it; may be Korean. */
  readonly fileName: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  /** Equal for equal content within a run: the key under which an encoding is cached. */
  readonly sha256: string;
}

/** One mail to one person, rendered. Header safety is the composer's duty, not the caller's. */
export interface OutgoingMail {
  readonly attemptId: string;
  readonly runId: string;
  readonly from: string;
  readonly to: string;
  readonly replyTo?: string;
  readonly returnPath?: string;
  readonly subject: string;
  readonly html: Uint8Array;
  readonly text: Uint8Array;
  readonly attachments: readonly MailAttachment[];
  /** Further headers, for example List-Unsubscribe. */
  readonly headers: Readonly<Record<string, string>>;
  /** SES tags beside the attempt id. */
  readonly tags: Readonly<Record<string, string>>;
}

/** events: the transport tells later · lookup: it can be asked · none: nobody will ever know. */
export type EvidenceKind = 'events' | 'lookup' | 'none';

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
