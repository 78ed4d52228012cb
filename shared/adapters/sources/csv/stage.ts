import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type FaultText, faultText } from '../../../domain/fault-text.ts';
import type { Database, SqlValue } from '../../../ports/database.ts';
import type { SourceFaults } from '../source-faults.ts';
import type { OpenDatabase } from '../sqlite/handles.ts';
import { collectCsvFaults } from './csv-faults.ts';
import { decodeLines } from './decode.ts';
import type { CsvFormat } from './format.ts';
import { headerOf } from './header.ts';
import { createRecordParser } from './records.ts';
import { createIndex, createTable, createView, insertRow, STAGE_PRAGMAS } from './statements.ts';

/** A CSV file as a table, so that it can be ordered, resumed and asked like any other source. */
export interface Stage {
  readonly file: string;
  /** Asking by a column for every recipient would otherwise read the whole table each time. */
  index(column: string): Promise<void>;
  remove(): Promise<void>;
}

export interface StageOptions {
  readonly file: string;
  readonly format: CsvFormat;
  /** Where the stage is put; it holds the file's rows, so only its owner may look into it. */
  readonly folder: string;
  readonly open: OpenDatabase;
  readonly faults: SourceFaults;
}

const PREFIX = 'tank-csv-';
const ROWS_AT_ONCE = 1_000;

export const stageCsv = async (options: StageOptions): Promise<Stage> => {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  await sweep(options.folder);
  // mkdtemp gives 0700.
  const home = await mkdtemp(join(options.folder, `${PREFIX}${process.pid}-`));
  const remove = () => rm(home, { recursive: true, force: true });
  const file = join(home, 'stage.db');
  try {
    const table = await withDatabase(options.open, file, (database) => fill(database, options));
    const indexed = new Set<string>();
    const index = async (column: string) => {
      if (indexed.has(column)) return;
      await withDatabase(options.open, file, (database) => database.run(createIndex(table, column)));
      indexed.add(column);
    };
    return { file, index, remove };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
};

const withDatabase = async <T>(
  open: OpenDatabase,
  file: string,
  work: (database: Database) => Promise<T>,
): Promise<T> => {
  const database = await open(file, { readOnly: false });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
};

/** The table's name: the file's own, or DATA, which always works. */
const fill = async (database: Database, { file, format, faults }: StageOptions): Promise<string> => {
  const found = collectCsvFaults();
  const parser = createRecordParser(format.delimiter, found);
  const table = basename(file, extname(file));
  for (const pragma of STAGE_PRAGMAS) await database.all(pragma);

  let header: readonly string[] | undefined;
  let rows: SqlValue[][] = [];
  const flush = async () => {
    if (header && rows.length > 0) await database.atomic([{ sql: insertRow(table, header.length), rows }]);
    rows = [];
  };
  const take = async (records: ReturnType<typeof parser.push>) => {
    for (const record of records) {
      if (header === undefined) {
        header = headerOf(record, found);
        found.throwIfAny(faults);
        await database.run(createTable(table, header));
        continue;
      }
      if (record.fields.length === header.length) rows.push([...record.fields]);
      else found.add(record.line, otherWidth(record.fields.length, header.length));
      if (found.full) found.throwIfAny(faults);
      if (rows.length >= ROWS_AT_ONCE) await flush();
    }
  };

  for await (const block of decodeLines(
    createReadStream(file, { highWaterMark: 256 * 1024 }),
    format.encoding,
    found,
  )) {
    await take(parser.push(block.text));
  }
  await take(parser.end());
  found.throwIfAny(faults);
  if (header === undefined) throw faults.failed(EMPTY);
  await flush();
  if (table.toUpperCase() !== 'DATA') await database.run(createView(table));
  return table;
};

const EMPTY = faultText(
  'the file is empty; its first line must name the columns',
  '파일이 비어 있습니다. 첫 줄에 컬럼 이름이 있어야 합니다',
);
const otherWidth = (fields: number, columns: number): FaultText =>
  faultText(
    `has ${fields} fields, and the header has ${columns}`,
    `항목이 ${fields}개인데 첫 줄의 컬럼은 ${columns}개입니다`,
  );

/** Stages of processes that were killed: they hold personal data and nobody else removes them. */
const sweep = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (pid > 0 && !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
};
