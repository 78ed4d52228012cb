import type { Findings } from './findings.ts';

const names = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const VOID = names('area base br col embed hr img input link meta param source track wbr');
/** HTML lets these end by themselves. */
const OPTIONAL = names('p li dt dd tr td th thead tbody tfoot colgroup option optgroup body html head');

interface Open {
  readonly name: string;
  readonly at: number;
}

/** Warns of tags that do not pair. A browser copes somehow; the author rarely meant it. */
export class Elements {
  private readonly open: Open[] = [];
  private readonly findings: Findings;
  private depth = 0;
  private depthOfList = 0;

  constructor(findings: Findings) {
    this.findings = findings;
  }

  opened(name: string, at: number): void {
    if (VOID.has(name)) return;
    this.open.push({ name, at });
    if (!OPTIONAL.has(name)) this.depth++;
  }

  closed(name: string, at: number): void {
    // Searched from the end: well-formed HTML finds its tag at once, and an odd page stays linear by the bound.
    const bottom = Math.max(0, this.open.length - 512);
    for (let index = this.open.length - 1; index >= bottom; index--) {
      if (this.open[index]?.name !== name) continue;
      const ended = this.open.splice(index);
      this.depth -= ended.filter((element) => !OPTIONAL.has(element.name)).length;
      for (const left of ended.slice(1)) this.warnUnclosed(left);
      return;
    }
    if (name !== 'p' && name !== 'br') this.findings.warn('stray_end_tag', at, { element: name });
  }

  listStarted(): void {
    this.depthOfList = this.depth;
  }

  listEnded(list: string, at: number): void {
    if (this.depth !== this.depthOfList) this.findings.warn('list_cuts_element', at, { name: list });
  }

  finish(): void {
    for (const left of this.open) this.warnUnclosed(left);
  }

  private warnUnclosed({ name, at }: Open): void {
    if (!OPTIONAL.has(name)) this.findings.warn('unclosed_element', at, { element: name });
  }
}
