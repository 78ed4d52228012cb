import type { TransportName } from '../domain/automation.ts';
import type { FeedbackSource } from '../domain/feedback.ts';

/** What a transport told about a send, as it was taken in; what follows from it is the work of Feedback. */
export interface DeliveryEvent {
  /** Made from (messageId, type, recipient, feedbackId): the same event twice is one event. */
  readonly id: string;
  readonly type: string;
  readonly subtype?: string;
  /** Only what the transport itself tells proves that its way is open. */
  readonly source: FeedbackSource;
  readonly messageId: string;
  readonly attemptId?: string;
  /** None: nobody knows yet whose mail it is about. */
  readonly sendId?: string;
  readonly recipientHash?: string;
  readonly occurredAt: number;
  /** The vendor's notification, encrypted. */
  readonly body: Uint8Array;
}

export interface SoftBounceQuestion {
  readonly recipientHashes: readonly string[];
  readonly since: number;
}

export interface Events {
  /** Durable when it returns; how many of them were new. */
  add(events: readonly DeliveryEvent[]): Promise<number>;
  /** Oldest first; for the operator and the tests. */
  ofSend(sendId: string): Promise<readonly DeliveryEvent[]>;
  /** Mails to each of these addresses that failed for now since that time, and after the last one that arrived. */
  softBounces(question: SoftBounceQuestion): Promise<ReadonlyMap<string, number>>;
  /** Events received within so many milliseconds that no send could be found for, and one is there by now. */
  findable(withinMs: number, limit: number): Promise<readonly DeliveryEvent[]>;
  /**
   * How many mails each transport has taken between twice this time and this time ago, up to a thousand, since which
   * it has told nothing at all. What a bounce mailbox or a refusal within a call says does not come that way.
   */
  unheard(waitMs: number): Promise<ReadonlyMap<TransportName, number>>;
  attach(found: readonly { readonly eventId: string; readonly sendId: string }[]): Promise<void>;
  /** Whether a message of SNS was taken in before. */
  isNoticeKnown(messageId: string): Promise<boolean>;
  rememberNotice(messageId: string, forMs: number): Promise<void>;
  forgetOldNotices(): Promise<void>;
  count(): Promise<number>;
}
