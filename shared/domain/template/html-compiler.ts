import { nearest } from '../nearest.ts';
import { Elements } from './elements.ts';
import { decodeEntities } from './entities.ts';
import type { TemplateFaultCode } from './faults.ts';
import type { Findings } from './findings.ts';
import { cutHoles, type Hole } from './holes.ts';
import { HtmlBuilder } from './html-builder.ts';
import { type Attribute, type HtmlToken, scanHtml } from './html-scanner.ts';
import { readListMarker } from './list-marker.ts';
import { placeInAttribute } from './places.ts';
import type { Instruction, Place, Reference, UrlPart } from './program.ts';
import type { SlotTable } from './slots.ts';
import { TextBuilder } from './text-builder.ts';

type Token<K extends HtmlToken['kind']> = Extract<HtmlToken, { kind: K }>;

/** Reads the HTML once and writes both programs from it. */
export class HtmlCompiler {
  private readonly html = new HtmlBuilder();
  private readonly text = new TextBuilder();
  private readonly elements: Elements;
  private readonly source: string;
  private readonly slots: SlotTable;
  private readonly findings: Findings;
  private readonly lists: ReadonlySet<string>;
  private list: { readonly name: string; readonly at: number } | undefined;
  /** Between `<!--[if mso]>` and its end: half a table, for one mail program only. */
  private conditional = false;

  constructor(source: string, slots: SlotTable, lists: ReadonlySet<string>, findings: Findings) {
    this.source = source;
    this.slots = slots;
    this.lists = lists;
    this.findings = findings;
    this.elements = new Elements(findings);
  }

  compile(): { readonly html: readonly Instruction[]; readonly text: readonly Instruction[] } {
    for (const token of scanHtml(this.source)) this.token(token);
    if (this.list) {
      this.findings.fault('list_not_ended', this.list.at, { name: this.list.name });
      this.endList();
    }
    this.elements.finish();
    return { html: this.html.finish(), text: this.text.finish() };
  }

  private token(token: HtmlToken): void {
    switch (token.kind) {
      case 'text':
        this.characters(token);
        break;
      case 'raw':
        this.refuseHoles(token.start, token.end, 'variable_in_script', { element: token.element });
        break;
      case 'open':
        this.openTag(token);
        break;
      case 'close':
        this.closeTag(token);
        break;
      case 'comment':
        this.comment(token);
        break;
      case 'condition':
        this.conditional = token.opens;
        this.refuseHoles(token.start, token.end, 'variable_in_tag');
        break;
      case 'declaration':
        this.refuseHoles(token.start, token.end, 'variable_in_tag');
    }
  }

  private characters({ start, end, element }: Token<'text'>): void {
    const shown = element === undefined && !this.conditional;
    for (const piece of cutHoles(this.source, start, end)) {
      if (piece.kind === 'hole') this.valueInText(piece, element, shown);
      else this.words(piece.start, piece.end, shown);
      if (piece.kind === 'unclosed') this.findings.warn('unclosed_variable', piece.start);
    }
  }

  private words(start: number, end: number, shown: boolean): void {
    const written = this.source.slice(start, end);
    this.html.static(written);
    if (shown) this.text.words(written);
  }

  private valueInText(hole: Hole, element: string | undefined, shown: boolean): void {
    const reference = this.slots.resolve(hole, this.list?.name, this.findings);
    if (!reference) return;
    if (reference.kind === 'text' && element !== undefined) {
      this.findings.fault('text_outside_body', hole.start, { name: hole.name });
      return;
    }
    this.html.write(reference, 'html');
    if (shown) this.text.write(reference, 'html');
  }

  private refuseHoles(
    start: number,
    end: number,
    code: TemplateFaultCode,
    facts: Record<string, string> = {},
  ): void {
    for (const piece of cutHoles(this.source, start, end)) {
      if (piece.kind === 'hole') this.findings.fault(code, piece.start, { name: piece.name, ...facts });
    }
    this.html.static(this.source.slice(start, end));
  }

  private openTag(token: Token<'open'>): void {
    const { name, start, end } = token;
    if (!token.closed) this.findings.warn('unclosed_tag', start, { element: name });
    const urls = this.attributes(token);
    if (this.conditional) return;
    if (token.attributes.some((attribute) => attribute.name.includes('<'))) {
      this.findings.warn('unclosed_tag', start, { element: name });
    }
    if (!this.source.startsWith('/>', end - 2)) this.elements.opened(name, start);
    this.text.open(name);
    const href = urls.get('href');
    if (name === 'a' && href) this.text.linkStart(href);
    if (name === 'img') for (const part of urls.get('alt') ?? []) this.part(part);
  }

  private part(part: UrlPart): void {
    if (typeof part === 'string') this.text.words(part);
    else this.text.write(part.reference, part.place);
  }

  /** Writes the tag, and gives back the parts of the attributes that the plain text shows. */
  private attributes(token: Token<'open'>): ReadonlyMap<string, UrlPart[]> {
    const shown = new Map<string, UrlPart[]>();
    let from = token.start;
    for (const attribute of token.attributes) {
      if (!attribute.quoted || !token.closed) continue;
      this.refuseHoles(from, attribute.valueStart, 'variable_in_tag');
      shown.set(attribute.name, this.attributeValue(attribute));
      from = attribute.valueEnd;
    }
    this.refuseHoles(from, token.end, 'variable_in_tag');
    return shown;
  }

  private attributeValue({ name, valueStart, valueEnd }: Attribute): UrlPart[] {
    const parts: UrlPart[] = [];
    let before: string | undefined;
    for (const piece of cutHoles(this.source, valueStart, valueEnd)) {
      const written = this.source.slice(piece.start, piece.end);
      if (piece.kind !== 'hole') {
        if (piece.kind === 'unclosed') this.findings.warn('unclosed_variable', piece.start);
        this.html.static(written);
        parts.push(decodeEntities(written));
        continue;
      }
      const first = before === undefined;
      before ??= this.source.slice(valueStart, piece.start);
      const filled = this.valueInAttribute(piece, name, before, first);
      if (filled) parts.push(filled);
    }
    return parts;
  }

  private valueInAttribute(
    hole: Hole,
    attribute: string,
    before: string,
    first: boolean,
  ): UrlPart | undefined {
    const decided = placeInAttribute(attribute, before, first);
    if ('fault' in decided) {
      this.findings.fault(decided.fault, hole.start, { name: hole.name, attribute });
      return undefined;
    }
    const reference = this.slots.resolve(hole, this.list?.name, this.findings);
    if (reference?.kind === 'text') this.findings.fault('text_outside_body', hole.start, { name: hole.name });
    if (!reference || reference.kind === 'text') return undefined;
    return this.fill(reference, decided.place);
  }

  private fill(reference: Exclude<Reference, { kind: 'text' }>, place: Place): UrlPart {
    this.html.write(reference, place);
    return { reference, place };
  }

  private closeTag({ name, start, end, closed }: Token<'close'>): void {
    this.refuseHoles(start, end, 'variable_in_tag');
    if (!closed) this.findings.warn('unclosed_tag', start, { element: `/${name}` });
    if (this.conditional) return;
    this.elements.closed(name, start);
    this.text.close(name);
  }

  /** Ordinary comments stay behind: they may hold notes, or a piece of the template that was switched off. */
  private comment({ content, closed, start }: Token<'comment'>): void {
    if (!closed) this.findings.warn('unclosed_comment', start);
    const marker = readListMarker(content);
    if (marker.kind === 'start') this.startList(marker.name, start);
    else if (marker.kind === 'end') this.listMarkerEnd(start);
    else if (marker.kind === 'malformed') {
      this.findings.fault('malformed_list_marker', start, { text: `<!--${content.slice(0, 60)}-->` });
    }
  }

  private startList(name: string, at: number): void {
    if (!this.lists.has(name)) {
      const meant = nearest(name, this.lists);
      if (meant === undefined) this.findings.fault('unknown_list', at, { name });
      else this.findings.fault('unknown_list_near', at, { name, nearest: meant });
    }
    if (this.list) {
      this.findings.fault('list_in_list', at, { name });
      this.endList();
    }
    this.list = { name, at };
    this.elements.listStarted();
    this.html.listStart();
    this.text.listStart();
  }

  private listMarkerEnd(at: number): void {
    if (!this.list) {
      this.findings.fault('end_without_list', at);
      return;
    }
    this.elements.listEnded(this.list.name, at);
    this.endList();
  }

  private endList(): void {
    const list = this.slots.list(this.list?.name ?? '');
    this.list = undefined;
    this.html.listEnd(list);
    this.text.listEnd(list);
  }
}
