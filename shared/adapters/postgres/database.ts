import pg from 'pg';
import type { AtomicResult, Database, SqlRow, SqlValue, Step, StepResult } from '../../ports/database.ts';
import { storeFault, wantsRepeat } from './faults.ts';
import { numbered, type PostgresStatement, statementsOf } from './statement.ts';
import { STORE_TYPES } from './types.ts';

export interface PostgresOptions {
  /** postgres://user:password@host:5432/database */
  readonly url: string;
  /** Sessions at most; 1 on Lambda. */
  readonly connections: number;
}

const CONNECT_MS = 10_000;
const STATEMENT_MS = 60_000;
const TRIES = 5;

/** A mark that a power cut undoes is a mail that goes out twice, whatever the server or the role was set to. */
const WAIT_FOR_DISK = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

/** Transactions leave in one packet: a commit is one round trip, and two where an expectation must be looked at first. */
export const openPostgres = ({ url, connections }: PostgresOptions): Database => {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    keepAlive: true,
    pipeline: true,
    types: STORE_TYPES,
  } as pg.PoolConfig);
  // A connection that breaks while nobody uses it is replaced at the next use.
  pool.on('error', () => undefined);
  // One that breaks in somebody's hands fails his next question; unheard, it would end the process.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    void client.query(WAIT_FOR_DISK).catch(() => undefined);
  });
  return new PostgresDatabase(pool);
};

class PostgresDatabase implements Database {
  readonly engine = 'postgres';
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async all<R extends SqlRow = SqlRow>(sql: string, values: readonly SqlValue[] = []): Promise<readonly R[]> {
    const { rows } = await this.#ask(sql, values);
    return rows as R[];
  }

  /** Pipelined on one connection. */
  async each(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<readonly (readonly SqlRow[])[]> {
    const text = numbered(sql);
    return this.#session(async (client) => {
      const asked = packed(client, () => rows.map((values) => client.query<SqlRow>(text, [...values])));
      return ((await allOrFirstFault(asked)) as pg.QueryResult<SqlRow>[]).map((answer) => answer.rows);
    }).catch((thrown: unknown) => {
      throw storeFault(thrown);
    });
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return changesOf(await this.#ask(sql, values));
  }

  async atomic(steps: readonly Step[]): Promise<AtomicResult> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#session((client) => transact(client, steps));
      } catch (thrown) {
        if (!wantsRepeat(thrown) || tries === TRIES) throw storeFault(thrown);
      }
    }
  }

  async columns(sql: string): Promise<readonly string[]> {
    const text = numbered(sql);
    const unbound = Array.from({ length: text.match(/\$\d+/g)?.length ?? 0 }, () => null);
    const { fields } = await this.#ask(`SELECT * FROM (${sql}) t LIMIT 0`, unbound);
    return fields.map((field) => field.name);
  }

  async *stream(
    sql: string,
    values: readonly SqlValue[],
    chunk: number,
  ): AsyncGenerator<readonly SqlRow[], void, void> {
    const client = await this.#connect();
    let whole = false;
    try {
      await client.query('BEGIN READ ONLY');
      await client.query(`DECLARE tank_rows NO SCROLL CURSOR FOR ${numbered(sql)}`, [...values]);
      for (;;) {
        const { rows } = await client.query<SqlRow>(`FETCH ${chunk} FROM tank_rows`);
        if (rows.length > 0) yield rows;
        if (rows.length < chunk) break;
      }
      whole = true;
    } catch (thrown) {
      throw storeFault(thrown);
    } finally {
      if (whole) await client.query('COMMIT');
      client.release(!whole);
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #ask(sql: string, values: readonly SqlValue[]): Promise<pg.QueryResult> {
    return this.#session((client) => client.query(numbered(sql), [...values])).catch((thrown: unknown) => {
      throw storeFault(thrown);
    });
  }

  async #connect(): Promise<pg.PoolClient> {
    return this.#pool.connect().catch((thrown: unknown) => {
      throw storeFault(thrown);
    });
  }

  /** A connection on which something failed is not given back: nobody inherits its transaction. */
  async #session<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let good = false;
    try {
      const result = await work(client);
      good = true;
      return result;
    } finally {
      client.release(!good);
    }
  }
}

const BEGIN_FLEETING = 'BEGIN; SET LOCAL synchronous_commit = off';

const transact = async (client: pg.PoolClient, steps: readonly Step[]): Promise<AtomicResult> => {
  const mustLook = steps.some((step) => step.expect !== undefined);
  const asked = packed(client, () => [
    client.query(steps.every(({ fleeting }) => fleeting) ? BEGIN_FLEETING : 'BEGIN'),
    ...steps.map((step) => askStep(client, statementsOf(step))),
    ...(mustLook ? [] : [client.query('COMMIT')]),
  ]);
  const [, ...settled] = await Promise.allSettled(asked);
  const failed = firstUnmet(steps, settled as PromiseSettledResult<StepResult>[]);
  if (failed !== -1) {
    await client.query('ROLLBACK');
    return { committed: false, failed };
  }
  const [, ...results] = (await allOrFirstFault(asked)) as StepResult[];
  if (mustLook) await client.query('COMMIT');
  return { committed: true, steps: results.slice(0, steps.length) };
};

/** The steps have left together, so one after an unmet expectation may have failed: only what it would not have run for. */
const firstUnmet = (steps: readonly Step[], settled: readonly PromiseSettledResult<StepResult>[]): number => {
  const broken = settled.findIndex(({ status }) => status === 'rejected');
  return steps.slice(0, broken === -1 ? steps.length : broken).findIndex(({ expect }, i) => {
    const one = settled[i];
    return expect !== undefined && one?.status === 'fulfilled' && total(one.value) !== expect;
  });
};

/** What is asked within leaves in one packet, so that the server wakes once for it. */
const packed = <T>(client: pg.PoolClient, ask: () => T): T => {
  const { stream } = (client as unknown as { connection: { stream: { cork(): void; uncork(): void } } })
    .connection;
  stream.cork();
  try {
    return ask();
  } finally {
    stream.uncork();
  }
};

/** The first that failed is the reason; what follows it is only its consequence. */
const allOrFirstFault = async (asked: readonly Promise<unknown>[]): Promise<unknown[]> => {
  const settled = await Promise.allSettled(asked);
  const fault = settled.find((one) => one.status === 'rejected');
  if (fault) throw fault.reason;
  return Promise.all(asked);
};

const askStep = async (
  client: pg.PoolClient,
  statements: readonly PostgresStatement[],
): Promise<StepResult> => {
  const results = await allOrFirstFault(
    statements.map(({ text, values }) => client.query(text, [...values])),
  );
  const answers = results as pg.QueryResult<SqlRow>[];
  const changes = answers.flatMap((answer, i) => {
    const rows = statements[i]?.rows ?? 1;
    return rows > 1 ? Array.from({ length: rows }, () => 1) : [changesOf(answer)];
  });
  return { rows: answers.flatMap(({ rows }) => rows), changes };
};

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);
const changesOf = ({ command, rowCount }: pg.QueryResult): number =>
  WRITES.has(command) ? (rowCount ?? 0) : 0;
const total = (result: StepResult | undefined): number =>
  (result?.changes ?? []).reduce((sum, n) => sum + n, 0);
