import type { Settings } from '../config/load.ts';
import type { SourceSpec } from '../domain/automation.ts';
import type { Secrets } from '../ports/keys.ts';
import type { Source, Sources } from '../ports/source.ts';
import type { SqliteHost } from './options.ts';

/** One open source for each definition; an edited definition opens anew. */
export const createSources = (
  _settings: Settings,
  host: SqliteHost,
  _secrets: () => Promise<Secrets>,
): Sources => {
  const open = new Map<string, Promise<Source>>();
  return {
    open: (spec) => {
      const key = JSON.stringify(spec);
      const known = open.get(key) ?? openSource(spec, host);
      open.set(key, known);
      known.catch(() => open.delete(key));
      return known;
    },
    close: async () => {
      for (const source of open.values()) await (await source).close();
    },
  };
};

const openSource = async (spec: SourceSpec, host: SqliteHost): Promise<Source> => {
  const [{ createSqliteSource }, { openSqlite }] = await Promise.all([
    import('../adapters/sources/sqlite/source.ts'),
    import('../adapters/sqlite/database.ts'),
  ]);
  return createSqliteSource({
    name: spec.name,
    file: spec.url,
    open: (file, { readOnly }) =>
      openSqlite(file, { ...host, access: readOnly ? 'guest-read-only' : 'guest' }),
  });
};
