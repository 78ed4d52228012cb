import type { ByteWriter } from './byte-writer.ts';

const LINE_END = Uint8Array.of(10);
const SPACE = Uint8Array.of(32);
const SEPARATOR = Buffer.from(' | ');

/**
 * Lays plain text out as it is written: blanks, line ends and separators wait until something follows them, so that
 * an empty value leaves no hole.
 */
export class TextWriter {
  private readonly out: ByteWriter;
  private started = false;
  private lineEnds = 0;
  private separators = 0;
  private space = false;

  constructor(out: ByteWriter) {
    this.out = out;
  }

  reset(): void {
    this.started = false;
    this.clear();
  }

  blank(): void {
    this.space = true;
  }

  breakLine(lines: number): void {
    this.endLine(Math.max(this.lineEnds, lines));
  }

  newline(): void {
    this.endLine(this.lineEnds + 1);
  }

  separator(always: boolean): void {
    if (always || (this.started && this.lineEnds === 0)) this.separators++;
  }

  bytes(bytes: Uint8Array): void {
    this.begin();
    this.out.bytes(bytes);
  }

  value(text: string): void {
    if (text === '') return;
    this.begin();
    this.out.plain(text);
  }

  /** ` (url)` behind words, the bare address where there are none. */
  link(url: string): void {
    if (url === '') return;
    const bare = !this.started || this.lineEnds > 0;
    this.value(bare ? url : `(${url})`);
  }

  finish(): void {
    if (this.started) this.out.bytes(LINE_END);
  }

  /** One empty line is enough between paragraphs. */
  private endLine(lines: number): void {
    this.lineEnds = Math.min(2, lines);
    this.separators = 0;
    this.space = false;
  }

  private begin(): void {
    if (this.started) for (let count = 0; count < this.lineEnds; count++) this.out.bytes(LINE_END);
    for (let count = 0; count < this.separators; count++) this.out.bytes(SEPARATOR);
    if (this.space && this.started && this.lineEnds === 0 && this.separators === 0) this.out.bytes(SPACE);
    this.started = true;
    this.clear();
  }

  private clear(): void {
    this.lineEnds = 0;
    this.separators = 0;
    this.space = false;
  }
}
