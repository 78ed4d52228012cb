import { decodeQuoted } from './charset.ts';
import { messageFault } from './fault.ts';
import { type Field, onlyField, readHead } from './head.ts';
import { type Parameters, readParameters } from './parameters.ts';

/** A part that holds no others. */
export interface Leaf {
  readonly type: Parameters;
  readonly disposition: Parameters;
  readonly content: Buffer;
}

const MAX_PARTS = 200;
const MAX_DEPTH = 10;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Bounded before anything is decoded: how deep, how many. Each level reads its bytes once. */
export const leavesOf = (mail: string, fields: readonly Field[], body: Span): Leaf[] => {
  const leaves: Leaf[] = [];
  const budget = { parts: 0 };
  collect(mail, fields, body, 0, budget, leaves);
  return leaves;
};

const collect = (
  mail: string,
  fields: readonly Field[],
  body: Span,
  depth: number,
  budget: { parts: number },
  leaves: Leaf[],
): void => {
  budget.parts += 1;
  if (budget.parts > MAX_PARTS) throw messageFault('too_many_parts');
  if (depth > MAX_DEPTH) throw messageFault('too_deep');
  const type = readParameters(onlyField(fields, 'content-type') ?? 'text/plain');
  if (/^multipart\/(signed|encrypted)$|^application\/(x-)?pkcs7-mime$/.test(type.value))
    throw messageFault('sealed');
  if (!type.value.startsWith('multipart/')) {
    leaves.push(leafOf(mail, fields, body, type));
    return;
  }
  for (const span of splitAt(mail, body, boundaryOf(type))) {
    const head = readHead(mail, span.start, span.end);
    collect(mail, head.fields, { start: head.bodyStart, end: span.end }, depth + 1, budget, leaves);
  }
};

const boundaryOf = ({ named }: Parameters): string => {
  const boundary = named.get('boundary') ?? '';
  if (!/^[ -~]{1,70}$/.test(boundary)) throw messageFault('boundary');
  return boundary;
};

const splitAt = (mail: string, { start, end }: Span, boundary: string): Span[] => {
  const mark = `--${boundary}`;
  // A view of this part alone: a boundary that is not there must not be looked for in all that follows.
  const body = mail.slice(start, end);
  const spans: Span[] = [];
  let open: number | undefined;
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) {
    if (at > 0 && body[at - 1] !== '\n') continue;
    const line = /^(--)?[ \t]*(?:\r?\n|$)/.exec(body.slice(at + mark.length, at + mark.length + MAX_PADDING));
    if (!line) continue;
    if (open !== undefined) spans.push({ start: start + open, end: start + withoutLineEnd(body, open, at) });
    if (spans.length > MAX_PARTS) throw messageFault('too_many_parts');
    if (line[1] !== undefined) return spans;
    open = at + mark.length + line[0].length;
  }
  if (open !== undefined) spans.push({ start: start + open, end });
  return spans;
};

const MAX_PADDING = 80;

/** The line end before a boundary belongs to the boundary. */
const withoutLineEnd = (body: string, start: number, at: number): number => {
  const end = body[at - 1] === '\n' ? (body[at - 2] === '\r' ? at - 2 : at - 1) : at;
  return Math.max(start, end);
};

const leafOf = (mail: string, fields: readonly Field[], body: Span, type: Parameters): Leaf => ({
  type,
  disposition: readParameters(onlyField(fields, 'content-disposition') ?? ''),
  content: decodeBody(
    mail.slice(body.start, body.end),
    (onlyField(fields, 'content-transfer-encoding') ?? '7bit').trim().toLowerCase(),
  ),
});

const decodeBody = (text: string, encoding: string): Buffer => {
  switch (encoding) {
    case '':
    case '7bit':
    case '8bit':
    case 'binary':
      return Buffer.from(text, 'latin1');
    case 'base64':
      return Buffer.from(text, 'base64');
    case 'quoted-printable':
      return decodeQuoted(text);
    default:
      throw messageFault('encoding');
  }
};
