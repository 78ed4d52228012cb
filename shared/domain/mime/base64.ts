export const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** 57 bytes make the 76 characters that RFC 2045 allows a line. */
export const LINE_BYTES = 57;
const LINE_CHARS = 76;
const LINE_PAIRS = LINE_CHARS / 2;

/** Two characters for each 12 bits, laid out in memory order so that big-endian machines write the same. */
const PAIRS = new Uint16Array(4096);
const pairBytes = new Uint8Array(PAIRS.buffer);
for (let bits = 0; bits < 4096; bits += 1) {
  pairBytes[bits * 2] = ALPHABET.charCodeAt(bits >> 6);
  pairBytes[bits * 2 + 1] = ALPHABET.charCodeAt(bits & 63);
}
const LINE_END = new Uint16Array(new Uint8Array([0x0d, 0x0a]).buffer)[0] as number;

const charsOf = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/** Bytes of `encodeLines(content)` for a content of this length. */
export const linesLength = (bytes: number): number => charsOf(bytes) + Math.ceil(bytes / LINE_BYTES) * 2;

/** Base64 in lines of 76 characters, each with its CRLF. Half the time of `toString` and wrapping for a mail's texts. */
export const encodeLines = (content: Uint8Array): Buffer => {
  const encoded = Buffer.allocUnsafeSlow(linesLength(content.length));
  const out = new Uint16Array(encoded.buffer);
  const fullLines = Math.floor(content.length / LINE_BYTES);
  for (let line = 0; line < fullLines; line += 1) {
    const end = line * (LINE_PAIRS + 1) + LINE_PAIRS;
    encodeTriples(content, line * LINE_BYTES, (line + 1) * LINE_BYTES, out, end - LINE_PAIRS);
    out[end] = LINE_END;
  }
  const rest = content.subarray(fullLines * LINE_BYTES);
  if (rest.length > 0) writeShortLine(rest, encoded, fullLines * (LINE_CHARS + 2));
  return encoded;
};

const writeShortLine = (rest: Uint8Array, encoded: Buffer, at: number): void => {
  const text = Buffer.from(rest.buffer, rest.byteOffset, rest.byteLength).toString('base64');
  encoded.write(`${text}\r\n`, at, 'latin1');
};

const encodeTriples = (content: Uint8Array, from: number, to: number, out: Uint16Array, at: number): void => {
  let place = at;
  for (let i = from; i < to; i += 3) {
    const bits = tripleAt(content, i);
    out[place] = PAIRS[bits >> 12] as number;
    out[place + 1] = PAIRS[bits & 4095] as number;
    place += 2;
  }
};

export const tripleAt = (content: Uint8Array, i: number): number =>
  ((content[i] as number) << 16) | ((content[i + 1] as number) << 8) | (content[i + 2] as number);
