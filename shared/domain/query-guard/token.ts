import type { SourceKind } from '../automation.ts';

export type Dialect = 'oracle' | 'postgres' | 'sqlite';

/** CSV files are read through SQLite. */
export const dialectOf = (kind: SourceKind): Dialect => (kind === 'csv' ? 'sqlite' : kind);

export type TokenKind =
  | 'word'
  | 'identifier'
  | 'string'
  | 'number'
  | 'bind'
  | 'comment'
  | 'operator'
  | 'open'
  | 'close'
  | 'semicolon';

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** A word in ASCII capitals, an identifier without its quotes, a bind's name or `?`, an operator as it is. */
  readonly text: string;
}
