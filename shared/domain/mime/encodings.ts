import { encodeLines } from './base64.ts';
import { encodeNested, type Nested } from './nested-base64.ts';

interface Kept {
  lines?: Buffer;
  nested?: Nested;
}

/** Encodings of attachments by the content's hash, the longest unused dropped first, bounded in bytes. */
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

  /** As MIME carries it. */
  lines(sha256: string, content: Uint8Array): Buffer {
    const kept = this.#take(sha256);
    kept.lines ??= encodeLines(content);
    this.#keep(sha256, kept);
    return kept.lines;
  }

  /** That once more in base64, as SES takes it. */
  nested(sha256: string, content: Uint8Array): Nested {
    const kept = this.#take(sha256);
    kept.nested ??= encodeNested(content);
    this.#keep(sha256, kept);
    return kept.nested;
  }

  #take(sha256: string): Kept {
    const kept = this.#kept.get(sha256);
    if (!kept) return {};
    this.#kept.delete(sha256);
    this.#bytes -= sizeOf(kept);
    return kept;
  }

  #keep(sha256: string, kept: Kept): void {
    if (sizeOf(kept) > this.#maxBytes) return;
    this.#kept.set(sha256, kept);
    this.#bytes += sizeOf(kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#take(oldest);
    }
  }
}

const sizeOf = ({ lines, nested }: Kept): number => (lines?.length ?? 0) + (nested?.whole.length ?? 0);
