import oracledb from 'oracledb';
import type { SqlRow, SqlValue } from '../../ports/database.ts';

/** Oracle takes an empty text for NULL; every other engine tells them apart, and no text of Tank's holds a NUL. */
const EMPTY = '\u0000';
/** Longer bytes may be given to a column, but not stand in an expression. */
const LONGEST_RAW = 2_000;

export type Bind = string | number | Buffer | null | oracledb.BindParameter;

export const toBind = (value: SqlValue): Bind => {
  if (value === '') return EMPTY;
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Uint8Array)) return value;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return bytes.length > LONGEST_RAW ? { val: bytes, type: oracledb.DB_TYPE_BLOB } : bytes;
};

/** For an array bind, whose columns have one type each: numbers beside big ones go as text, which Oracle reads as numbers. */
export const toColumn = (values: readonly SqlValue[]): readonly (string | number | Buffer | null)[] => {
  const asText = values.some((value) => typeof value === 'bigint');
  return values.map((value) => {
    const bind = toBind(value);
    if (asText && typeof bind === 'number') return String(bind);
    return isPlain(bind) ? bind : (bind.val as Buffer);
  });
};

export const isPlain = (bind: Bind): bind is string | number | Buffer | null =>
  bind === null || typeof bind !== 'object' || Buffer.isBuffer(bind);

/** A number where a double holds it, a bigint beyond. */
const toNumber = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  const number = Number(value);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(value) : number;
};

const toBytes = (value: unknown): unknown => (Buffer.isBuffer(value) ? new Uint8Array(value) : value);

const toText = (value: unknown): unknown => (value === EMPTY ? '' : value);

export const fetchTypes = ({
  dbType,
}: oracledb.Metadata<unknown>): oracledb.FetchTypeResponse | undefined => {
  switch (dbType) {
    case oracledb.DB_TYPE_NUMBER:
      return { type: oracledb.STRING, converter: toNumber };
    case oracledb.DB_TYPE_VARCHAR:
    case oracledb.DB_TYPE_CLOB:
      return { type: oracledb.STRING, converter: toText };
    case oracledb.DB_TYPE_BLOB:
      return { type: oracledb.BUFFER, converter: toBytes };
    default:
      return undefined;
  }
};

export const toRow = (columns: readonly string[], values: readonly unknown[]): SqlRow =>
  Object.fromEntries(columns.map((column, i) => [column, (values[i] ?? null) as SqlValue]));
