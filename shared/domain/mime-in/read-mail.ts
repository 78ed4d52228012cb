import type { ClientAttachment, ClientMail } from '../client-mail.ts';
import { decodeText } from './charset.ts';
import { messageFault } from './fault.ts';
import { type Field, onlyField, readHead } from './head.ts';
import { type ReadMailbox, readMailboxes } from './mailboxes.ts';
import { type Leaf, leavesOf } from './parts.ts';
import { decodeWords } from './words.ts';

export interface ReadMail {
  readonly mail: ClientMail;
  readonly recipients: readonly string[];
  /** Names of the header fields that do not travel on. */
  readonly removed: readonly string[];
}

const MAX_RECIPIENTS = 50;
const MAX_ATTACHMENTS = 50;
/** Read, and written anew by the composer. */
const READ = /^(from|to|cc|reply-to|subject|date|mime-version|content-.*)$/;
/** What says something to a reader and nothing to a relay. */
const CARRIED =
  /^(in-reply-to|references|auto-submitted|importance|priority|x-priority|precedence|list-(id|unsubscribe|unsubscribe-post|help)|x-(?!tank-|ses-|original-to|envelope-|forwarded-)[a-z0-9-]+)$/;

/**
 * A whole mail as another system wrote it (RFC 5322), taken apart and bounded. Only values are kept: the mail that
 * leaves is composed anew, so that no byte of a header, a boundary or a Bcc comes through.
 */
export const readMail = (bytes: Uint8Array): ReadMail => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const { fields, bodyStart } = readHead(text, 0, text.length);
  if (fields.length === 0) throw messageFault('no_head');
  const leaves = leavesOf(text, fields, { start: bodyStart, end: text.length });
  const replyTo = onlyField(fields, 'reply-to');
  const carried = fields.filter(({ name }) => CARRIED.test(name));
  return {
    mail: {
      from: formatMailbox(one(onlyField(fields, 'from'), 'no_sender')),
      ...(replyTo === undefined ? {} : { replyTo: formatMailbox(one(replyTo, 'reply_to')) }),
      subject: decodeWords(onlyField(fields, 'subject') ?? ''),
      ...textsOf(leaves),
      headers: headersOf(carried),
      attachments: attachmentsIn(leaves),
    },
    recipients: recipientsOf(fields),
    removed: [
      ...new Set(fields.map(({ name }) => name).filter((name) => !READ.test(name) && !CARRIED.test(name))),
    ],
  };
};

const one = (field: string | undefined, fault: 'no_sender' | 'reply_to'): ReadMailbox => {
  const [mailbox, ...others] = readMailboxes(field ?? '');
  if (!mailbox || others.length > 0) throw messageFault(fault);
  return mailbox;
};

const formatMailbox = ({ name, address }: ReadMailbox): string =>
  name === '' ? address : `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`;

/** Whom To and Cc name. Whom a Bcc names is nobody's to know, and is not mailed. */
const recipientsOf = (fields: readonly Field[]): string[] => {
  const named = ['to', 'cc'].flatMap((name) => readMailboxes(onlyField(fields, name) ?? ''));
  const addresses = [...new Set(named.map(({ address }) => address))];
  if (addresses.length < 1 || addresses.length > MAX_RECIPIENTS) throw messageFault('recipients');
  return addresses;
};

const headersOf = (fields: readonly Field[]): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const { name, value } of fields) {
    if (Object.hasOwn(headers, name)) throw messageFault('field_twice');
    headers[name] = decodeWords(value);
  }
  return headers;
};

const isText = ({ type, disposition }: Leaf): boolean =>
  /^text\/(plain|html)$/.test(type.value) &&
  disposition.value !== 'attachment' &&
  fileNameOf({ type, disposition }) === undefined;

const firstOf = (leaves: readonly Leaf[], type: string): Leaf | undefined =>
  leaves.find((leaf) => isText(leaf) && leaf.type.value === type);

const textsOf = (leaves: readonly Leaf[]): Pick<ClientMail, 'text' | 'html'> => {
  const [text, html] = [firstOf(leaves, 'text/plain'), firstOf(leaves, 'text/html')];
  if (!text && !html) throw messageFault('no_text');
  return { ...(text && { text: textOf(text) }), ...(html && { html: textOf(html) }) };
};

const textOf = ({ content, type }: Leaf): string => decodeText(content, type.named.get('charset') ?? '');

const attachmentsIn = (leaves: readonly Leaf[]): ClientAttachment[] => {
  const texts = [firstOf(leaves, 'text/plain'), firstOf(leaves, 'text/html')];
  const others = leaves.filter((leaf) => !texts.includes(leaf));
  if (others.length > MAX_ATTACHMENTS) throw messageFault('too_many_attachments');
  return others.map((leaf, index) => ({
    fileName: fileNameOf(leaf) ?? `part-${index + 1}`,
    contentType: leaf.type.value,
    content: leaf.content,
  }));
};

const fileNameOf = ({ disposition, type }: Pick<Leaf, 'disposition' | 'type'>): string | undefined =>
  disposition.named.get('filename') ?? type.named.get('name');
