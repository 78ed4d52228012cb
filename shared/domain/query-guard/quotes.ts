import { type QueryFault, queryFault } from './faults.ts';
import type { Dialect, Token } from './token.ts';

/** A comment at this place; PostgreSQL's nest. */
export const scanComment = (sql: string, at: number, dialect: Dialect): Token | QueryFault | undefined => {
  if (sql.startsWith('--', at)) {
    const end = /[\r\n]|$/g;
    end.lastIndex = at;
    return { kind: 'comment', start: at, end: end.exec(sql)?.index ?? sql.length, text: '--' };
  }
  if (!sql.startsWith('/*', at)) return undefined;
  const end = dialect === 'postgres' ? endOfNested(sql, at) : sql.indexOf('*/', at + 2) + 2;
  if (end < at + 4) return queryFault('unterminated', at, { what: 'comment' });
  return { kind: 'comment', start: at, end, text: sql.slice(at, at + 3) };
};

const endOfNested = (sql: string, start: number): number => {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(sql); mark; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return -1;
};

/** A string or a quoted identifier at this place. Only reached where no word is being read, so `q'` is a prefix here. */
export const scanQuoted = (sql: string, at: number, dialect: Dialect): Token | QueryFault | undefined => {
  const sign = sql[at] ?? '';
  if (sign === "'") return quoted(sql, at, at, "'", 'string');
  if (sign === '"') return quoted(sql, at, at, '"', 'identifier');
  if (dialect === 'sqlite' && sign === '`') return quoted(sql, at, at, '`', 'identifier');
  if (dialect === 'sqlite' && sign === '[') return bracketed(sql, at);
  if (dialect === 'postgres' && sign === '$') return dollarQuoted(sql, at);
  return prefixed(sql, at, dialect);
};

const ORACLE_Q = /[nN]?[qQ]'/y;
const ESCAPED = /[eE]'/y;
const UNICODE = /[uU]&['"]/y;
/** National, binary and hexadecimal strings are written like any other. */
const PREFIX = /[nNbBxX]'/y;

const prefixed = (sql: string, at: number, dialect: Dialect): Token | QueryFault | undefined => {
  const starts = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0].length ?? 0;
  };
  const oracleQ = dialect === 'oracle' ? starts(ORACLE_Q) : 0;
  if (oracleQ > 0) return alternative(sql, at, at + oracleQ);
  if (dialect === 'postgres' && starts(ESCAPED) > 0) return escaped(sql, at);
  if (dialect === 'postgres' && starts(UNICODE) > 0)
    return queryFault('foreign_literal', at, { literal: 'U&' });
  return starts(PREFIX) > 0 ? quoted(sql, at, at + 1, "'", 'string') : undefined;
};

/** The quote doubled stands for itself. */
const quoted = (
  sql: string,
  start: number,
  open: number,
  quote: string,
  kind: 'string' | 'identifier',
): Token | QueryFault => {
  let close = sql.indexOf(quote, open + 1);
  while (close >= 0 && sql[close + 1] === quote) close = sql.indexOf(quote, close + 2);
  if (close < 0) return queryFault('unterminated', start, { what: kind });
  const text = sql.slice(open + 1, close).replaceAll(quote + quote, quote);
  return { kind, start, end: close + 1, text };
};

const bracketed = (sql: string, start: number): Token | QueryFault => {
  const close = sql.indexOf(']', start);
  if (close < 0) return queryFault('unterminated', start, { what: 'identifier' });
  return { kind: 'identifier', start, end: close + 1, text: sql.slice(start + 1, close) };
};

const CLOSERS: Readonly<Record<string, string>> = { '[': ']', '{': '}', '(': ')', '<': '>' };

/** Oracle's q'[…]': any character opens, and closes together with the quote. */
const alternative = (sql: string, start: number, open: number): Token | QueryFault => {
  const delimiter = String.fromCodePoint(sql.codePointAt(open) ?? 0);
  const from = open + delimiter.length;
  const close = /^[\s'\0]$/.test(delimiter) ? -1 : sql.indexOf(`${CLOSERS[delimiter] ?? delimiter}'`, from);
  if (close < 0) return queryFault('unterminated', start, { what: 'string' });
  return { kind: 'string', start, end: close + delimiter.length + 1, text: sql.slice(from, close) };
};

/** PostgreSQL's E'…': a backslash takes the next character with it. */
const escaped = (sql: string, start: number): Token | QueryFault => {
  for (let at = start + 2; at < sql.length; at++) {
    if (sql[at] === '\\') at++;
    else if (sql[at] === "'" && sql[at + 1] === "'") at++;
    else if (sql[at] === "'") return { kind: 'string', start, end: at + 1, text: sql.slice(start + 2, at) };
  }
  return queryFault('unterminated', start, { what: 'string' });
};

const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{M}\p{N}_]*)?\$/uy;

const dollarQuoted = (sql: string, start: number): Token | QueryFault | undefined => {
  DOLLAR_TAG.lastIndex = start;
  const tag = DOLLAR_TAG.exec(sql)?.[0];
  if (tag === undefined) return undefined;
  const close = sql.indexOf(tag, start + tag.length);
  if (close < 0) return queryFault('unterminated', start, { what: 'string' });
  return { kind: 'string', start, end: close + tag.length, text: sql.slice(start + tag.length, close) };
};
