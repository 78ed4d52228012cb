import type { Dialect } from '../dialect.ts';
import { sqliteDialect } from './sqlite.ts';

/** clock_timestamp: now() stands still within a transaction, and a lease must be judged at the moment of its statement. */
export const postgresDialect: Dialect = {
  ...sqliteDialect,
  types: { id: 'TEXT', text: 'TEXT', long: 'TEXT', int: 'BIGINT', blob: 'BYTEA' },
  now: '(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint',
  greatest: (a, b) => `GREATEST(${a}, ${b})`,
};
