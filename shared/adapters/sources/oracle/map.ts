import { isDeepStrictEqual } from 'node:util';
import type { Row } from '../../../domain/row.ts';
import { planBinds } from '../bind-plan.ts';
import { isPassing } from './faults.ts';
import { type OraclePool, type Session, type SessionOptions, withSession } from './session.ts';
import { asQuery, bindColumn, bindSign, mapMany } from './statements.ts';
import { toRow } from './types.ts';

export type BindTuples = readonly (readonly (string | null)[])[];
type Lists = readonly (readonly Row[])[];

/** A round trip for each row of binds, over this many connections side by side. */
const SIDE_BY_SIDE = 4;
const ROWS_WORTH_A_CONNECTION = 10;
/** Rows asked in both ways when a query is seen for the first time. */
const PROBED = 3;

export type Mapper = (sql: string, binds: BindTuples, signal?: AbortSignal) => Promise<Lists>;

/**
 * Asks for all rows in one statement where Oracle takes it, and row by row otherwise. The first answer to each
 * query is held against single answers: a difference in comparison or order must show before a mail is made of it.
 */
export const createMapper = (pool: OraclePool, timeoutMs: number): Mapper => {
  const ways = new Map<string, 'together' | 'row by row'>();

  /** Nothing where this way does not work, or works differently. */
  const together = async (
    options: SessionOptions,
    sql: string,
    binds: BindTuples,
  ): Promise<Lists | undefined> => {
    try {
      const mapped = await withSession(pool, options, (session) => askMany(session, sql, binds));
      return ways.has(sql) || (await isConfirmed(pool, options, sql, binds, mapped)) ? mapped : undefined;
    } catch (thrown) {
      if (isPassing(thrown) || options.signal?.aborted) throw thrown;
      return undefined;
    }
  };

  return async (sql, binds, signal) => {
    const options: SessionOptions = { mode: 'read', timeoutMs, ...(signal ? { signal } : {}) };
    const hasBinds = (binds[0]?.length ?? 0) > 0;
    const mapped =
      hasBinds && ways.get(sql) !== 'row by row' ? await together(options, sql, binds) : undefined;
    if (mapped) {
      ways.set(sql, 'together');
      return mapped;
    }
    const single = await askEach(pool, options, sql, binds);
    ways.set(sql, 'row by row');
    return single;
  };
};

const isConfirmed = async (
  pool: OraclePool,
  options: SessionOptions,
  sql: string,
  binds: BindTuples,
  mapped: Lists,
): Promise<boolean> =>
  isDeepStrictEqual(await askEach(pool, options, sql, binds.slice(0, PROBED)), mapped.slice(0, PROBED));

const askMany = async (session: Session, sql: string, binds: BindTuples): Promise<Lists> => {
  const statement = mapMany(planBinds(sql, 'oracle', bindColumn).sql, binds[0]?.length ?? 0);
  const rows = { val: JSON.stringify(binds), type: session.driver.DB_TYPE_CLOB };
  const answer = await session.query(statement, { tank_rows: rows });
  const columns = answer.columns.slice(2);
  const lists: Row[][] = binds.map(() => []);
  for (const [row, , ...values] of answer.rows) lists[Number(row) - 1]?.push(toRow(columns, values));
  return lists;
};

const askEach = async (
  pool: OraclePool,
  options: SessionOptions,
  sql: string,
  binds: BindTuples,
): Promise<Lists> => {
  const statement = asQuery(planBinds(sql, 'oracle', bindSign).sql);
  const width = Math.min(SIDE_BY_SIDE, Math.ceil(binds.length / ROWS_WORTH_A_CONNECTION));
  const size = Math.ceil(binds.length / width);
  const shares = Array.from({ length: width }, (_, i) => binds.slice(i * size, (i + 1) * size));
  const answers = await Promise.allSettled(
    shares.map((share) => withSession(pool, options, (session) => askInTurn(session, statement, share))),
  );
  return answers.flatMap((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
};

const askInTurn = async (session: Session, statement: string, binds: BindTuples): Promise<Lists> => {
  const lists: Row[][] = [];
  for (const values of binds) {
    const { columns, rows } = await session.query(statement, [...values]);
    lists.push(rows.map((row) => toRow(columns, row)));
  }
  return lists;
};
