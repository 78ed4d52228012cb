import { ByteWriter } from './byte-writer.ts';
import { type FilledValues, fillValues } from './fill.ts';
import { htmlToText } from './html-to-text.ts';
import type { Instruction, MailTemplate, Place, UrlPart, ValueReference } from './program.ts';
import { TextWriter } from './text-writer.ts';
import { checkCss, checkLink, urlPart } from './url-value.ts';
import type { MailValues } from './values.ts';

export interface RenderedMail {
  readonly subject: string;
  readonly html: Uint8Array;
  readonly text: Uint8Array;
}

/** What a value is looked up in: the mail, and within a list its current row. */
interface Scope {
  readonly template: MailTemplate;
  readonly filled: FilledValues;
  readonly list: number;
  row: readonly string[];
}

/** One buffer serves all mails: rendering is synchronous, and each mail takes its own copy. */
const out = new ByteWriter();
const layout = new TextWriter(out);

/** Fills one mail. Throws value_missing or value_unformattable, which drop this recipient and no other. */
export const renderMail = (template: MailTemplate, values: MailValues): RenderedMail => {
  const scope = { template, filled: fillValues(template, values), list: -1, row: [] };
  out.reset();
  runHtml(template.html, scope);
  const border = out.position;
  layout.reset();
  runText(template.text, scope);
  layout.finish();
  const both = out.copy();
  return { subject: subjectOf(scope), html: both.subarray(0, border), text: both.subarray(border) };
};

const NO_VALUES: Scope = {
  template: { zone: 'UTC', slots: [], lists: [], texts: [], subject: [], html: [], text: [] },
  filled: { values: [], lists: [], texts: [] },
  list: -1,
  row: [],
};

/** The plain text of HTML that is no template: `$(` in it means nothing. */
export const textOfHtml = (html: string): Uint8Array => {
  out.reset();
  layout.reset();
  runText(htmlToText(html), NO_VALUES);
  layout.finish();
  return out.copy();
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: a line break here would begin a new header
const CONTROLS = /[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

const subjectOf = (scope: Scope): string => {
  let subject = '';
  for (const part of scope.template.subject) subject += typeof part === 'string' ? part : textAt(part, scope);
  return subject.replace(CONTROLS, ' ').trim();
};

const runHtml = (program: readonly Instruction[], scope: Scope): void => {
  for (const step of program) {
    if (step.kind === 'bytes') out.bytes(step.bytes);
    else if (step.kind === 'list') runRows(step, scope, runHtml);
    else if (step.kind === 'write') {
      if (step.reference.kind === 'text') out.raw(scope.filled.texts[step.reference.text] ?? '');
      else out.html(placed(step.reference, step.place, scope));
    }
  }
};

const runText = (program: readonly Instruction[], scope: Scope): void => {
  for (const step of program) runTextStep(step, scope);
};

const runTextStep = (step: Instruction, scope: Scope): void => {
  switch (step.kind) {
    case 'bytes':
      layout.bytes(step.bytes);
      break;
    case 'write':
      if (step.reference.kind !== 'text') layout.value(placed(step.reference, step.place, scope));
      else runText(htmlToText(scope.filled.texts[step.reference.text] ?? ''), scope);
      break;
    case 'list':
      runRows(step, scope, runText);
      break;
    case 'space':
      layout.blank();
      break;
    case 'break':
      layout.breakLine(step.lines);
      break;
    case 'newline':
      layout.newline();
      break;
    case 'separator':
      layout.separator(step.always);
      break;
    case 'link':
      layout.link(step.parts.map((part) => urlText(part, scope)).join(''));
  }
};

/** One scope serves all rows: a new one for each was a tenth of the whole mail. */
const runRows = (
  { list, body }: Extract<Instruction, { kind: 'list' }>,
  { template, filled }: Scope,
  run: (program: readonly Instruction[], scope: Scope) => void,
): void => {
  const scope: Scope = { template, filled, list, row: [] };
  for (const row of filled.lists[list] ?? []) {
    scope.row = row;
    run(body, scope);
  }
};

const urlText = (part: UrlPart, scope: Scope): string =>
  typeof part === 'string' ? part : placed(part.reference, part.place, scope);

const placed = (reference: ValueReference, place: Place, scope: Scope): string => {
  const value = textAt(reference, scope);
  if (place === 'html') return value;
  if (place === 'url') return urlPart(value);
  return place === 'link'
    ? checkLink(value, labelOf(reference, scope))
    : checkCss(value, labelOf(reference, scope));
};

const textAt = (reference: ValueReference, { filled, row }: Scope): string =>
  (reference.kind === 'cell' ? row[reference.slot] : filled.values[reference.slot]) ?? '';

const labelOf = (reference: ValueReference, { template, list }: Scope): string =>
  (reference.kind === 'cell' ? template.lists[list]?.slots : template.slots)?.[reference.slot]?.label ?? '';
