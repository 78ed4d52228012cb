import oracledb from 'oracledb';
import type {
  AtomicResult,
  Database,
  ManyStatement,
  SqlRow,
  SqlValue,
  Step,
  StepResult,
} from '../../ports/database.ts';
import { parseStoreUrl } from './address.ts';
import { isDeadlock, isRefusal, isUniqueViolation, storeFault } from './faults.ts';
import { oracleText } from './statement.ts';
import { fetchTypes, isPlain, toBind, toColumn, toRow } from './values.ts';

export interface OracleOptions {
  /** oracle://user:password@host:1521/service */
  readonly url: string;
  /** Sessions at most; 1 on Lambda. */
  readonly connections: number;
}

const CONNECT_S = 10;
const CALL_MS = 60_000;
const TRIES = 5;
/** Compares and orders in binary, whatever the client's country. */
const SET_SESSION = `ALTER SESSION SET NLS_SORT = 'BINARY' NLS_COMP = 'BINARY' NLS_NUMERIC_CHARACTERS = '.,'`;

const FETCH = { outFormat: oracledb.OUT_FORMAT_ARRAY, fetchTypeHandler: fetchTypes, maxRows: 0 } as const;

/** Oracle Database 12.1 and later, without a client library. The pool opens with the first statement. */
export const openOracle = ({ url, connections }: OracleOptions): Database => {
  const address = parseStoreUrl(url);
  let opened: Promise<oracledb.Pool> | undefined;
  const pool = () => {
    opened ??= createPool(address, connections).catch((thrown: unknown) => {
      opened = undefined;
      throw thrown;
    });
    return opened;
  };
  const close = async () => {
    const closing = opened;
    opened = undefined;
    await (await closing?.catch(() => undefined))?.close(0);
  };
  return new OracleDatabase(pool, close);
};

const createPool = (address: ReturnType<typeof parseStoreUrl>, connections: number): Promise<oracledb.Pool> =>
  oracledb.createPool({
    ...address,
    poolMin: 0,
    poolMax: connections,
    poolTimeout: 60,
    stmtCacheSize: 200,
    queueTimeout: CALL_MS,
    connectTimeout: CONNECT_S,
    transportConnectTimeout: CONNECT_S,
    expireTime: 2,
    sessionCallback: (connection, _tag, done) => {
      connection.callTimeout = CALL_MS;
      connection.execute(SET_SESSION).then(() => done(), done);
    },
  });

class OracleDatabase implements Database {
  readonly engine = 'oracle';
  readonly #pool: () => Promise<oracledb.Pool>;
  readonly close: () => Promise<void>;

  constructor(pool: () => Promise<oracledb.Pool>, close: () => Promise<void>) {
    this.#pool = pool;
    this.close = close;
  }

  async all<R extends SqlRow = SqlRow>(sql: string, values: readonly SqlValue[] = []): Promise<readonly R[]> {
    const rows = await this.#session((connection) => ask(connection, sql, values));
    return rows as readonly R[];
  }

  /** One after the other on one session: Oracle has no pipeline. */
  each(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<readonly (readonly SqlRow[])[]> {
    return this.#session(async (connection) => {
      const answers: (readonly SqlRow[])[] = [];
      for (const values of rows) answers.push(await ask(connection, sql, values));
      return answers;
    });
  }

  run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return this.#repeated([sql], async (connection) => {
      const result = await connection.execute(oracleText(sql), values.map(toBind), { autoCommit: true });
      return result.rowsAffected ?? 0;
    });
  }

  atomic(steps: readonly Step[]): Promise<AtomicResult> {
    return this.#repeated(
      steps.map(({ sql }) => sql),
      (connection) => transact(connection, steps),
    );
  }

  columns(sql: string): Promise<readonly string[]> {
    return this.#session(async (connection) => {
      const { metaData } = await connection.getStatementInfo(oracleText(sql));
      return namesOf(metaData);
    });
  }

  async *stream(
    sql: string,
    values: readonly SqlValue[],
    chunk: number,
  ): AsyncGenerator<readonly SqlRow[], void, void> {
    const connection = await this.#connect();
    let fault: unknown;
    try {
      const options = { ...FETCH, resultSet: true, fetchArraySize: chunk, prefetchRows: chunk };
      const { resultSet } = await connection.execute<unknown[]>(oracleText(sql), values.map(toBind), options);
      const columns = namesOf(resultSet?.metaData);
      for (;;) {
        const rows = (await resultSet?.getRows(chunk)) ?? [];
        if (rows.length > 0) yield rows.map((row) => toRow(columns, row));
        if (rows.length < chunk) break;
      }
      await resultSet?.close();
    } catch (thrown) {
      fault = thrown;
      throw storeFault(thrown);
    } finally {
      await giveBack(connection, fault);
    }
  }

  async #connect(): Promise<oracledb.Connection> {
    try {
      return await (await this.#pool()).getConnection();
    } catch (thrown) {
      throw storeFault(thrown);
    }
  }

  async #session<T>(work: (connection: oracledb.Connection) => Promise<T>): Promise<T> {
    const connection = await this.#connect();
    let fault: unknown;
    try {
      return await work(connection);
    } catch (thrown) {
      fault = thrown;
      throw storeFault(thrown);
    } finally {
      await giveBack(connection, fault);
    }
  }

  /** Two transactions met: at the same rows crosswise, or in a MERGE that saw no row and found one when it wrote. */
  async #repeated<T>(
    statements: readonly string[],
    work: (connection: oracledb.Connection) => Promise<T>,
  ): Promise<T> {
    const merges = statements.some((sql) => sql.startsWith('MERGE'));
    for (let tries = 1; ; tries += 1) {
      let met = false;
      try {
        return await this.#session((connection) =>
          work(connection).catch((thrown: unknown) => {
            met = isDeadlock(thrown) || (merges && isUniqueViolation(thrown));
            throw thrown;
          }),
        );
      } catch (thrown) {
        if (!met || tries === TRIES) throw thrown;
      }
    }
  }
}

/** Closing rolls back what was begun. A session that broke is not given to anybody else. */
const giveBack = async (connection: oracledb.Connection, fault: unknown): Promise<void> => {
  await connection.close({ drop: fault !== undefined && !isRefusal(fault) }).catch(() => undefined);
};

const transact = async (connection: oracledb.Connection, steps: readonly Step[]): Promise<AtomicResult> => {
  const results: StepResult[] = [];
  for (const [index, step] of steps.entries()) {
    const result = await doStep(connection, step);
    if (step.expect !== undefined && total(result) !== step.expect) {
      await connection.rollback();
      return { committed: false, failed: index };
    }
    results.push(result);
  }
  await connection.commit();
  return { committed: true, steps: results };
};

const doStep = async (connection: oracledb.Connection, step: Step): Promise<StepResult> => {
  if ('rows' in step) return { rows: [], changes: await executeMany(connection, step) };
  const { metaData, rows, rowsAffected } = await connection.execute<unknown[]>(
    oracleText(step.sql),
    (step.values ?? []).map(toBind),
    FETCH,
  );
  const columns = namesOf(metaData);
  return { rows: (rows ?? []).map((row) => toRow(columns, row)), changes: [rowsAffected ?? 0] };
};

/** Long bytes may be bound straight to a column, many rows at once; in any other place they go row by row. */
const executeMany = async (
  connection: oracledb.Connection,
  { sql, rows }: ManyStatement,
): Promise<readonly number[]> => {
  if (rows.length === 0) return [];
  const isInsertOfValues = /\bVALUES\s*\(/i.test(sql) && !sql.startsWith('MERGE');
  if (!isInsertOfValues && rows.some((row) => !row.map(toBind).every(isPlain)))
    return oneByOne(connection, sql, rows);
  const width = rows[0]?.length ?? 0;
  const columns = Array.from({ length: width }, (_, i) => toColumn(rows.map((row) => row[i] ?? null)));
  const binds = rows.map((_, at) => columns.map((column) => column[at] ?? null));
  const { dmlRowCounts } = await connection.executeMany(oracleText(sql), binds, { dmlRowCounts: true });
  return dmlRowCounts ?? [];
};

const oneByOne = async (
  connection: oracledb.Connection,
  sql: string,
  rows: ManyStatement['rows'],
): Promise<readonly number[]> => {
  const changes: number[] = [];
  for (const row of rows) {
    const { rowsAffected } = await connection.execute(oracleText(sql), row.map(toBind));
    changes.push(rowsAffected ?? 0);
  }
  return changes;
};

const ask = async (
  connection: oracledb.Connection,
  sql: string,
  values: readonly SqlValue[],
): Promise<readonly SqlRow[]> => {
  const { metaData, rows } = await connection.execute<unknown[]>(oracleText(sql), values.map(toBind), FETCH);
  const columns = namesOf(metaData);
  return (rows ?? []).map((row) => toRow(columns, row));
};

const namesOf = (metaData: readonly { readonly name: string }[] | undefined): readonly string[] =>
  (metaData ?? []).map(({ name }) => name.toLowerCase());

const total = ({ changes }: StepResult): number => changes.reduce((sum, n) => sum + n, 0);
