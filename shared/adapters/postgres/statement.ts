import type { Step } from '../../ports/database.ts';

/** What goes over the wire: one text with numbered values. */
export interface PostgresStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Rows of an array bind that this text carries at once; none: the text is a statement of its own. */
  readonly rows?: number;
}

/** The protocol counts values in 16 bits. */
const MAX_VALUES = 60_000;
const VALUES_LIST = /\bVALUES\s*(\([\s\S]*\))\s*$/i;

const texts = new Map<string, string>();

/** `?` becomes `$1`, `$2` … outside of quotes; read once for each statement there is. */
export const numbered = (sql: string): string => {
  const known = texts.get(sql);
  if (known !== undefined) return known;
  let count = 0;
  const text = sql.replace(/'(?:[^']|'')*'|\?/g, (token) => {
    if (token !== '?') return token;
    count += 1;
    return `$${count}`;
  });
  texts.set(sql, text);
  return text;
};

/** An array bind of an INSERT … VALUES is one statement with many rows; of anything else, one statement a row. */
export const statementsOf = (step: Step): readonly PostgresStatement[] => {
  if (!('rows' in step)) return [{ text: numbered(step.sql), values: step.values ?? [] }];
  const list = VALUES_LIST.exec(step.sql)?.[1];
  return list
    ? manyRows(step.sql, list, step.rows)
    : step.rows.map((values) => ({ text: numbered(step.sql), values, rows: 1 }));
};

type Rows = Extract<Step, { rows: unknown }>['rows'];

const manyRows = (sql: string, list: string, rows: Rows): PostgresStatement[] => {
  const width = rows[0]?.length ?? 0;
  const atOnce = Math.max(1, Math.floor(MAX_VALUES / Math.max(width, 1)));
  return Array.from({ length: Math.ceil(rows.length / atOnce) }, (_, part) => {
    const some = rows.slice(part * atOnce, (part + 1) * atOnce);
    return { text: numbered(repeated(sql, list, some.length)), values: some.flat(), rows: some.length };
  });
};

const repeated = (sql: string, list: string, times: number): string =>
  sql.replace(list, () => Array.from({ length: times }, () => list).join(', '));
