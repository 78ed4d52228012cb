import { encodeLines, encodeTriplesOf } from './base64.ts';

/** An attachment as MIME carries it, and that once more in base64 as SES takes it. */
export interface Encoding {
  readonly lines: Buffer;
  /** Base64 of all whole triples of `lines`, and the 0 to 2 bytes left over. */
  nested(): { readonly whole: Buffer; readonly rest: Buffer };
}

interface Kept {
  readonly lines: Buffer;
  whole?: Buffer;
}

/** Encodings by the content's hash, the longest unused dropped first, bounded in bytes. */
export class Encodings {
  readonly #maxBytes: number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(maxBytes = 64 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  of(sha256: string, content: Uint8Array): Encoding {
    const kept = this.#kept.get(sha256) ?? { lines: encodeLines(content) };
    this.#touch(sha256, kept);
    return { lines: kept.lines, nested: () => this.#nested(sha256, kept) };
  }

  #nested(sha256: string, kept: Kept): { whole: Buffer; rest: Buffer } {
    if (!kept.whole) {
      this.#drop(sha256);
      kept.whole = encodeTriplesOf(kept.lines);
      this.#touch(sha256, kept);
    }
    return { whole: kept.whole, rest: kept.lines.subarray(kept.lines.length - (kept.lines.length % 3)) };
  }

  #touch(sha256: string, kept: Kept): void {
    this.#drop(sha256);
    if (sizeOf(kept) > this.#maxBytes) return;
    this.#kept.set(sha256, kept);
    this.#bytes += sizeOf(kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(sha256: string): void {
    const kept = this.#kept.get(sha256);
    if (!kept) return;
    this.#kept.delete(sha256);
    this.#bytes -= sizeOf(kept);
  }
}

const sizeOf = (kept: Kept): number => kept.lines.length + (kept.whole?.length ?? 0);
