import type { Facts } from '../errors.ts';
import type { TemplateFault, TemplateFaultCode } from './faults.ts';

/** Nobody mends more at once, and a broken file must not fill the screen. */
const MOST = 50;

/** Collects what is wrong with one part of a template. */
export class Findings {
  readonly faults: TemplateFault[] = [];
  readonly warnings: TemplateFault[] = [];
  private readonly part: 'subject' | 'html';
  private readonly source: string;
  private lineStarts: number[] | undefined;

  constructor(part: 'subject' | 'html', source: string) {
    this.part = part;
    this.source = source;
  }

  /** Nothing more is worth looking for. */
  get full(): boolean {
    return this.faults.length >= MOST;
  }

  fault(code: TemplateFaultCode, at: number, facts: Facts = {}): void {
    if (!this.full) this.faults.push(this.finding(code, at, facts));
  }

  warn(code: TemplateFaultCode, at: number, facts: Facts = {}): void {
    if (this.warnings.length < MOST) this.warnings.push(this.finding(code, at, facts));
  }

  private finding(code: TemplateFaultCode, at: number, facts: Facts): TemplateFault {
    const starts = this.starts();
    let line = 0;
    for (let high = starts.length; high - line > 1; ) {
      const middle = (line + high) >> 1;
      if ((starts[middle] ?? 0) <= at) line = middle;
      else high = middle;
    }
    return { code, part: this.part, line: line + 1, column: at - (starts[line] ?? 0) + 1, facts };
  }

  private starts(): number[] {
    this.lineStarts ??= [0, ...[...this.source.matchAll(/\n/g)].map(({ index }) => index + 1)];
    return this.lineStarts;
  }
}
