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
  /** Who brings the id back in a report must bring this as well: ids can be guessed. */
  readonly attemptProof?: string;
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

/** What SES takes at most, after encoding; the other transports keep to it so that a run may change transport. */
export const MAX_MAIL_BYTES = 40 * 1024 * 1024;
