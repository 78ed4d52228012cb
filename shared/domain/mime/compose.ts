import { TankError } from '../errors.ts';
import type { MailAttachment, OutgoingMail } from '../mail.ts';
import { domainOf, formatMailboxField, type Mailbox, parseMailbox, toSendableAddress } from './address.ts';
import { encodeLines, linesLength } from './base64.ts';
import type { Encodings } from './encodings.ts';
import { formatExtraFields } from './extra-headers.ts';
import { formatFileNameParameter, formatNameParameter, toSafeFileName } from './file-name.ts';
import { foldAtSpaces, formatTextField } from './header-text.ts';

/** A piece of the mail: ASCII as it stands, or content that goes in as base64 lines. */
type Piece =
  | { readonly kind: 'ascii'; readonly text: string }
  | { readonly kind: 'text'; readonly content: Uint8Array }
  | { readonly kind: 'attachment'; readonly attachment: MailAttachment };

/** A mail laid out but not yet encoded: its size is known before a byte of it is made. */
export interface MailPlan {
  readonly attemptId: string;
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly returnPath: string;
  readonly pieces: readonly Piece[];
  readonly size: number;
}

/** Fields that a transport adds by itself; their values are its own, ASCII and without line ends. */
export type OwnFields = Readonly<Record<string, string>>;

/** Throws address_invalid or invalid_definition; nothing of the mail can then be sent. */
export const planMail = (mail: OutgoingMail, now: number, ownFields: OwnFields = {}): MailPlan => {
  const sender = parseSender(mail.from);
  const to = toSendableAddress(mail.to);
  const messageId = `<${tokenOf(mail.attemptId)}@${domainOf(sender.address)}>`;
  const pieces = layOut(mail, formatFields(mail, { sender, to, messageId, now, ownFields }));
  return {
    attemptId: mail.attemptId,
    messageId,
    from: sender.address,
    to,
    returnPath: mail.returnPath === undefined ? sender.address : parseSender(mail.returnPath).address,
    pieces,
    size: pieces.reduce((sum, piece) => sum + lengthOf(piece), 0),
  };
};

/** Bytes of the finished mail. */
export const mailSize = (mail: OutgoingMail, now: number): number => planMail(mail, now).size;

/** The finished mail in chunks; attachments come from the cache of encodings. */
export const spliceMail = (plan: MailPlan, encodings: Encodings): Buffer[] =>
  plan.pieces.map((piece) => bytesOf(piece, encodings));

/** The finished mail once more in base64, as SES takes it; attachments are not encoded twice either. */
export const spliceMailAsBase64 = (plan: MailPlan, encodings: Encodings): Buffer[] => {
  const chunks: Buffer[] = [];
  let open: Buffer[] = [];
  const flush = () => chunks.push(Buffer.from(Buffer.concat(open).toString('base64'), 'latin1'));
  for (const piece of plan.pieces) {
    if (piece.kind === 'attachment') {
      flush();
      const { whole, rest } = encodings.nested(piece.attachment.sha256, piece.attachment.content);
      chunks.push(whole);
      open = [rest];
    } else {
      open.push(bytesOf(piece, encodings));
    }
  }
  flush();
  return chunks;
};

const bytesOf = (piece: Piece, encodings: Encodings): Buffer => {
  switch (piece.kind) {
    case 'ascii':
      return Buffer.from(piece.text, 'latin1');
    case 'text':
      return encodeLines(piece.content);
    case 'attachment':
      return encodings.lines(piece.attachment.sha256, piece.attachment.content);
  }
};

const lengthOf = (piece: Piece): number => {
  switch (piece.kind) {
    case 'ascii':
      return piece.text.length;
    case 'text':
      return linesLength(piece.content.length);
    case 'attachment':
      return linesLength(piece.attachment.content.length);
  }
};

const parseSender = (text: string): Mailbox => {
  try {
    return parseMailbox(text);
  } catch (cause) {
    throw new TankError('invalid_definition', { reason: 'an address of the sender is not valid' }, { cause });
  }
};

/** Attempt ids stand in headers, boundaries and file names as they are. */
const tokenOf = (text: string): string => {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(text)) throw new TankError('internal');
  return text;
};

interface Heading {
  readonly sender: Mailbox;
  readonly to: string;
  readonly messageId: string;
  readonly now: number;
  readonly ownFields: OwnFields;
}

const formatFields = (mail: OutgoingMail, { sender, to, messageId, now, ownFields }: Heading): string =>
  [
    formatMailboxField('From', sender),
    `To: ${to}`,
    ...(mail.replyTo === undefined ? [] : [formatMailboxField('Reply-To', parseSender(mail.replyTo))]),
    formatTextField('Subject', mail.subject),
    `Date: ${new Date(now).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${messageId}`,
    `X-Tank-Attempt-Id: ${mail.attemptId}`,
    ...(mail.attemptProof === undefined ? [] : [`X-Tank-Attempt-Proof: ${tokenOf(mail.attemptProof)}`]),
    ...Object.entries(ownFields).map(([name, value]) => foldAtSpaces(`${name}: ${value}`)),
    ...formatExtraFields(mail.headers),
    'MIME-Version: 1.0',
    '',
  ].join('\r\n');

const layOut = (mail: OutgoingMail, fields: string): Piece[] => {
  // Base64 has no "_", so that no line of a body can be taken for a boundary.
  const inner = `=_alternative_${mail.attemptId}`;
  const outer = `=_mixed_${mail.attemptId}`;
  if (mail.attachments.length === 0) return layOutTexts(mail, fields, inner);
  const start = `${fields}Content-Type: multipart/mixed;\r\n boundary="${outer}"\r\n\r\n--${outer}\r\n`;
  const pieces = layOutTexts(mail, start, inner);
  let length = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
  for (const attachment of mail.attachments) {
    const opening: Piece = { kind: 'ascii', text: openAttachment(attachment, outer, length) };
    const body: Piece = { kind: 'attachment', attachment };
    pieces.push(opening, body);
    length += lengthOf(opening) + lengthOf(body);
  }
  pieces.push({ kind: 'ascii', text: `--${outer}--\r\n` });
  return pieces;
};

const layOutTexts = (mail: OutgoingMail, before: string, boundary: string): Piece[] => [
  {
    kind: 'ascii',
    text: `${before}Content-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n\r\n${openText(boundary, 'plain')}`,
  },
  { kind: 'text', content: mail.text },
  { kind: 'ascii', text: openText(boundary, 'html') },
  { kind: 'text', content: mail.html },
  { kind: 'ascii', text: `--${boundary}--\r\n` },
];

const openText = (boundary: string, subtype: 'plain' | 'html'): string =>
  `--${boundary}\r\nContent-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n`;

/** Spaces behind a semicolon bring the body to a multiple of 3 bytes, so that its base64 can be spliced into the mail's. */
const openAttachment = (attachment: MailAttachment, boundary: string, offset: number): string => {
  const name = toSafeFileName(attachment.fileName);
  const text = (padding: string) =>
    `--${boundary}\r\nContent-Type: ${mediaTypeOf(attachment)};\r\n ${formatNameParameter(name)}\r\n` +
    `Content-Disposition: attachment;\r\n ${padding}${formatFileNameParameter(name)}\r\n` +
    'Content-Transfer-Encoding: base64\r\n\r\n';
  const unpadded = text('');
  return text(' '.repeat((3 - ((offset + unpadded.length) % 3)) % 3));
};

const mediaTypeOf = ({ contentType }: MailAttachment): string =>
  /^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,100}$/i.test(contentType) && !/^(multipart|message)\//i.test(contentType)
    ? contentType
    : 'application/octet-stream';
