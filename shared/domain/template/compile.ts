import { DEFAULT_ZONE } from '../automation.ts';
import type { TemplateFault } from './faults.ts';
import { Findings } from './findings.ts';
import { cutHoles } from './holes.ts';
import { HtmlCompiler } from './html-compiler.ts';
import type { MailTemplate, ValueReference } from './program.ts';
import { SlotTable } from './slots.ts';
import type { KnownNames } from './values.ts';

export interface TemplateSource {
  readonly subject: string;
  readonly html: string;
}

export interface CompiledTemplate {
  /** None when there are faults. */
  readonly template?: MailTemplate;
  readonly faults: readonly TemplateFault[];
  readonly warnings: readonly TemplateFault[];
}

/** Mail programs cut a mail off at about 100 KB; twenty times that is no letter any more. */
export const TEMPLATE_LIMIT = 2 * 1024 * 1024;
/** A header of this length is refused by every server. */
export const SUBJECT_LIMIT = 2000;

/** Reads a template once, for all mails of a run; dates are shown in the zone. */
export const compileTemplate = (
  source: TemplateSource,
  known: KnownNames,
  zone: string = DEFAULT_ZONE,
): CompiledTemplate => {
  const tooLarge = faultsOfSize(source);
  if (tooLarge.length > 0) return { faults: tooLarge, warnings: [] };
  const slots = new SlotTable(known);
  const inSubject = new Findings('subject', source.subject);
  const inHtml = new Findings('html', source.html);
  const subject = compileSubject(source.subject, slots, inSubject);
  const lists = new Set(Object.keys(known.lists));
  const programs = new HtmlCompiler(source.html, slots, lists, inHtml).compile();
  const faults = [...inSubject.faults, ...inHtml.faults];
  const warnings = [...inSubject.warnings, ...inHtml.warnings];
  if (faults.length > 0) return { faults, warnings };
  const template = { zone, slots: slots.slots, lists: slots.lists, texts: slots.texts, subject, ...programs };
  return { template, faults, warnings };
};

const faultsOfSize = ({ subject, html }: TemplateSource): TemplateFault[] =>
  [
    { part: 'subject' as const, size: subject.length, limit: SUBJECT_LIMIT },
    { part: 'html' as const, size: html.length, limit: TEMPLATE_LIMIT },
  ]
    .filter(({ size, limit }) => size > limit)
    .map(({ part, size, limit }) => ({
      code: 'template_too_large',
      part,
      line: 1,
      column: 1,
      facts: { size, limit },
    }));

const compileSubject = (
  source: string,
  slots: SlotTable,
  findings: Findings,
): (string | ValueReference)[] => {
  const marker = /<!--\s*(?:END)?LIST\b/i.exec(source);
  if (marker) findings.fault('list_in_subject', marker.index);
  const parts: (string | ValueReference)[] = [];
  for (const piece of cutHoles(source, 0, source.length)) {
    if (piece.kind === 'unclosed') findings.warn('unclosed_variable', piece.start);
    if (piece.kind !== 'hole') {
      parts.push(source.slice(piece.start, piece.end));
      continue;
    }
    const reference = slots.resolve(piece, undefined, findings);
    if (reference?.kind === 'text') findings.fault('text_outside_body', piece.start, { name: piece.name });
    else if (reference) parts.push(reference);
  }
  return parts;
};
