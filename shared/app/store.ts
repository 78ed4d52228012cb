import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dialect } from '../adapters/sql/dialect.ts';
import type { Settings } from '../config/load.ts';
import { TankError } from '../domain/errors.ts';
import type { Database } from '../ports/database.ts';
import type { Secrets } from '../ports/keys.ts';
import type { Lazy } from '../ports/ports.ts';
import type { SqliteHost } from './options.ts';

const STORE_FILE = 'tank.db';
export const QUEUE_FILE = 'queue.db';
export const OWN_DATABASES = [STORE_FILE, QUEUE_FILE];

/** A database and how its engine wants to be spoken to. */
export interface Store {
  readonly database: Database;
  readonly dialect: Dialect;
}

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

export const openStore = async (
  settings: Settings,
  host: SqliteHost,
  secrets: Lazy<Secrets>,
): Promise<Store> => {
  const { migrate } = await import('../adapters/sql/migrate.ts');
  if (settings.store === 'sqlite') return sqliteStore(settings, host, migrate);
  const store = await SERVER_STORES[settings.store]({
    url: await storeUrl(settings, secrets),
    connections: settings.storeConnections,
  });
  await migrate(store.database, store.dialect);
  return store;
};

type Migrate = typeof import('../adapters/sql/migrate.ts').migrate;

const sqliteStore = async (settings: Settings, host: SqliteHost, migrate: Migrate): Promise<Store> => {
  const [{ sqliteDialect }, { demandStore, markStore }] = await Promise.all([
    import('../adapters/sql/dialects/sqlite.ts'),
    import('../adapters/sqlite/made-before.ts'),
  ]);
  const file = join(settings.dataDir, STORE_FILE);
  demandStore(file);
  const database = await openOwnSqlite(settings, STORE_FILE, host);
  await migrate(database, sqliteDialect);
  markStore(file);
  return { database, dialect: sqliteDialect };
};

interface ServerOptions {
  readonly url: string;
  readonly connections: number;
}

/** Each loads its driver when it is chosen. */
const SERVER_STORES = {
  postgres: async (options: ServerOptions): Promise<Store> => {
    const { openPostgres } = await import('../adapters/postgres/database.ts');
    const { postgresDialect } = await import('../adapters/sql/dialects/postgres.ts');
    return { database: openPostgres(options), dialect: postgresDialect };
  },
  oracle: async (options: ServerOptions): Promise<Store> => {
    const { openOracle } = await import('../adapters/oracle/database.ts');
    const { oracleDialect } = await import('../adapters/sql/dialects/oracle.ts');
    return { database: openOracle(options), dialect: oracleDialect };
  },
} as const;

const storeUrl = async ({ storeUrl: set }: Settings, secrets: Lazy<Secrets>): Promise<string> => {
  const url = set ?? (await (await secrets()).storeUrl());
  if (url) return url;
  const fields = [{ field: 'TANK_STORE_URL', problem: 'is missing' }];
  throw new TankError('configuration_invalid', {}, { fields });
};
