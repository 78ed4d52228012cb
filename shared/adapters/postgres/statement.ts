import type { SqlValue, Step } from '../../ports/database.ts';

/** What goes over the wire: one text with numbered values. */
export interface PostgresStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Rows of an array bind that this text carries at once; none: the text is a statement of its own. */
  readonly rows?: number;
}

const VALUES_LIST = /\bVALUES\s*\(([\s\S]*)\)\s*$/i;

/** A string, or the sign for a value. */
const MARKS = /'(?:[^']|'')*'|\?/g;

const texts = new Map<string, string>();

/** `?` becomes `$1`, `$2` … outside of quotes; read once for each statement there is. */
export const numbered = (sql: string): string => {
  const known = texts.get(sql);
  if (known !== undefined) return known;
  let count = 0;
  const text = sql.replace(MARKS, (token) => {
    if (token !== '?') return token;
    count += 1;
    return `$${count}`;
  });
  texts.set(sql, text);
  return text;
};

/**
 * An array bind of an INSERT … VALUES is one statement, with an array for each column: its text is short and always
 * the same, where a list of all values costs the server more to read than to insert. Of anything else, a statement a row.
 */
export const statementsOf = (step: Step): readonly PostgresStatement[] => {
  if (!('rows' in step)) return [{ text: numbered(step.sql), values: step.values ?? [] }];
  const list = VALUES_LIST.exec(step.sql);
  if (list && step.rows.length > 1)
    return [byColumns(step.sql.slice(0, list.index), list[1] ?? '', step.rows)];
  return step.rows.map((values) => ({ text: numbered(step.sql), values, rows: 1 }));
};

type Rows = Extract<Step, { rows: unknown }>['rows'];

const byColumns = (insert: string, list: string, rows: Rows): PostgresStatement => {
  const columns = (rows[0] ?? []).map((_, place) => columnOf(rows, place));
  const bound = columns.filter(({ type }) => type !== undefined);
  let place = 0;
  const selected = list.replace(MARKS, (token) => (token === '?' ? nameOf(columns, place++) : token));
  const arrays = bound.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ');
  const names = bound.map(({ name }) => name).join(', ');
  return {
    text: `${insert} SELECT ${selected} FROM unnest(${arrays}) AS bound (${names})`,
    values: bound.map(({ values }) => values),
    rows: rows.length,
  };
};

interface Column {
  readonly name: string;
  /** None where every row has nothing there. */
  readonly type: string | undefined;
  readonly values: readonly SqlValue[];
}

const columnOf = (rows: Rows, place: number): Column => {
  const values = rows.map((row) => row[place] ?? null);
  const first = values.find((value) => value !== null);
  return { name: `c${place}`, type: first === undefined ? undefined : typeOf(first), values };
};

const typeOf = (value: Exclude<SqlValue, null>): string => {
  if (typeof value === 'string') return 'text';
  return value instanceof Uint8Array ? 'bytea' : 'bigint';
};

const nameOf = (columns: readonly Column[], place: number): string => {
  const column = columns[place];
  return column?.type ? `bound.${column.name}` : 'NULL';
};
