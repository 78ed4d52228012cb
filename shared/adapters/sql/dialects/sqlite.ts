import type { Dialect } from '../dialect.ts';

export const sqliteDialect: Dialect = {
  types: { id: 'TEXT', text: 'TEXT', long: 'TEXT', int: 'INTEGER', blob: 'BLOB' },
  now: `CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
  limit: (rows) => `LIMIT ${rows}`,
  upsert: ({ table, key, keep = [], replace, select }) => {
    const columns = [...key, ...keep, ...replace];
    const action = replace.length
      ? `UPDATE SET ${replace.map((c) => `${c} = excluded.${c}`).join(', ')}`
      : 'NOTHING';
    return `INSERT INTO ${table} (${columns.join(', ')}) ${select} ON CONFLICT (${key.join(', ')}) DO ${action}`;
  },
  only: (condition) => `WHERE ${condition}`,
  greatest: (a, b) => `MAX(${a}, ${b})`,
};
