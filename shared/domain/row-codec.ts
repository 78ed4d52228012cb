import type { Row, Value } from './row.ts';

/** JSON that keeps what JSON loses: dates, integers beyond 2^53, bytes. */
type Encoded =
  | string
  | number
  | boolean
  | null
  | { readonly $: 'date' | 'int' | 'bytes'; readonly v: string };

const encode = (value: Value): Encoded => {
  if (typeof value === 'bigint') return { $: 'int', v: value.toString() };
  if (value instanceof Date) return { $: 'date', v: value.toISOString() };
  if (value instanceof Uint8Array) return { $: 'bytes', v: Buffer.from(value).toString('base64') };
  return value;
};

const decode = (value: Encoded): Value => {
  if (value === null || typeof value !== 'object') return value;
  if (value.$ === 'int') return BigInt(value.v);
  return value.$ === 'date' ? new Date(value.v) : new Uint8Array(Buffer.from(value.v, 'base64'));
};

const mapValues = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

export const encodeRow = (row: Row): Readonly<Record<string, Encoded>> => mapValues(row, encode);
export const decodeRow = (row: Readonly<Record<string, Encoded>>): Row => mapValues(row, decode);
export type EncodedRow = ReturnType<typeof encodeRow>;
