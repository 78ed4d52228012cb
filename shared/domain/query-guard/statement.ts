import { bindNamesOf, normalizedSql } from './binds.ts';
import { type QueryFault, queryFault } from './faults.ts';
import type { Dialect, Token } from './token.ts';
import { tokenize } from './tokens.ts';

export type Guarded =
  | { readonly ok: true; readonly sql: string; readonly binds: readonly string[] }
  | { readonly ok: false; readonly faults: readonly QueryFault[] };

type Check = (tokens: readonly Token[], dialect: Dialect) => readonly QueryFault[];

/** Reads one statement, applies the checks to its tokens without comments and the final semicolon, and gives it back bare. */
export const guardStatement = (sql: string, dialect: Dialect, checks: readonly Check[]): Guarded => {
  const { tokens, faults } = tokenize(sql, dialect);
  if (faults.length > 0) return { ok: false, faults };
  const code = tokens.filter(({ kind }) => kind !== 'comment');
  const statement = code.at(-1)?.kind === 'semicolon' ? code.slice(0, -1) : code;
  if (statement.length === 0) return { ok: false, faults: [queryFault('empty', 0)] };
  const found = [oneStatement, pairedParentheses, ...checks].flatMap((check) => check(statement, dialect));
  if (found.length > 0) return { ok: false, faults: found };
  return { ok: true, sql: normalizedSql(sql, tokens), binds: bindNamesOf(statement) };
};

const oneStatement: Check = (tokens) => {
  const semicolon = tokens.find(({ kind }) => kind === 'semicolon');
  return semicolon ? [queryFault('two_statements', semicolon.start)] : [];
};

/** A query is put into parentheses: one that closes more than it opens would break out. */
const pairedParentheses: Check = (tokens) => {
  let depth = 0;
  for (const { kind, start } of tokens) {
    if (kind === 'open') depth++;
    if (kind === 'close' && --depth < 0) return [queryFault('parentheses', start)];
  }
  return depth > 0 ? [queryFault('parentheses', tokens.at(-1)?.end ?? 0)] : [];
};
