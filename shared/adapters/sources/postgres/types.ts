import pg from 'pg';
import type { Row, Value } from '../../../domain/row.ts';

/** Oids of pg_type that become something else than their text. */
const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const NUMBERS = [21, 23, 26, 700, 701];
const TIMESTAMPTZ = 1184;

const text = (value: string): string => value;
/** A number where a double holds it, its digits otherwise. */
const wholeNumber = (value: string): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;

/**
 * Numerics keep their digits and dates their day: a date without a zone, made into a moment, would
 * become the day before in another zone.
 */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) => {
    if (oid === BOOL || oid === BYTEA || oid === TIMESTAMPTZ)
      return pg.types.getTypeParser(oid, format as 'text');
    if (oid === INT8) return wholeNumber;
    return NUMBERS.includes(oid) ? Number : text;
  },
};

/** Arrays of values in the order of the columns, as pg gives them in its row mode "array". */
export type ArrayRow = readonly Value[];

/** A plain loop: it runs once for each value of each recipient. */
export const toRows = (columns: readonly string[], rows: readonly ArrayRow[]): Row[] =>
  rows.map((values) => {
    const row: Record<string, Value> = {};
    for (const [i, column] of columns.entries()) row[column] = values[i] ?? null;
    return row;
  });
