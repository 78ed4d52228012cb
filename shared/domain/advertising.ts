import type { MailSpec } from './automation.ts';
import type { RenderedMail } from './template/render.ts';

/** The law wants exactly these letters at the very beginning of the subject. */
const MARK = '(광고)';

/** What advertising owes its reader: the mark, who sends it and how to reach them, and a way out that costs nothing. */
export const dressAsAdvertising = (
  mail: RenderedMail,
  { from, replyTo }: Pick<MailSpec, 'from' | 'replyTo'>,
  url: string,
): RenderedMail => {
  const sender = senderOf(from, replyTo);
  return {
    subject: mail.subject.startsWith(MARK) ? mail.subject : `${MARK} ${mail.subject}`,
    html: beforeBodyEnd(mail.html, htmlFooter(sender, url)),
    text: Buffer.concat([mail.text, Buffer.from(textFooter(sender, url))]),
  };
};

interface Sender {
  readonly name: string;
  readonly contact: string;
}

const NAMED = /^(.*?)\s*<([^<>]+)>\s*$/;

const senderOf = (from: string, replyTo: string | undefined): Sender => {
  const [, name, address = from] = NAMED.exec(from) ?? [];
  return { name: name || address, contact: NAMED.exec(replyTo ?? '')?.[2] ?? replyTo ?? address };
};

const textFooter = ({ name, contact }: Sender, url: string): string =>
  [
    '',
    '',
    `이 메일은 수신에 동의하신 분께 보내는 광고입니다. 보낸 곳: ${name} (${contact})`,
    `수신을 원하지 않으시면 다음 주소에서 무료로 거부하실 수 있습니다: ${url}`,
    `This is advertising from ${name} (${contact}), sent with your consent. To receive no more of it: ${url}`,
    '',
  ].join('\r\n');

const htmlFooter = ({ name, contact }: Sender, url: string): string => {
  const sender = `${escapeHtml(name)} (${escapeHtml(contact)})`;
  const link = (text: string) => `<a href="${escapeHtml(url)}">${text}</a>`;
  return (
    '<div style="margin-top:24px;padding-top:12px;border-top:1px solid #ccc;font-size:12px;color:#555">' +
    `<p>이 메일은 수신에 동의하신 분께 보내는 광고입니다. 보낸 곳: ${sender}<br>` +
    `수신을 원하지 않으시면 ${link('수신거부')}를 눌러 주십시오. 비용은 들지 않습니다.</p>` +
    `<p>This is advertising from ${sender}, sent with your consent. ${link('Unsubscribe')} free of charge.</p></div>`
  );
};

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (letter) => ESCAPES[letter] ?? letter);

/** At the end of what is shown; a template without a body ends where its text does. */
const beforeBodyEnd = (html: Uint8Array, footer: string): Uint8Array => {
  const bytes = Buffer.from(html.buffer, html.byteOffset, html.byteLength);
  const end = Math.max(bytes.lastIndexOf('</body'), bytes.lastIndexOf('</BODY'));
  const at = end < 0 ? bytes.length : end;
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(footer), bytes.subarray(at)]);
};

/** RFC 8058: one click, without a page or a question in between. */
export const unsubscribeHeaders = (url: string): Readonly<Record<string, string>> => ({
  'List-Unsubscribe': `<${url}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
});
