const NOTHING = new Uint8Array(0);
const encode = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** By ASCII code: the bytes to write in place of the character; undefined for those that stand for themselves. */
type Replacements = readonly (Uint8Array | undefined)[];

/** Control characters but tab and line ends have no place in a mail; a NUL breaks some servers. */
const withoutControls = (): (Uint8Array | undefined)[] =>
  Array.from({ length: 128 }, (_, code) =>
    (code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127 ? NOTHING : undefined,
  );

const PLAIN: Replacements = withoutControls();
const HTML: Replacements = ((): Replacements => {
  const table = withoutControls();
  table[38] = encode('&amp;');
  table[60] = encode('&lt;');
  table[62] = encode('&gt;');
  table[34] = encode('&quot;');
  table[39] = encode('&#39;');
  return table;
})();

/** Beyond this length `Buffer.write` outruns the loop below. */
const SHORT_COPY = 24;
/** The longest replacement has 6 bytes, the longest character 3 per UTF-16 unit. */
const MOST_BYTES_PER_UNIT = 6;

/** A growing buffer that is used again for every mail: values are escaped and encoded in one pass, without strings between. */
export class ByteWriter {
  private buffer = Buffer.allocUnsafeSlow(64 * 1024);
  private length = 0;

  reset(): void {
    this.length = 0;
  }

  get position(): number {
    return this.length;
  }

  /** A copy of everything, in memory that no other mail shares. */
  copy(): Uint8Array {
    const copied = Buffer.allocUnsafeSlow(this.length);
    copied.set(this.buffer.subarray(0, this.length));
    return copied;
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    if (bytes.length > SHORT_COPY) this.buffer.set(bytes, this.length);
    else for (let at = 0; at < bytes.length; at++) this.buffer[this.length + at] = bytes[at] ?? 0;
    this.length += bytes.length;
  }

  /** Markup that a person of the company wrote. */
  raw(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.buffer.write(text, this.length);
  }

  html(text: string): void {
    this.encode(text, HTML);
  }

  plain(text: string): void {
    this.encode(text, PLAIN);
  }

  private encode(text: string, replacements: Replacements): void {
    this.reserve(text.length * MOST_BYTES_PER_UNIT);
    const buffer = this.buffer;
    let to = this.length;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x80) {
        const point = pointAt(text, at, code);
        if (point > 0xffff) at++;
        to = writePoint(buffer, to, point);
        continue;
      }
      const replacement = replacements[code];
      if (replacement === undefined) buffer[to++] = code;
      else for (let byte = 0; byte < replacement.length; byte++) buffer[to++] = replacement[byte] ?? 0;
    }
    this.length = to;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.length + more));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

const pointAt = (text: string, at: number, code: number): number =>
  isSurrogate(code) ? (text.codePointAt(at) ?? code) : code;

const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;

/** Half a surrogate pair is not a character: it becomes U+FFFD, as every encoder writes it. */
const writePoint = (buffer: Uint8Array, to: number, point: number): number => {
  if (point < 0x800) {
    buffer[to] = 0xc0 | (point >> 6);
    buffer[to + 1] = 0x80 | (point & 0x3f);
    return to + 2;
  }
  if (point <= 0xffff) return writeThree(buffer, to, isSurrogate(point) ? 0xfffd : point);
  buffer[to] = 0xf0 | (point >> 18);
  buffer[to + 1] = 0x80 | ((point >> 12) & 0x3f);
  buffer[to + 2] = 0x80 | ((point >> 6) & 0x3f);
  buffer[to + 3] = 0x80 | (point & 0x3f);
  return to + 4;
};

const writeThree = (buffer: Uint8Array, to: number, point: number): number => {
  buffer[to] = 0xe0 | (point >> 12);
  buffer[to + 1] = 0x80 | ((point >> 6) & 0x3f);
  buffer[to + 2] = 0x80 | (point & 0x3f);
  return to + 3;
};
