import type { Dialect } from '../../../shared/domain/query-guard/token.ts';

/** What is left of a query when everything that only looks like SQL is blanked out. */
export interface Bare {
  /** As long as the query; strings are ~, quoted names are ^, comments are blanks. */
  readonly code: string;
  readonly closed: boolean;
}

/** What we are in: how it is painted over, and what ends it. */
interface Inside {
  readonly sign: string;
  readonly end: string;
  /** A pair that stands for a character, such as the doubled quote. */
  readonly pair?: string;
  readonly backslash?: string;
  readonly nests?: string;
}

/** Slow and obvious: one character after the other, and the thing it stands in. */
const blankOut = (sql: string, dialect: Dialect): Bare => {
  let code = '';
  let inside: Inside | undefined;
  let depth = 0;
  while (code.length < sql.length) {
    const rest = sql.slice(code.length);
    if (!inside) {
      const opening = openingOf(rest, !/[\w$#가-힣]/.test(code.slice(-1)), dialect);
      inside = opening?.inside;
      depth = 1;
      code += opening ? opening.inside.sign.repeat(opening.text.length) : rest.charAt(0);
      continue;
    }
    const text = partOf(rest, inside);
    if (text === inside.nests) depth++;
    if (text === inside.end) depth--;
    code += text === '\n' ? '\n' : inside.sign.repeat(text.length);
    if (depth === 0) inside = undefined;
  }
  return { code, closed: inside === undefined || inside.end === '\n' };
};

const partOf = (rest: string, { end, pair, backslash, nests }: Inside): string => {
  if (backslash !== undefined && rest.startsWith(backslash)) return rest.slice(0, 2);
  return [pair, nests, end].find((text) => text !== undefined && rest.startsWith(text)) ?? rest.charAt(0);
};

const CLOSERS: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}', '<': '>' };

const openingOf = (
  rest: string,
  fresh: boolean,
  dialect: Dialect,
): { text: string; inside: Inside } | undefined => {
  if (rest.startsWith('--')) return { text: '--', inside: { sign: ' ', end: '\n' } };
  if (rest.startsWith('/*')) {
    return {
      text: '/*',
      inside: { sign: ' ', end: '*/', ...(dialect === 'postgres' ? { nests: '/*' } : {}) },
    };
  }
  const text = fresh ? /^(?:n?q'\S|e'|\$(?:[a-z_가-힣][\w가-힣]*)?\$)/i.exec(rest)?.[0] : undefined;
  if (text && dialect === 'oracle' && /q'/i.test(text)) {
    const delimiter = text.slice(-1);
    return { text, inside: { sign: '~', end: `${CLOSERS[delimiter] ?? delimiter}'` } };
  }
  if (text && dialect === 'postgres' && text.startsWith('$'))
    return { text, inside: { sign: '~', end: text } };
  if (text && dialect === 'postgres' && /^e'$/i.test(text)) {
    return { text, inside: { sign: '~', end: "'", pair: "''", backslash: '\\' } };
  }
  return plainOpening(rest.charAt(0), dialect);
};

const plainOpening = (char: string, dialect: Dialect): { text: string; inside: Inside } | undefined => {
  if (char === "'") return { text: char, inside: { sign: '~', end: char, pair: "''" } };
  if (char === '"') return { text: char, inside: { sign: '^', end: char, pair: '""' } };
  if (dialect !== 'sqlite') return undefined;
  if (char === '`') return { text: char, inside: { sign: '^', end: char, pair: '``' } };
  return char === '[' ? { text: char, inside: { sign: '^', end: ']' } } : undefined;
};

/** A word on its own, neither a part of another nor a column behind a dot. */
const word = (names: string, before = '.'): string =>
  `(?<![${before}\\w$#:가-힣])(?:${names})(?![\\w$#가-힣])`;
const has = (code: string, pattern: string): boolean => new RegExp(pattern, 'is').test(code);

const FORBIDDEN = [
  word('INSERT|UPDATE|DELETE|MERGE|UPSERT|CREATE|ALTER|DROP|TRUNCATE|GRANT|REVOKE'),
  word('BEGIN|DECLARE|CALL|EXEC|EXECUTE|DO|PROCEDURE|INTO'),
  word('NEXTVAL', ''),
  word('FOR\\s+SHARE'),
];

export const referenceAllowsSelect = (sql: string, dialect: Dialect): boolean => {
  const { code, closed } = blankOut(sql, dialect);
  const statement = code.trim().replace(/;$/, '').trim();
  if (!closed || statement === '' || statement.includes(';') || has(collapse(statement), '[()]'))
    return false;
  if (FORBIDDEN.some((pattern) => has(statement, pattern))) return false;
  if (dialect === 'oracle' && statement.includes('@')) return false;
  if (dialect === 'postgres' && has(statement, `${word('pg_sleep', '')}\\s*\\(`)) return false;
  const main = statement.replace(/^[\s(]+/, '');
  if (has(main, `^${word('SELECT')}`)) return true;
  return has(main, `^${word('WITH')}`) && has(collapse(main), `[§)].*${word('SELECT')}`);
};

/** Takes the innermost parentheses away until none are left, and marks where they were. */
const collapse = (code: string): string => {
  const shorter = code.replace(/\([^()]*\)/g, '§');
  return shorter === code ? code : collapse(shorter);
};

export const referenceBinds = (sql: string, dialect: Dialect): string[] => {
  const { code } = blankOut(sql, dialect);
  const binds = [...code.matchAll(/\?|(?<!:):([A-Za-z_가-힣][\w$#가-힣]*)/g)].map(
    ([whole, name]) => name ?? whole,
  );
  return [...new Set(binds)];
};
