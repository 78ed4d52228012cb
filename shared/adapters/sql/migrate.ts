import { type Database, UniqueViolation } from '../../ports/database.ts';
import type { Dialect } from './dialect.ts';
import { MIGRATIONS, type Migration, renderDdl } from './migrations.ts';

const TRIES = 5;

/**
 * Brings the store to this version; each migration is applied with its mark, or not at all, where the engine can. Of
 * several processes that begin at the same moment a unique index lets one win: the others look again, and find it done.
 */
export const migrate = async (database: Database, dialect: Dialect): Promise<number> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await applyPending(database, dialect);
    } catch (thrown) {
      if (!(thrown instanceof UniqueViolation) || tries === TRIES) throw thrown;
    }
  }
};

const applyPending = async (database: Database, dialect: Dialect): Promise<number> => {
  await createVersionTable(database, dialect);
  const current = await schemaVersion(database);
  const pending = MIGRATIONS.filter((migration) => migration.version > current);
  for (const migration of pending) await apply(database, dialect, migration);
  return pending.length;
};

const createVersionTable = async (database: Database, dialect: Dialect): Promise<void> => {
  const table = 'CREATE TABLE schema_version (version $int PRIMARY KEY, applied_at $int NOT NULL)';
  await database.run(dialect.ddl.unlessThere(renderDdl(table, dialect)));
};

const schemaVersion = async (database: Database): Promise<number> => {
  const [row] = await database.all('SELECT MAX(version) AS version FROM schema_version');
  return Number(row?.version ?? 0);
};

const apply = async (database: Database, dialect: Dialect, migration: Migration): Promise<void> => {
  const mark = {
    sql: `INSERT INTO schema_version (version, applied_at) SELECT ?, ${dialect.now} WHERE NOT EXISTS (SELECT 1 FROM schema_version WHERE version = ?)`,
    values: [migration.version, migration.version],
    expect: 1,
  };
  const statements = migration.statements.map((sql) => renderDdl(sql, dialect));
  if (dialect.ddl.isTransactional) {
    await database.atomic([mark, ...statements.map((sql) => ({ sql }))]);
    return;
  }
  // The mark comes last: whoever dies before it leaves what the next one finds and goes on from.
  for (const sql of statements) await database.run(dialect.ddl.unlessThere(sql));
  await database.atomic([mark]);
};
