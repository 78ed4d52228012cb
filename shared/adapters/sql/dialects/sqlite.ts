import type { Dialect } from '../dialect.ts';
import { placeholders } from '../ledger/context.ts';

export const sqliteDialect: Dialect = {
  types: { id: 'TEXT', text: 'TEXT', long: 'TEXT', int: 'INTEGER', blob: 'BLOB' },
  now: `CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
  limit: (rows) => `LIMIT ${rows}`,
  upsert: ({ table, key, keep = [], replace, combine, select }) => {
    const combined = combine?.(table, 'excluded') ?? {};
    const columns = [...key, ...keep, ...replace, ...Object.keys(combined)];
    const set = [
      ...replace.map((column) => `${column} = excluded.${column}`),
      ...Object.entries(combined).map(([column, value]) => `${column} = ${value}`),
    ];
    const action = set.length > 0 ? `UPDATE SET ${set.join(', ')}` : 'NOTHING';
    return `INSERT INTO ${table} (${columns.join(', ')}) ${select} ON CONFLICT (${key.join(', ')}) DO ${action}`;
  },
  among: (column, count) => `${column} IN (${placeholders(count)})`,
  only: (condition) => `WHERE ${condition}`,
  greatest: (a, b) => `MAX(${a}, ${b})`,
  ddl: {
    isTransactional: true,
    unlessThere: (statement) => statement.replace(/^CREATE TABLE/, 'CREATE TABLE IF NOT EXISTS'),
  },
};
