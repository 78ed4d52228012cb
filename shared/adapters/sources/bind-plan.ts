import { findColumn } from '../../domain/column-name.ts';
import type { FaultText } from '../../domain/fault-text.ts';
import { KEY_BIND, rewriteBinds } from '../../domain/query-guard/binds.ts';
import type { Dialect } from '../../domain/query-guard/token.ts';
import type { Row, Value } from '../../domain/row.ts';
import type { SourceFaults } from './source-faults.ts';

/** A query with the engine's own bind signs, and the target columns whose values they take, in order. */
export interface BindPlan {
  readonly sql: string;
  readonly names: readonly string[];
}

/** One bind sign for each occurrence of a bind. */
export const planBinds = (query: string, dialect: Dialect, sign: (position: number) => string): BindPlan => {
  const names: string[] = [];
  const sql = rewriteBinds(query, dialect, (name) => {
    names.push(name);
    return sign(names.length - 1);
  });
  return { sql: withoutEnd(sql), names };
};

/** A query that becomes part of another one must not bring its semicolon; a line break ends its last comment. */
export const withoutEnd = (sql: string): string => `${sql.replace(/[\s;]+$/, '')}\n`;

export const bindValues = (
  plan: BindPlan,
  rows: readonly Row[],
  key: string,
  faults: SourceFaults,
): readonly (readonly Value[])[] => {
  const [first] = rows;
  if (!first) return [];
  let columns = columnsOf(first, plan, key, faults);
  return rows.map((row) => {
    if (!columns.every((column) => Object.hasOwn(row, column))) columns = columnsOf(row, plan, key, faults);
    return columns.map((column) => row[column] ?? null);
  });
};

const notAColumn = (name: string): FaultText => ({
  en: `the bind ${name} is no column of the target query`,
  ko: `바인드 ${name}이(가) 대상 쿼리의 컬럼이 아닙니다`,
});

const columnsOf = (row: Row, plan: BindPlan, key: string, faults: SourceFaults): readonly string[] => {
  const known = Object.keys(row);
  return plan.names.map((name) => {
    const column = findColumn(known, name === KEY_BIND ? key : name);
    if (column === undefined) throw faults.failed(notAColumn(name));
    return column;
  });
};
