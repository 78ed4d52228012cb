import { queryFault } from './faults.ts';
import { forbiddenParts } from './forbidden.ts';
import { demandsKey } from './key-condition.ts';
import { type Guarded, guardStatement } from './statement.ts';
import type { Dialect, Token } from './token.ts';

/** The write-back: one UPDATE of the rows of one recipient key, which may be run again without harm. */
export const guardUpdate = (sql: string, dialect: Dialect, keyColumn: string): Guarded =>
  guardStatement(sql, dialect, [
    isUpdate,
    (tokens) => forbiddenParts(tokens.slice(1), dialect),
    noReturning,
    (tokens) => checkClauses(tokens, keyColumn),
  ]);

const isUpdate = (tokens: readonly Token[]) =>
  tokens[0]?.kind === 'word' && tokens[0].text === 'UPDATE'
    ? []
    : [queryFault('not_an_update', tokens[0]?.start ?? 0)];

const noReturning = (tokens: readonly Token[]) =>
  tokens
    .filter(({ kind, text }) => kind === 'word' && text === 'RETURNING')
    .map(({ start }) => queryFault('returning', start));

const checkClauses = (tokens: readonly Token[], keyColumn: string) => {
  const set = topLevel(tokens, 'SET', 0);
  if (set < 0) return [queryFault('no_set', 0)];
  const where = topLevel(tokens, 'WHERE', set);
  if (where < 0) return [queryFault('no_where', 0)];
  const keyed = demandsKey(tokens.slice(where + 1), keyColumn);
  const missing = keyed
    ? []
    : [queryFault('where_without_key', tokens[where]?.start ?? 0, { key: keyColumn })];
  return [...missing, ...readsWhatItWrites(tokens.slice(set + 1, where))];
};

const topLevel = (tokens: readonly Token[], word: string, from: number): number => {
  let depth = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind === 'open') depth++;
    if (token?.kind === 'close') depth--;
    if (index >= from && depth === 0 && token?.kind === 'word' && token.text === word) return index;
  }
  return -1;
};

/** The write-back runs at least once: `N = N + 1`, or `A = B, B = 'Y'`, would differ the second time. */
const readsWhatItWrites = (tokens: readonly Token[]) => {
  const assignments = assignmentsOf(tokens);
  const written = new Set(assignments.flatMap(({ targets }) => columnNames(targets)));
  return assignments
    .flatMap(({ expression }) => expression)
    .filter((token) => isName(token) && written.has(nameOf(token)))
    .map((token) => queryFault('not_repeatable', token.start, { column: token.text }));
};

interface Assignment {
  readonly targets: readonly Token[];
  readonly expression: readonly Token[];
}

const assignmentsOf = (tokens: readonly Token[]): Assignment[] => {
  const assignments: { targets: Token[]; expression: Token[] }[] = [{ targets: [], expression: [] }];
  let depth = 0;
  let assigned = false;
  for (const token of tokens) {
    if (token.kind === 'open') depth++;
    if (token.kind === 'close') depth--;
    if (depth === 0 && token.text === ',' && token.kind === 'operator') {
      assignments.push({ targets: [], expression: [] });
      assigned = false;
    } else if (!assigned && depth === 0 && token.text === '=' && token.kind === 'operator') assigned = true;
    else assignments.at(-1)?.[assigned ? 'expression' : 'targets'].push(token);
  }
  return assignments;
};

/** Of `t.N` the N; of `(A, B)` both. */
const columnNames = (targets: readonly Token[]): string[] =>
  targets.filter((token, index) => isName(token) && targets[index + 1]?.text !== '.').map(nameOf);

const isName = ({ kind }: Token): boolean => kind === 'word' || kind === 'identifier';

/** "n" and N are one column in one engine or the other: take them for the same. */
const nameOf = ({ text }: Token): string => text.toUpperCase();
