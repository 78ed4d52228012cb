import { queryFault } from './faults.ts';
import { forbiddenParts } from './forbidden.ts';
import { type Guarded, guardStatement } from './statement.ts';
import type { Dialect, Token } from './token.ts';

/** A target or mapping query: one SELECT, or WITH … SELECT, that changes nothing. */
export const guardSelect = (sql: string, dialect: Dialect): Guarded =>
  guardStatement(sql, dialect, [isSelect, forbiddenParts, noInlineProgram]);

const isSelect = (tokens: readonly Token[]) => {
  const first = tokens.find(({ kind }) => kind !== 'open');
  const selects =
    first?.kind === 'word' && (first.text === 'SELECT' || (first.text === 'WITH' && mainSelect(tokens)));
  return selects ? [] : [queryFault('not_a_select', first?.start ?? 0)];
};

/** Behind the WITH's list stands a SELECT on the level of the WITH. */
const mainSelect = (tokens: readonly Token[]): boolean => {
  const base = tokens.findIndex(({ kind }) => kind !== 'open');
  let depth = 0;
  let closed = false;
  for (const token of tokens.slice(base)) {
    if (token.kind === 'open') depth++;
    if (token.kind === 'close') {
      depth--;
      closed = true;
    }
    if (closed && depth <= 0 && token.kind === 'word' && token.text === 'SELECT') return true;
  }
  return false;
};

/** Oracle lets WITH declare functions, which may do anything. */
const noInlineProgram = (tokens: readonly Token[]) =>
  tokens.flatMap((token, index) => {
    const after = tokens[index + 1];
    const declares =
      token.kind === 'word' && token.text === 'WITH' && after?.kind === 'word' && after.text === 'FUNCTION';
    return declares && tokens[index + 2]?.text !== 'AS'
      ? [queryFault('program', token.start, { word: 'FUNCTION' })]
      : [];
  });
