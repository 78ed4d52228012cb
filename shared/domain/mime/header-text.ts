/** "=?UTF-8?B?" and "?=" around the base64 of an encoded word, RFC 2047. */
const WORD_FRAME = 12;
const WORD_LENGTH = 75;
/** RFC 5322: a line should not exceed 78 characters and must not exceed 998. */
const LINE_LENGTH = 78;
export const LINE_LIMIT = 998;

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** One line without control characters: what a header field can carry. */
export const toSingleLine = (value: string): string => value.replace(CONTROLS, ' ').trim();

/** "=?" could be taken for the start of an encoded word and smuggle anything past a reader of the source. */
const isLiteral = (text: string): boolean => PRINTABLE_ASCII.test(text) && !text.includes('=?');

/** An unstructured field such as Subject: `Name: value`, folded, without the line's end. */
export const formatTextField = (name: string, value: string): string => {
  const text = toSingleLine(value);
  const start = `${name}: `;
  if (isLiteral(text) && !hasOverlongWord(text)) return foldAtSpaces(start + text);
  return start + toEncodedWords(text, LINE_LENGTH - start.length);
};

/** The display name of a mailbox: as it is, quoted, or encoded. */
export const formatDisplayName = (name: string, usedOfLine: number): string => {
  const text = toSingleLine(name);
  if (/^[A-Za-z0-9 ]*$/.test(text) && text.length < LINE_LENGTH - usedOfLine) return text;
  if (isLiteral(text) && text.length < 60) return `"${text.replace(/["\\]/g, '\\$&')}"`;
  return toEncodedWords(text, LINE_LENGTH - usedOfLine);
};

/** Encoded words of at most 75 characters, split between characters, one to a line. */
export const toEncodedWords = (text: string, roomOnFirstLine: number): string => {
  const bytes = Buffer.from(text);
  const words: string[] = [];
  let room = roomOnFirstLine;
  for (let from = 0; from < bytes.length; ) {
    const to = endOfWord(bytes, from, Math.min(room, WORD_LENGTH));
    words.push(`=?UTF-8?B?${bytes.toString('base64', from, to)}?=`);
    from = to;
    room = WORD_LENGTH;
  }
  return words.join('\r\n ');
};

const endOfWord = (bytes: Uint8Array, from: number, length: number): number => {
  let to = Math.min(from + Math.floor((length - WORD_FRAME) / 4) * 3, bytes.length);
  while (to < bytes.length && isContinuation(bytes[to])) to -= 1;
  return to;
};

/** The second to fourth byte of a UTF-8 character. */
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

const hasOverlongWord = (text: string): boolean =>
  text.length > 60 && text.split(' ').some((word) => word.length > 60);

/** Breaks before a space that starts a word, so that no line is blank and unfolding restores the text. */
export const foldAtSpaces = (line: string): string => {
  if (line.length <= LINE_LENGTH) return line;
  const [first = '', ...rest] = line.split(/(?= [^ ])/);
  // The first piece is the field's name: a break behind it would leave nothing but the name on its line.
  const lines = [first + (rest.shift() ?? '')];
  for (const piece of rest) {
    const current = lines[lines.length - 1] as string;
    if (current.length + piece.length <= LINE_LENGTH) lines[lines.length - 1] = current + piece;
    else lines.push(piece);
  }
  return lines.join('\r\n');
};
