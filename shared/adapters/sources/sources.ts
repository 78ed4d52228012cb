import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SourceSpec } from '../../domain/automation.ts';
import { bothLanguages, TankError } from '../../domain/errors.ts';
import type { Source, Sources } from '../../ports/source.ts';
import type { ReadCredentials } from './credentials.ts';
import type { OpenDatabase } from './sqlite/handles.ts';

export interface SourcesOptions {
  /** Where a relative path of a SQLite or CSV source starts. */
  readonly baseFolder: string;
  /** Where CSV files are staged as tables. */
  readonly stageFolder: string;
  /** Tank's own databases: no automation may read accounts or keys out of them. */
  readonly ownFiles: readonly string[];
  readonly openSqlite: OpenDatabase;
  /** Sessions to each database, at most. */
  readonly connections: number;
  /** User and password by the name of the secret. */
  readonly credentials: (secret: string) => ReturnType<ReadCredentials>;
}

/** One source for each definition, kept as long as the definition stays the same. Drivers load when first used. */
export const createSources = (options: SourcesOptions): Sources => {
  const opened = new Map<string, { readonly definition: string; readonly source: Promise<Source> }>();

  return {
    open: async (spec) => {
      const definition = JSON.stringify(spec);
      const known = opened.get(spec.name);
      if (known?.definition === definition) return known.source;
      const source = openSource(spec, options);
      opened.set(spec.name, { definition, source });
      source.catch(() => opened.delete(spec.name));
      await known?.source.then((before) => before.close()).catch(() => undefined);
      return source;
    },
    close: async () => {
      const all = [...opened.values()];
      opened.clear();
      for (const { source } of all) await source.then((each) => each.close()).catch(() => undefined);
    },
  };
};

const openSource = async (spec: SourceSpec, options: SourcesOptions): Promise<Source> => {
  const { name, url, secret } = spec;
  const credentials: ReadCredentials = async () =>
    secret === undefined ? undefined : options.credentials(secret);
  switch (spec.kind) {
    case 'sqlite': {
      const { createSqliteSource } = await import('./sqlite/source.ts');
      return createSqliteSource({ name, file: await customersFile(url, options), open: options.openSqlite });
    }
    case 'csv': {
      const { createCsvSource } = await import('./csv/source.ts');
      return createCsvSource({
        name,
        file: await customersFile(url, options),
        open: options.openSqlite,
        stageFolder: options.stageFolder,
        ...(spec.encoding === undefined ? {} : { encoding: spec.encoding }),
        ...(spec.delimiter === undefined ? {} : { delimiter: spec.delimiter }),
      });
    }
    case 'postgres': {
      const { createPostgresSource } = await import('./postgres/source.ts');
      return createPostgresSource({ name, url, credentials, connections: options.connections });
    }
    case 'oracle': {
      const { createOracleSource } = await import('./oracle/source.ts');
      return createOracleSource({ name, url, credentials, connections: options.connections });
    }
  }
};

/** Compared by inode: another name for the same file is the same file. */
const customersFile = async (url: string, { baseFolder, ownFiles }: SourcesOptions): Promise<string> => {
  const file = resolve(baseFolder, url);
  const identity = await identityOf(file);
  for (const own of ownFiles) {
    if (file === resolve(own) || (identity !== undefined && identity === (await identityOf(own)))) {
      throw new TankError(
        'invalid_definition',
        bothLanguages({
          en: 'the file of a source cannot be one of Tank itself',
          ko: 'Tank 자신의 파일은 데이터 소스로 쓸 수 없습니다',
        }),
      );
    }
  }
  return file;
};

const identityOf = (file: string): Promise<string | undefined> =>
  stat(file, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  );
