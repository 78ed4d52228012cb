import type oracledb from 'oracledb';
import type { Row, Value } from '../../../domain/row.ts';

export type Driver = typeof oracledb;

const two = (value: number): string => String(value).padStart(2, '0');

/** The driver makes a moment out of a date that has no zone, in this machine's zone; this is the way back. */
export const localText = (moment: Date): string =>
  `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}`;

/** Numbers keep their digits, long texts come as texts, dates without a zone keep their day. */
export const fetchTypes = (driver: Driver) => {
  const asText: readonly oracledb.DbType[] = [
    driver.DB_TYPE_NUMBER,
    driver.DB_TYPE_CLOB,
    driver.DB_TYPE_NCLOB,
    driver.DB_TYPE_LONG,
  ];
  const asBytes: readonly oracledb.DbType[] = [driver.DB_TYPE_BLOB];
  const asDay: readonly oracledb.DbType[] = [driver.DB_TYPE_DATE, driver.DB_TYPE_TIMESTAMP];
  return ({ dbType }: oracledb.Metadata<unknown>): oracledb.FetchTypeResponse | undefined => {
    if (dbType === undefined) return undefined;
    if (asText.includes(dbType)) return { type: driver.STRING };
    if (asBytes.includes(dbType)) return { type: driver.BUFFER };
    return asDay.includes(dbType)
      ? { converter: (value: unknown) => (value instanceof Date ? localText(value) : value) }
      : undefined;
  };
};

export const toValue = (value: unknown): Value => {
  if (value === undefined || value === null) return null;
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint'
  )
    return value;
  if (value instanceof Date || value instanceof Uint8Array) return value;
  return JSON.stringify(value);
};

export const toRow = (columns: readonly string[], values: readonly unknown[]): Row =>
  Object.fromEntries(columns.map((column, i) => [column, toValue(values[i])]));

/** Every bind goes as text and Oracle makes of it what the column needs; one form for each way of asking. */
export const toBind = (value: Value): string | null => {
  if (value === null) return null;
  if (value instanceof Date) return localText(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
};
