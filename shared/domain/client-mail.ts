import type { MailAttachment } from './mail.ts';
import { textOfHtml } from './template/render.ts';

export interface ClientAttachment {
  readonly fileName: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** A mail that another system wrote, as Tank takes it: parts and values, none of its bytes as they came. */
export interface ClientMail {
  /** `Name <address>` or an address. */
  readonly from: string;
  readonly replyTo?: string;
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly ClientAttachment[];
}

interface Heading extends Omit<ClientMail, 'attachments'> {
  readonly attachments: readonly {
    readonly fileName: string;
    readonly contentType: string;
    readonly size: number;
  }[];
}

const LENGTH_BYTES = 4;

export const contentPlace = (messageId: string): string => `message|content|${messageId}`;

/** A length, the values as JSON, and the attachments as they are: base64 within JSON would cost a third more. */
export const encodeClientMail = (mail: ClientMail): Uint8Array => {
  const attachments = mail.attachments.map(({ fileName, contentType, content }) => ({
    fileName,
    contentType,
    size: content.length,
  }));
  const heading = Buffer.from(JSON.stringify({ ...mail, attachments } satisfies Heading));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(heading.length);
  return Buffer.concat([length, heading, ...mail.attachments.map(({ content }) => content)]);
};

export const decodeClientMail = (bytes: Uint8Array): ClientMail => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = LENGTH_BYTES + buffer.readUInt32BE();
  const heading = JSON.parse(buffer.toString('utf8', LENGTH_BYTES, end)) as Heading;
  const attachments = heading.attachments.map(({ size, ...about }) => {
    const start = end;
    end += size;
    return { ...about, content: buffer.subarray(start, end) };
  });
  return { ...heading, attachments };
};

/** Every mail leaves with both forms; the one that was not written is made of the other. */
export const bodiesOf = ({ text, html }: Pick<ClientMail, 'text' | 'html'>) => ({
  html: Buffer.from(html ?? htmlOfText(text ?? '')),
  text: text === undefined ? textOfHtml(html ?? '') : Buffer.from(text),
});

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const htmlOfText = (text: string): string =>
  `<div style="white-space:pre-wrap">${text.replace(/[&<>"]/g, (letter) => ESCAPES[letter] ?? '')}</div>`;

/** The place of an attachment within its message stands for its content: within a run no other has the same. */
export const attachmentsOf = (messageId: string, { attachments }: ClientMail): MailAttachment[] =>
  attachments.map((attachment, index) => ({ ...attachment, sha256: `${messageId}/${index}` }));
