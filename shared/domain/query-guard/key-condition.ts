import { KEY_BIND } from './binds.ts';
import type { Token } from './token.ts';

/** Changes of a column's or a bind's form that keep a key a key: CHAR padding, text for a number. */
const CONVERSIONS = new Set(['TRIM', 'RTRIM', 'LTRIM', 'TO_CHAR', 'TO_NUMBER', 'CAST', 'UPPER', 'LOWER']);
const NO_COLUMNS = new Set(['NULL', 'TRUE', 'FALSE', 'SYSDATE', 'USER', 'ROWNUM', 'LEVEL']);

/** True when the condition holds for the rows of the key only: `column = :KEY`, alone or joined to more by AND. */
export const demandsKey = (condition: readonly Token[], keyColumn: string): boolean => {
  const parts = splitByAnd(condition);
  return parts?.some((part) => isKeyComparison(part, keyColumn)) ?? false;
};

/** The parts joined by AND on this level; undefined when an OR widens the condition. */
const splitByAnd = (tokens: readonly Token[]): Token[][] | undefined => {
  const parts: Token[][] = [[]];
  const words = wordsOfLevel(tokens);
  if (words.includes('OR')) return undefined;
  let cases = 0;
  let between = false;
  for (const [index, token] of tokens.entries()) {
    const word = words[index];
    // What stands between CASE and END is never cut: its AND joins other conditions.
    if (word === 'CASE') cases++;
    if (word === 'END') cases--;
    // The AND of a BETWEEN joins its bounds.
    if (word === 'AND' && cases === 0 && !between) parts.push([]);
    else parts.at(-1)?.push(token);
    between = word === 'BETWEEN' || (between && word !== 'AND');
  }
  return parts;
};

/** Beside each token its word, where it is one outside of all parentheses. */
const wordsOfLevel = (tokens: readonly Token[]): string[] => {
  let depth = 0;
  return tokens.map(({ kind }, index) => {
    if (kind === 'open') depth++;
    if (kind === 'close') depth--;
    return depth === 0 ? keywordAt(tokens, index) : '';
  });
};

/** `t.CASE` is a column. */
const keywordAt = (tokens: readonly Token[], index: number): string => {
  const token = tokens[index];
  return token?.kind === 'word' && tokens[index - 1]?.text !== '.' ? token.text : '';
};

const isKeyComparison = (part: readonly Token[], keyColumn: string): boolean => {
  const inner = withoutParentheses(part);
  if (inner.length < part.length) return demandsKey(inner, keyColumn);
  const equals = part.findIndex((token) => token.kind === 'operator' && token.text === '=');
  if (equals < 0) return false;
  const left = withoutConversion(part.slice(0, equals));
  const right = withoutConversion(part.slice(equals + 1));
  return (isColumn(left) && isKey(right, keyColumn)) || (isKey(left, keyColumn) && isColumn(right));
};

/** Strips a pair that encloses everything. */
const withoutParentheses = (tokens: readonly Token[]): readonly Token[] => {
  if (tokens[0]?.kind !== 'open') return tokens;
  let depth = 0;
  const close = tokens.findIndex(({ kind }) => {
    depth += kind === 'open' ? 1 : kind === 'close' ? -1 : 0;
    return depth === 0;
  });
  return close === tokens.length - 1 ? tokens.slice(1, -1) : tokens;
};

/** `TRIM(x)`, `CAST(x AS type)`, `x::type` are x. */
const withoutConversion = (tokens: readonly Token[]): readonly Token[] => {
  const [name, open] = tokens;
  if (name?.kind === 'word' && open?.kind === 'open' && CONVERSIONS.has(name.text)) {
    const inner = withoutParentheses(tokens.slice(1));
    if (inner.length === tokens.length - 1) return tokens;
    const as = inner.findIndex(({ kind, text }) => kind === 'word' && text === 'AS');
    return withoutConversion(name.text === 'CAST' && as > 0 ? inner.slice(0, as) : inner);
  }
  const cast = tokens.findIndex(({ kind, text }) => kind === 'operator' && text === '::');
  return cast > 0 && isType(tokens.slice(cast + 1)) ? tokens.slice(0, cast) : tokens;
};

/** `bigint`, `numeric(20,0)`. */
const isType = ([name, ...size]: readonly Token[]): boolean =>
  name?.kind === 'word' &&
  size.every(({ kind, text }) => kind === 'open' || kind === 'close' || kind === 'number' || text === ',');

const isKey = (tokens: readonly Token[], keyColumn: string): boolean => {
  const [bind] = tokens;
  if (tokens.length !== 1 || bind?.kind !== 'bind') return false;
  return bind.text === KEY_BIND || bind.text.toUpperCase() === keyColumn.toUpperCase();
};

/** `COLUMN`, `t.COLUMN` or `schema.table.COLUMN`. */
const isColumn = (tokens: readonly Token[]): boolean =>
  tokens.length % 2 === 1 &&
  tokens.every(({ kind, text }, index) =>
    index % 2 === 1
      ? kind === 'operator' && text === '.'
      : kind === 'identifier' || (kind === 'word' && !NO_COLUMNS.has(text)),
  );
