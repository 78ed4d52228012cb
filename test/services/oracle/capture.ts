import { appendFileSync } from 'node:fs';
import { vi } from 'vitest';
import { oracleText } from '../../../shared/adapters/oracle/statement.ts';
import { oracleDialect } from '../../../shared/adapters/sql/dialects/oracle.ts';
import type { Database } from '../../../shared/ports/database.ts';
import { anyEngine } from './any-engine.ts';

/**
 * Set up before each test file: its stores run on SQLite as ever, and everything that the store's adapters ask
 * of them is written down as Oracle would be asked.
 */
const FILE = process.env.TANK_TEST_SQL_FILE ?? '';
const TEST_CLOCK = '(SELECT at FROM test_clock)';

const sqlite = await vi.importActual<typeof import('../../../shared/adapters/sql/dialects/sqlite.ts')>(
  '../../../shared/adapters/sql/dialects/sqlite.ts',
);
const engine = anyEngine(sqlite.sqliteDialect);
const seen = new Set<string>();

const writeDown = (sql: string): string => {
  if (!seen.has(sql)) {
    seen.add(sql);
    const isOfStore = new Error().stack?.includes('/shared/adapters/sql/') && !sql.startsWith('CREATE');
    const oracle = engine.render(sql.replaceAll(TEST_CLOCK, oracleDialect.now), oracleDialect);
    if (isOfStore) appendFileSync(FILE, `${JSON.stringify(oracleText(oracle))}\n`);
  }
  return engine.render(sql, sqlite.sqliteDialect);
};

const watched = (database: Database): Database => ({
  engine: database.engine,
  all: (sql, values) => database.all(writeDown(sql), values),
  each: (sql, rows) => database.each(writeDown(sql), rows),
  run: (sql, values) => database.run(writeDown(sql), values),
  atomic: (steps) => database.atomic(steps.map((step) => ({ ...step, sql: writeDown(step.sql) }))),
  columns: (sql) => database.columns(writeDown(sql)),
  stream: (sql, values, chunk) => database.stream(writeDown(sql), values, chunk),
  close: () => database.close(),
});

vi.mock('../../../shared/adapters/sql/dialects/sqlite.ts', () => ({ sqliteDialect: engine.dialect }));
vi.mock('../../../shared/adapters/sqlite/database.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../shared/adapters/sqlite/database.ts')>();
  return {
    ...original,
    openSqlite: async (...given: Parameters<typeof original.openSqlite>) =>
      watched(await original.openSqlite(...given)),
  };
});
