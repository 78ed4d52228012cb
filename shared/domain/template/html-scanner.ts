/**
 * Cuts HTML into tokens as a browser would (WHATWG tokenization, without building a tree), so that a value is
 * escaped for the place where the browser will read it. Linear in the length of the source.
 */
export interface Attribute {
  readonly name: string;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly quoted: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

export type HtmlToken =
  /** Character data; `element` when it is inside <title> or <textarea>, where no tags are read. */
  | (Span & { readonly kind: 'text'; readonly element?: string })
  /** The content of <script>, <style> and the like. */
  | (Span & { readonly kind: 'raw'; readonly element: string })
  | (Span & {
      readonly kind: 'open';
      readonly name: string;
      readonly attributes: readonly Attribute[];
      readonly closed: boolean;
    })
  | (Span & { readonly kind: 'close'; readonly name: string; readonly closed: boolean })
  | (Span & { readonly kind: 'comment'; readonly content: string; readonly closed: boolean })
  /** `<!--[if mso]>` and its end: what lies between is HTML for one mail program. */
  | (Span & { readonly kind: 'condition'; readonly opens: boolean })
  | (Span & { readonly kind: 'declaration' });

const RAW_ELEMENTS = new Set([
  'script',
  'style',
  'xmp',
  'iframe',
  'noembed',
  'noframes',
  'noscript',
  'plaintext',
]);
const TEXT_ELEMENTS = new Set(['title', 'textarea']);

export const scanHtml = (source: string): HtmlToken[] => {
  const tokens: HtmlToken[] = [];
  let at = 0;
  while (at < source.length) {
    const token = tokenAt(source, at);
    tokens.push(token);
    at = token.end;
    if (token.kind !== 'open') continue;
    const content = contentOf(source, at, token.name);
    if (content && content.end > at) tokens.push(content);
    if (content) at = content.end;
  }
  return tokens;
};

const tokenAt = (source: string, at: number): HtmlToken => {
  if (source[at] !== '<') return textFrom(source, at, at);
  const next = source[at + 1] ?? '';
  if (isLetter(next)) return tagAt(source, at);
  if (next === '/') return endTagAt(source, at);
  if (source.startsWith('<!--', at)) return commentAt(source, at);
  if (source.startsWith('<![endif]', at)) return endOfConditionAt(source, at);
  if (next === '!' || next === '?') return declarationAt(source, at);
  return textFrom(source, at, at + 1);
};

const isLetter = (char: string): boolean => /^[A-Za-z]$/.test(char);

const textFrom = (source: string, start: number, searchFrom: number): HtmlToken => {
  const next = source.indexOf('<', searchFrom);
  return { kind: 'text', start, end: next < 0 ? source.length : next };
};

const endTagAt = (source: string, start: number): HtmlToken => {
  if (!isLetter(source[start + 2] ?? '')) return declarationAt(source, start);
  const name = nameAt(source, start + 2);
  const close = source.indexOf('>', start);
  const end = close < 0 ? source.length : close + 1;
  return { kind: 'close', name, start, end, closed: close >= 0 };
};

const declarationAt = (source: string, start: number): HtmlToken => {
  const close = source.indexOf('>', start);
  return { kind: 'declaration', start, end: close < 0 ? source.length : close + 1 };
};

const endOfConditionAt = (source: string, start: number): HtmlToken => {
  const close = source.indexOf('>', start) + 1 || source.length;
  const end = source.startsWith('-->', close - 1)
    ? close + 2
    : source.startsWith('-->', close)
      ? close + 3
      : close;
  return { kind: 'condition', opens: false, start, end };
};

const CONDITION = /<!--\[if [^\]>]*\]>/y;

const commentAt = (source: string, start: number): HtmlToken => {
  CONDITION.lastIndex = start;
  const condition = CONDITION.exec(source);
  if (condition) return conditionAt(source, start, start + condition[0].length);
  const empty = source.startsWith('<!-->', start) ? 5 : source.startsWith('<!--->', start) ? 6 : 0;
  if (empty > 0) return { kind: 'comment', content: '', closed: true, start, end: start + empty };
  const close = source.indexOf('-->', start + 4);
  const end = close < 0 ? source.length : close + 3;
  const content = source.slice(start + 4, close < 0 ? source.length : close);
  if (content.trim() === '<![endif]') return { kind: 'declaration', start, end };
  return { kind: 'comment', content, closed: close >= 0, start, end };
};

/** `<!--[if !mso]><!-->` and `<!--[if !mso]>-->` show what follows to everyone: nothing is hidden. */
const conditionAt = (source: string, start: number, end: number): HtmlToken => {
  for (const reveal of ['<!-->', '-->']) {
    if (source.startsWith(reveal, end)) return { kind: 'declaration', start, end: end + reveal.length };
  }
  return { kind: 'condition', opens: true, start, end };
};

const contentOf = (source: string, start: number, element: string): HtmlToken | undefined => {
  const raw = RAW_ELEMENTS.has(element);
  if (!raw && !TEXT_ELEMENTS.has(element)) return undefined;
  const closing = new RegExp(`</${element}[\\s/>]`, 'gi');
  closing.lastIndex = start;
  const end = closing.exec(source)?.index ?? source.length;
  return { kind: raw ? 'raw' : 'text', element, start, end };
};

const nameAt = (source: string, start: number): string => {
  let end = start;
  while (end < source.length && !/[\s/>]/.test(source[end] ?? '')) end++;
  return source.slice(start, end).toLowerCase();
};

const tagAt = (source: string, start: number): HtmlToken => {
  const name = nameAt(source, start + 1);
  const attributes: Attribute[] = [];
  let at = start + 1 + name.length;
  while (at < source.length) {
    const char = source[at] ?? '';
    if (char === '>') return { kind: 'open', name, attributes, start, end: at + 1, closed: true };
    if (/[\s/]/.test(char)) {
      at++;
      continue;
    }
    const attribute = attributeAt(source, at);
    attributes.push(attribute);
    at = attribute.valueEnd + (attribute.quoted ? 1 : 0);
  }
  return { kind: 'open', name, attributes, start, end: source.length, closed: false };
};

const attributeAt = (source: string, start: number): Attribute => {
  // A leading "=" is part of the name, as browsers read it.
  let at = start + 1;
  while (at < source.length && !/[\s/>=]/.test(source[at] ?? '')) at++;
  const name = source.slice(start, at).toLowerCase();
  const equals = skipSpace(source, at);
  if (source[equals] !== '=') return { name, valueStart: at, valueEnd: at, quoted: false };
  return { name, ...valueAt(source, skipSpace(source, equals + 1)) };
};

const valueAt = (source: string, at: number): Omit<Attribute, 'name'> => {
  const quote = source[at] ?? '';
  if (quote === '"' || quote === "'") {
    const close = source.indexOf(quote, at + 1);
    return { valueStart: at + 1, valueEnd: close < 0 ? source.length : close, quoted: true };
  }
  let end = at;
  while (end < source.length && !/[\s>]/.test(source[end] ?? '')) end++;
  return { valueStart: at, valueEnd: end, quoted: false };
};

const skipSpace = (source: string, start: number): number => {
  let at = start;
  while (/\s/.test(source[at] ?? '')) at++;
  return at;
};
