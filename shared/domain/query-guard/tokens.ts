import { type QueryFault, queryFault } from './faults.ts';
import { scanComment, scanQuoted } from './quotes.ts';
import type { Dialect, Token, TokenKind } from './token.ts';

export interface Tokens {
  readonly tokens: readonly Token[];
  readonly faults: readonly QueryFault[];
}

/** Longer queries are generated; the bound keeps every check quick. */
const QUERY_LIMIT = 256 * 1024;

const SPACE = /[ \t\r\n]+/y;
const WORD = /[\p{L}_][\p{L}\p{M}\p{N}_$#]*/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const BIND = /:([\p{L}_][\p{L}\p{M}\p{N}_$#]*)/uy;
/** A dollar sign or a colon before a number, `@name`, `$name`, `?1`: other programs' binds. */
const FOREIGN_BIND = /[:$?]\d+|[@$][\p{L}_][\p{L}\p{M}\p{N}_]*|:"[^"]*"/uy;
const OPERATOR = /::|:=|<>|!=|\^=|~=|<=|>=|=>|->>?|\|\||[-+*/%<>=~!@#^&|,.[\]:{}\\$`]/y;
/** Invisible or turning the reading direction: a query must be what it looks like, in strings and comments too. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const ALPHABETS_LIKE_LATIN = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;

const matchAt = (pattern: RegExp, sql: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(sql);
};

/** Reads a query into tokens. With a fault the tokens are as far as they could be read. */
export const tokenize = (sql: string, dialect: Dialect): Tokens => {
  if (sql.length > QUERY_LIMIT)
    return { tokens: [], faults: [queryFault('too_long', 0, { limit: QUERY_LIMIT })] };
  const faults = hiddenCharacters(sql);
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    const space = matchAt(SPACE, sql, at);
    if (space) {
      at += space[0].length;
      continue;
    }
    const next = tokenAt(sql, at, dialect);
    if ('code' in next) return { tokens, faults: [...faults, next] };
    tokens.push(next);
    at = next.end;
  }
  return { tokens, faults };
};

const hiddenCharacters = (sql: string): QueryFault[] => {
  for (const { 0: character, index } of sql.matchAll(HIDDEN)) {
    if (!/[\t\r\n]/.test(character))
      return [queryFault('control_character', index, { character: codePoint(character) })];
  }
  return [];
};

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

const tokenAt = (sql: string, at: number, dialect: Dialect): Token | QueryFault => {
  const quoted = scanComment(sql, at, dialect) ?? scanQuoted(sql, at, dialect);
  if (quoted) return quoted;
  const word = matchAt(WORD, sql, at);
  if (word) return wordToken(word[0], at);
  const number = matchAt(NUMBER, sql, at);
  if (number) return numberToken(number[0], sql, at);
  return bindAt(sql, at, dialect) ?? signAt(sql, at);
};

/** What follows a number without a gap, `1OR` or `1$$`, is read one way here and another there. */
const GLUED = /[\p{L}\p{N}_$#'"]/uy;

const numberToken = (text: string, sql: string, start: number): Token | QueryFault => {
  const end = start + text.length;
  const glued = matchAt(GLUED, sql, end);
  if (glued) return queryFault('foreign_literal', start, { literal: text + glued[0] });
  return { kind: 'number', start, end, text };
};

/** Only ASCII is folded: the long s (ſ) and the Kelvin sign become S and K in full upper case. */
const upperAscii = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

const wordToken = (word: string, start: number): Token | QueryFault => {
  for (const character of word) {
    const like = character.normalize('NFKC');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
    const ascii = /[\u0000-\u007f]/.test(like) && like !== character;
    if (ascii || ALPHABETS_LIKE_LATIN.test(character)) {
      return queryFault('look_alike', start, { character: codePoint(character) });
    }
  }
  return { kind: 'word', start, end: start + word.length, text: upperAscii(word) };
};

const bindAt = (sql: string, at: number, dialect: Dialect): Token | QueryFault | undefined => {
  const sign = sql[at];
  const foreign = matchAt(FOREIGN_BIND, sql, at);
  if (foreign && isForeignBind(foreign[0], dialect))
    return queryFault('foreign_bind', at, { bind: foreign[0] });
  if (sign === '?') return { kind: 'bind', start: at, end: at + 1, text: '?' };
  const named = sign === ':' && sql[at - 1] !== ':' ? matchAt(BIND, sql, at) : null;
  return named ? { kind: 'bind', start: at, end: at + named[0].length, text: named[1] ?? '' } : undefined;
};

/** `a[1:2]` is a slice in PostgreSQL; `@link` and `#` mean something else in Oracle. */
const isForeignBind = (text: string, dialect: Dialect): boolean => {
  if (text.startsWith(':')) return dialect !== 'postgres' || text.startsWith(':"');
  return !text.startsWith('@') || dialect === 'sqlite';
};

const SIGNS: Readonly<Record<string, TokenKind>> = { '(': 'open', ')': 'close', ';': 'semicolon' };

const signAt = (sql: string, at: number): Token | QueryFault => {
  const sign = sql[at] ?? '';
  const kind = SIGNS[sign];
  if (kind) return { kind, start: at, end: at + 1, text: sign };
  const operator = matchAt(OPERATOR, sql, at);
  if (operator) return { kind: 'operator', start: at, end: at + operator[0].length, text: operator[0] };
  return queryFault('look_alike', at, {
    character: codePoint(String.fromCodePoint(sql.codePointAt(at) ?? 0)),
  });
};
