import type { FeedbackKind } from './pause-policy.ts';
import type { DeliveryState } from './send-states.ts';

/** smtp: a refusal within the call itself, so that nobody accepted the mail; the others prove that somebody did. */
export type FeedbackSource = 'ses' | 'dsn' | 'smtp';

/** What somebody told about one mail, in the words of SES whoever told it. */
export interface FeedbackEvent {
  readonly type: string;
  /** `Permanent/NoEmail`, `abuse`, `MailboxFull`: the vendor's own words. */
  readonly subtype?: string;
  readonly messageId: string;
  readonly attemptId?: string;
  /** Tells two reports about the same mail and person apart. */
  readonly feedbackId?: string;
  readonly occurredAt?: number;
  /** Whom it is about; empty when nobody is named. */
  readonly recipients: readonly string[];
  /** To whom the mail went. A bounce may name the address to which it was forwarded. */
  readonly destination: readonly string[];
  readonly source: FeedbackSource;
  readonly raw: unknown;
}

/**
 * What is known of a mail, the later in this list beating the earlier in whatever order they are told. An
 * out-of-office reply comes as a soft bounce and must not undo a delivery; a mailbox that bounces after it took
 * the mail must.
 */
const FATES = ['none', 'delayed', 'soft_bounce', 'delivered', 'bounced', 'complained'] as const;
export type Fate = (typeof FATES)[number];

export const rankOfFate = (fate: Fate): number => FATES.indexOf(fate);
export const deliveryOfFate = (fate: Fate): DeliveryState => (fate === 'soft_bounce' ? 'bounced' : fate);

export interface Meaning {
  readonly fate?: Fate;
  /** The mail has reached its end, so that the pause rule may weigh it. */
  readonly resolves: boolean;
  readonly counts?: FeedbackKind;
  /** A hard bounce is true of the address everywhere; a complaint is about the organisation that mailed. */
  readonly suppress?: {
    readonly reason: FeedbackKind | 'unsubscribe';
    readonly everywhere: boolean;
  };
  /** One more failure of an address that may work again. */
  readonly soft: boolean;
}

const NOTHING: Meaning = { resolves: false, soft: false };
const DELIVERED: Meaning = { fate: 'delivered', resolves: true, soft: false };
const UNSUBSCRIBED = { reason: 'unsubscribe', everywhere: false } as const;
/** Taken by SES and never sent: no reputation is at stake. */
const NEVER_SENT: Meaning = { fate: 'bounced', resolves: false, soft: false };

export const meaningOf = ({ type, subtype = '' }: Pick<FeedbackEvent, 'type' | 'subtype'>): Meaning => {
  const words = subtype.split('/');
  switch (type) {
    case 'Delivery':
    case 'Open':
    case 'Click':
      return DELIVERED;
    case 'Subscription':
      return subtype === 'UnsubscribeAll' ? { ...DELIVERED, suppress: UNSUBSCRIBED } : DELIVERED;
    case 'DeliveryDelay':
      return { ...NOTHING, fate: 'delayed' };
    case 'Bounce':
      return meaningOfBounce(words);
    case 'Complaint':
      return meaningOfComplaint(words);
    case 'Reject':
    case 'Rendering Failure':
      return NEVER_SENT;
    default:
      return NOTHING;
  }
};

/** SES did not even try: the address stands in a suppression list of its own. */
const ON_LIST = ['OnAccountSuppressionList', 'OnTenantSuppressionList'];
const isOnList = (words: readonly string[]): boolean => words.some((word) => ON_LIST.includes(word));

const meaningOfBounce = (words: readonly string[]): Meaning => {
  const [kind, detail = ''] = words;
  if (kind === 'Permanent') {
    const suppress = { reason: 'bounce', everywhere: true } as const;
    if (detail === 'UnsubscribedRecipient') return { ...NEVER_SENT, suppress: UNSUBSCRIBED };
    // What SES expects of an address is no proof, and it asks anew at the next mail.
    if (detail === 'EmailValidationSuppressed') return NEVER_SENT;
    return isOnList(words)
      ? { ...NEVER_SENT, suppress }
      : { fate: 'bounced', resolves: true, counts: 'bounce', suppress, soft: false };
  }
  if (kind === 'Transient' && OF_THE_MAIL.includes(detail)) return { ...NEVER_SENT, resolves: true };
  const full = detail === 'MailboxFull';
  return { fate: full ? 'bounced' : 'soft_bounce', resolves: true, soft: true };
};

/** These blame the mail, or the time it was given, and not the address. */
const OF_THE_MAIL = ['MessageTooLarge', 'ContentRejected', 'AttachmentRejected', 'CustomTimeoutExceeded'];

const meaningOfComplaint = (words: readonly string[]): Meaning => {
  if (isOnList(words))
    return {
      fate: 'complained',
      resolves: false,
      suppress: { reason: 'complaint', everywhere: true },
      soft: false,
    };
  if (words.includes('not-spam')) return DELIVERED;
  return {
    fate: 'complained',
    resolves: true,
    counts: 'complaint',
    suppress: { reason: 'complaint', everywhere: false },
    soft: false,
  };
};

/** A mailbox that was full three times within a quarter, and took nothing in between, is given up. */
export const SOFT_BOUNCES = { limit: 3, withinMs: 90 * 86_400_000 } as const;
