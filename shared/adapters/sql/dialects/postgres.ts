import type { Dialect } from '../dialect.ts';
import { sqliteDialect } from './sqlite.ts';

/** By bytes, as the other engines do, whatever the database was created with; a language's order takes longer. */
const C_TEXT = 'TEXT COLLATE "C"';

/** clock_timestamp: now() stands still within a transaction, and a lease must be judged at the moment of its statement. */
export const postgresDialect: Dialect = {
  ...sqliteDialect,
  types: { id: C_TEXT, text: C_TEXT, long: C_TEXT, int: 'BIGINT', blob: 'BYTEA' },
  now: '(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint',
  greatest: (a, b) => `GREATEST(${a}, ${b})`,
};
