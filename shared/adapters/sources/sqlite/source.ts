import { findColumn } from '../../../domain/column-name.ts';
import type { Row } from '../../../domain/row.ts';
import type { Database, SqlRow, SqlValue } from '../../../ports/database.ts';
import type { Source, TargetQuery, UpdateOutcome } from '../../../ports/source.ts';
import { bindValues, planBinds } from '../bind-plan.ts';
import { type SourceFaults, sourceFaults } from '../source-faults.ts';
import { wholeKeys } from '../whole-keys.ts';
import { isFaultOfAll, sqliteFault, updateCode } from './faults.ts';
import { createHandles, type Handles, type OpenDatabase } from './handles.ts';
import { asQuery, ORDER_COLUMN, targetAfter, targetFromStart, VERSION } from './statements.ts';
import { toRow, toSqlValue } from './values.ts';

export interface SqliteSourceOptions {
  readonly name: string;
  readonly file: string;
  readonly open: OpenDatabase;
}

const CHUNK_ROWS = 500;
/** In one trip to the database's thread; more would let others wait. */
const MAPPED_AT_ONCE = 100;

export const createSqliteSource = ({ name, file, open }: SqliteSourceOptions): Source => {
  const faults = sourceFaults(name);
  const handles = createHandles(file, open, faults);
  const use = <T>(door: Promise<Database>, work: (database: Database) => Promise<T>): Promise<T> =>
    door.then(work).catch((thrown: unknown) => {
      throw sqliteFault(thrown, faults);
    });
  const describe = (sql: string) =>
    use(handles.reader(), (database) => database.columns(asQuery(sqlitePlan(sql).sql)));

  return {
    describe,
    target: (query) => target(query, describe, handles, faults),
    map: async (query, rows, key, signal) => {
      const plan = sqlitePlan(query.sql);
      const sql = asQuery(plan.sql);
      const binds = bindValues(plan, rows, key, faults).map((values) => values.map(toSqlValue));
      const mapped: (readonly Row[])[] = [];
      for (let start = 0; start < binds.length; start += MAPPED_AT_ONCE) {
        signal?.throwIfAborted();
        const some = binds.slice(start, start + MAPPED_AT_ONCE);
        const lists = await use(handles.reader(), (database) => database.each(sql, some));
        mapped.push(...lists.map((list) => list.map(toRow)));
      }
      return mapped;
    },
    update: async (sql, rows, key) => {
      const plan = sqlitePlan(sql);
      const values = bindValues(plan, rows, key, faults).map((row) => row.map(toSqlValue));
      return use(handles.writer(), (database) => updateRows(database, plan.sql, values, faults));
    },
    test: () =>
      use(handles.reader(), async (database) => ({
        product: 'SQLite',
        version: String((await database.all(VERSION))[0]?.version ?? ''),
        user: 'the user of this process',
        privileges: ['SELECT', 'UPDATE'],
        tooMighty: [],
        // A file on this machine: nothing travels.
        encrypted: true,
      })),
    close: () => handles.close(),
  };
};

const sqlitePlan = (sql: string) => planBinds(sql, 'sqlite', () => '?');

async function* target(
  query: TargetQuery,
  describe: (sql: string) => Promise<readonly string[]>,
  handles: Handles,
  faults: SourceFaults,
): AsyncGenerator<readonly Row[], void, void> {
  query.signal?.throwIfAborted();
  const key = findColumn(await describe(query.sql), query.key);
  if (key === undefined) throw faults.keyMissing(query.key);
  const database = await handles.reader();
  const chunks =
    query.after === undefined
      ? database.stream(targetFromStart(query.sql, key), [], CHUNK_ROWS)
      : database.stream(targetAfter(query.sql, key), [query.after], CHUNK_ROWS);
  yield* wholeKeys(readChunks(chunks, query, key, faults), query.key, faults);
}

async function* readChunks(
  chunks: AsyncIterable<readonly SqlRow[]>,
  query: TargetQuery,
  key: string,
  faults: SourceFaults,
): AsyncGenerator<readonly Row[], void, void> {
  try {
    for await (const chunk of chunks) {
      query.signal?.throwIfAborted();
      yield chunk.map((row) => keyed(row, key, query.key));
    }
  } catch (thrown) {
    query.signal?.throwIfAborted();
    throw sqliteFault(thrown, faults);
  }
}

/** The key as text, under the name that the automation gives it. */
const keyed = (row: SqlRow, key: string, name: string): Row => {
  const { [ORDER_COLUMN]: text, [key]: _, ...rest } = row;
  return { [name]: text ?? null, ...toRow(rest) };
};

/** All in one commit; when a row spoils that, each by itself, so that the row can be named. */
const updateRows = async (
  database: Database,
  sql: string,
  values: readonly (readonly SqlValue[])[],
  faults: SourceFaults,
): Promise<readonly UpdateOutcome[]> => {
  if (values.length === 0) return [];
  try {
    const answer = await database.atomic([{ sql, rows: values }]);
    if (answer.committed) return (answer.steps[0]?.changes ?? []).map(outcomeOf);
  } catch (thrown) {
    if (isFaultOfAll(thrown)) throw sqliteFault(thrown, faults);
  }
  const outcomes: UpdateOutcome[] = [];
  for (const row of values) outcomes.push(await updateRow(database, sql, row, faults));
  return outcomes;
};

const updateRow = async (
  database: Database,
  sql: string,
  values: readonly SqlValue[],
  faults: SourceFaults,
): Promise<UpdateOutcome> => {
  try {
    return outcomeOf(await database.run(sql, values));
  } catch (thrown) {
    if (isFaultOfAll(thrown)) throw sqliteFault(thrown, faults);
    return { kind: 'failed', code: updateCode(thrown) };
  }
};

const outcomeOf = (changes: number): UpdateOutcome =>
  changes > 0 ? { kind: 'updated' } : { kind: 'missed' };
