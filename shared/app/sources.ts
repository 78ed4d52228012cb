import { join } from 'node:path';
import { createSources } from '../adapters/sources/sources.ts';
import type { Settings } from '../config/load.ts';
import type { Secrets } from '../ports/keys.ts';
import type { Lazy } from '../ports/ports.ts';
import type { Sources } from '../ports/source.ts';
import type { SqliteHost } from './options.ts';
import { OWN_DATABASES } from './store.ts';

export const openSources = (settings: Settings, host: SqliteHost, secrets: Lazy<Secrets>): Sources =>
  createSources({
    baseFolder: process.cwd(),
    stageFolder: join(settings.dataDir, 'stage'),
    ownFiles: OWN_DATABASES.map((name) => join(settings.dataDir, name)),
    openSqlite: async (file, { readOnly }) => {
      const { openSqlite } = await import('../adapters/sqlite/database.ts');
      return openSqlite(file, { ...host, access: readOnly ? 'guest-read-only' : 'guest' });
    },
    connections: settings.sourceConnections,
    credentials: async (secret) => (await secrets()).credentials(secret),
  });
