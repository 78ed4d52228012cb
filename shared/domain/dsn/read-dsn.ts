import type { FeedbackEvent } from '../feedback.ts';
import { type MimePart, partsOf, readFields, splitPart } from './mime-parts.ts';

export interface DsnRecipient {
  readonly address: string;
  readonly original?: string;
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** RFC 3463, for example 5.1.1. */
  readonly status: string;
}

export interface Dsn {
  /** Of the report itself, or of its content, so that the same report twice is one. */
  readonly id: string | undefined;
  readonly attemptId?: string;
  readonly attemptProof?: string;
  /** The Message-ID of the mail that it is about. */
  readonly messageId?: string;
  /** To whom that mail went, by its own head. */
  readonly to?: string;
  readonly arrivedAt?: number;
  readonly recipients: readonly DsnRecipient[];
}

const ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;

/** RFC 3464. Undefined: it is a mail, but no report about another one. */
export const readDsn = (mail: string): Dsn | undefined => {
  const { fields } = splitPart(mail);
  const parts = partsOf(mail);
  const report = parts.find((part) => /^message\/(global-)?delivery-status/i.test(typeOf(part)));
  if (!report) return undefined;
  const [about = new Map<string, string>(), ...each] = blocksOf(report.body);
  const original = originalOf(parts);
  const attempt = original.get('x-tank-attempt-id');
  const proof = original.get('x-tank-attempt-proof');
  const messageId = original.get('message-id');
  const to = original.get('to');
  const arrivedAt = Date.parse(about.get('arrival-date') ?? fields.get('date') ?? '');
  return {
    id: fields.get('message-id'),
    recipients: each.flatMap(toRecipient),
    ...(attempt && ATTEMPT_ID.test(attempt) ? { attemptId: attempt } : {}),
    ...(proof ? { attemptProof: proof } : {}),
    ...(messageId ? { messageId } : {}),
    ...(to ? { to } : {}),
    ...(Number.isNaN(arrivedAt) ? {} : { arrivedAt }),
  };
};

const ATTEMPT_ID = /^[A-Za-z0-9_-]{1,64}$/;

const typeOf = ({ fields }: MimePart): string => fields.get('content-type') ?? '';

/** About the mail first, then about each recipient, with blank lines in between. */
const blocksOf = (body: string): readonly ReadonlyMap<string, string>[] =>
  body
    .split(/(?:\r?\n){2,}/)
    .map(readFields)
    .filter((fields) => fields.size > 0);

/** The whole mail, or its head alone: RET=HDRS. */
const originalOf = (parts: readonly MimePart[]): ReadonlyMap<string, string> => {
  const part = parts.find((one) => /^(message\/(global|rfc822)|text\/rfc822-headers)/i.test(typeOf(one)));
  return part ? splitPart(part.body.replace(/^(\r?\n)+/, '')).fields : new Map();
};

const toRecipient = (fields: ReadonlyMap<string, string>): DsnRecipient[] => {
  const address = addressIn(fields.get('final-recipient'));
  const original = addressIn(fields.get('original-recipient'));
  const action = ACTIONS.find((known) => known === fields.get('action')?.toLowerCase().split(/\s/)[0]);
  if (!address || !action) return [];
  const status = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(fields.get('status') ?? '')?.[1] ?? statusOf(action);
  return [{ address, action, status, ...(original && original !== address ? { original } : {}) }];
};

/** `rfc822; kim@example.com`; xtext hides what a header could not hold (RFC 3461 §4). */
const addressIn = (field: string | undefined): string | undefined => {
  const [, text = ''] = /^\s*[A-Za-z0-9-]+\s*;\s*(\S+)\s*$/.exec(field ?? '') ?? [];
  const plain = text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return plain.replace(/^<|>$/g, '') || undefined;
};

const statusOf = (action: DsnRecipient['action']): string =>
  action === 'failed' ? '5.0.0' : action === 'delayed' ? '4.0.0' : '2.0.0';

/** A report in the words of SES, so that one table says what follows from either. */
export const eventsOfDsn = (dsn: Dsn, raw: string): readonly FeedbackEvent[] =>
  dsn.recipients.flatMap((recipient): FeedbackEvent[] => {
    const told = wordsOf(recipient);
    if (!told) return [];
    const messageId = printable(dsn.messageId ?? dsn.attemptId ?? dsn.id ?? 'unknown');
    return [
      {
        ...told,
        messageId,
        recipients: [recipient.address],
        destination: [recipient.original ?? dsn.to ?? recipient.address],
        source: 'dsn',
        raw: { report: raw },
        feedbackId: printable(dsn.id ?? `${messageId}|${recipient.status}`),
        ...(dsn.attemptId === undefined ? {} : { attemptId: dsn.attemptId }),
        ...(dsn.arrivedAt === undefined ? {} : { occurredAt: dsn.arrivedAt }),
      },
    ];
  });

const printable = (text: string): string => text.replace(/[^\x21-\x7e]/g, '').slice(0, 200) || 'unknown';

const wordsOf = ({ action, status }: DsnRecipient): Pick<FeedbackEvent, 'type' | 'subtype'> | undefined => {
  switch (action) {
    case 'delivered':
      return { type: 'Delivery' };
    case 'delayed':
      return { type: 'DeliveryDelay', subtype: 'Undetermined' };
    case 'failed':
      return { type: 'Bounce', subtype: subtypeOfStatus(status) };
    default:
      return undefined;
  }
};

/**
 * RFC 3463. Only an address, a mailbox or a domain that is gone is the recipient's end: 5.7.1 is a policy, 5.1.8 is
 * the sender's own address, and thousands of good addresses must not be given up for one listed sending host.
 */
export const subtypeOfStatus = (status: string): string => {
  if (/^[45]\.2\.2$/.test(status)) return 'Transient/MailboxFull';
  if (/^[45]\.(2\.3|3\.4)$/.test(status)) return 'Transient/MessageTooLarge';
  if (/^5\.(1\.[78]|[67]\.\d+)$/.test(status)) return 'Transient/ContentRejected';
  if (/^5\.[0124]\./.test(status)) return 'Permanent/General';
  return status.startsWith('5') ? 'Undetermined/Undetermined' : 'Transient/General';
};
