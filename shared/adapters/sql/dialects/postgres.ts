import type { Dialect } from '../dialect.ts';
import { sqliteDialect } from './sqlite.ts';

/** By bytes, as the other engines do, whatever the database was created with; a language's order takes longer. */
const C_TEXT = 'TEXT COLLATE "C"';

/** clock_timestamp: now() stands still within a transaction, and a lease must be judged at the moment of its statement. */
export const postgresDialect: Dialect = {
  ...sqliteDialect,
  types: { id: C_TEXT, text: C_TEXT, long: C_TEXT, int: 'BIGINT', blob: 'BYTEA' },
  now: '(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint',
  /** As a list, five hundred values look like most of a table that was never analysed, and it is read from end to end. */
  among: (column, count) =>
    `${column} = ANY (ARRAY(VALUES ${Array.from({ length: count }, () => '(?)').join(', ')}))`,
  greatest: (a, b) => `GREATEST(${a}, ${b})`,
};
