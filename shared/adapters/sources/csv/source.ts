import { stat } from 'node:fs/promises';
import { findColumn } from '../../../domain/column-name.ts';
import { faultText } from '../../../domain/fault-text.ts';
import { bindNames, KEY_BIND } from '../../../domain/query-guard/binds.ts';
import type { Source } from '../../../ports/source.ts';
import { fileFault, NOT_A_FILE, type SourceFaults, sourceFaults } from '../source-faults.ts';
import type { OpenDatabase } from '../sqlite/handles.ts';
import { createSqliteSource } from '../sqlite/source.ts';
import { formatOf } from './format.ts';
import { type Stage, stageCsv } from './stage.ts';

export interface CsvSourceOptions {
  readonly name: string;
  readonly file: string;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly open: OpenDatabase;
  /** Where the file is staged as a table. */
  readonly stageFolder: string;
}

interface Staged {
  readonly identity: string;
  readonly stage: Stage;
  readonly source: Source;
  readonly columns: readonly string[];
}

export const createCsvSource = (options: CsvSourceOptions): Source => {
  const { name, file, open, stageFolder: folder } = options;
  const faults = sourceFaults(name);
  const format = formatOf(options.encoding, options.delimiter);
  let current: Promise<Staged> | undefined;

  const make = async (identity: string): Promise<Staged> => {
    const stage = await stageCsv({ file, format, folder, open, faults });
    const source = createSqliteSource({ name, file: stage.file, open });
    return { identity, stage, source, columns: await source.describe('SELECT * FROM DATA') };
  };
  const drop = async (staged: Promise<Staged> | undefined) => {
    const gone = await staged?.catch(() => undefined);
    await gone?.source.close();
    await gone?.stage.remove();
  };
  /** The table of the file that stands there now; another file in its place is staged anew. */
  const staged = async (): Promise<Staged> => {
    const identity = await identityOf(file, faults);
    const before = current;
    const known = await before?.catch(() => undefined);
    if (known?.identity === identity) return known;
    if (current === before) {
      current = make(identity);
      await drop(before);
    }
    return current ?? staged();
  };

  return {
    describe: async (sql) => (await staged()).source.describe(sql),
    target: async function* (query) {
      yield* (await staged()).source.target(query);
    },
    map: async (query, rows, key, signal) => {
      const { source, stage, columns } = await staged();
      for (const bind of bindNames(query.sql, 'sqlite')) {
        const column = findColumn(columns, bind === KEY_BIND ? key : bind);
        if (column !== undefined) await stage.index(column);
      }
      return source.map(query, rows, key, signal);
    },
    update: async () => {
      throw faults.failed(NEVER_WRITTEN);
    },
    test: async () => ({
      ...(await (await staged()).source.test()),
      product: `CSV file, read with SQLite`,
      privileges: ['SELECT'],
    }),
    close: async () => {
      const last = current;
      current = undefined;
      await drop(last);
    },
  };
};

const NEVER_WRITTEN = faultText(
  'a CSV file cannot be written back; remove the update query of the automation',
  'CSV 파일에는 다시 쓸 수 없습니다. 자동화의 업데이트 쿼리를 지우십시오',
);

const identityOf = async (file: string, faults: SourceFaults): Promise<string> => {
  const found = await stat(file, { bigint: true }).catch((thrown: unknown) => {
    throw fileFault(faults, thrown);
  });
  if (!found.isFile()) throw faults.failed(NOT_A_FILE);
  return `${found.ino}:${found.size}:${found.mtimeNs}`;
};
