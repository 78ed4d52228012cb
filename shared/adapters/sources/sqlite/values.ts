import type { Row, Value } from '../../../domain/row.ts';
import type { SqlRow, SqlValue } from '../../../ports/database.ts';

export const toSqlValue = (value: Value): SqlValue => {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Date ? value.toISOString() : value;
};

/** Whole numbers beyond 2^53 become text, as everywhere. */
export const toRow = (row: SqlRow): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  );
