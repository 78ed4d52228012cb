import { TankError } from '../errors.ts';
import { describeQueryFault } from './faults.ts';
import type { Dialect, Token } from './token.ts';
import { tokenize } from './tokens.ts';

/** The name of the bind that stands for the recipient key. */
export const KEY_BIND = '?';

export const bindNamesOf = (tokens: readonly Token[]): string[] => [
  ...new Set(tokens.filter(({ kind }) => kind === 'bind').map(({ text }) => text)),
];

/** Every bind once, in the order of their first occurrence; `?` is the recipient key. */
export const bindNames = (sql: string, dialect: Dialect): string[] => bindNamesOf(readTokens(sql, dialect));

/** Puts the engine's own sign in place of each bind; `index` counts the occurrences from 0. */
export const rewriteBinds = (
  sql: string,
  dialect: Dialect,
  sign: (name: string, index: number) => string,
): string => {
  let rewritten = '';
  let from = 0;
  let index = 0;
  for (const token of readTokens(sql, dialect)) {
    if (token.kind !== 'bind') continue;
    rewritten += sql.slice(from, token.start) + sign(token.text, index++);
    from = token.end;
  }
  return rewritten + sql.slice(from);
};

const readTokens = (sql: string, dialect: Dialect): readonly Token[] => {
  const { tokens, faults } = tokenize(sql, dialect);
  const [fault] = faults;
  if (fault)
    throw new TankError('query_refused', {
      query: 'given',
      reason: describeQueryFault(fault, 'en'),
      reason_ko: describeQueryFault(fault, 'ko'),
    });
  return tokens;
};

/** The query on its own: without comments, which would swallow what is put behind it, and without its semicolon. */
export const normalizedSql = (sql: string, tokens: readonly Token[]): string => {
  let text = '';
  let from = 0;
  for (const token of tokens) {
    const dropped = token.kind === 'semicolon' || (token.kind === 'comment' && token.text !== HINT);
    if (!dropped) continue;
    text += `${sql.slice(from, token.start)} `;
    from = token.end;
  }
  return (text + sql.slice(from)).trim();
};

/** Oracle reads advice to its optimizer from such a comment. */
const HINT = '/*+';
