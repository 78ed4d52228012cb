import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/load.ts';
import type { Database } from '../ports/database.ts';
import type { SqliteHost } from './options.ts';

const STORE_FILE = 'tank.db';
export const QUEUE_FILE = 'queue.db';
export const OWN_DATABASES = [STORE_FILE, QUEUE_FILE];

/** Tank's own files lie in the data folder, which nobody else may enter. */
export const openOwnSqlite = async (
  settings: Settings,
  name: string,
  host: SqliteHost,
): Promise<Database> => {
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const { openSqlite } = await import('../adapters/sqlite/database.ts');
  return openSqlite(join(settings.dataDir, name), host);
};

export const openStore = async (settings: Settings, host: SqliteHost): Promise<Database> => {
  const [{ migrate }, { sqliteDialect }] = await Promise.all([
    import('../adapters/sql/migrate.ts'),
    import('../adapters/sql/dialects/sqlite.ts'),
  ]);
  const database = await openOwnSqlite(settings, STORE_FILE, host);
  await migrate(database, sqliteDialect);
  return database;
};
