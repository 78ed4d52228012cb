import { messageFault } from './fault.ts';

/** What has no charset, or plain ASCII, and is UTF-8 all the same, is meant so. */
const UTF8 = /^(us-ascii|ascii|ansi_x3\.4-1968|utf-?8|)$/i;

/** Refuses what does not fit: text that is read in a wrong charset says something else, and nobody notices. */
export const decodeText = (bytes: Uint8Array, charset: string): string => {
  const decoder = decoderOf(UTF8.test(charset) ? 'utf-8' : charset);
  try {
    return decoder.decode(bytes);
  } catch {
    throw messageFault('not_in_charset');
  }
};

const decoderOf = (label: string) => {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    throw messageFault('charset');
  }
};

/** Quoted-printable, RFC 2045 §6.7. Line by line: one pattern over all of it could take the square of its length. */
export const decodeQuoted = (text: string): Buffer =>
  Buffer.from(
    text
      .split('\n')
      .map(withoutPadding)
      .join('\n')
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    'latin1',
  );

/** Blanks at the end of a line were added on the way. */
const withoutPadding = (line: string): string => {
  const ending = line.endsWith('\r') ? '\r' : '';
  let end = line.length - ending.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return line.slice(0, end) + ending;
};
