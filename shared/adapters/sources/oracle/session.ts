import type oracledb from 'oracledb';
import type { ReadCredentials } from '../credentials.ts';
import type { OracleAddress } from './address.ts';
import { isRefusedLogin } from './faults.ts';
import { BEGIN_READ, SET_SESSION } from './statements.ts';
import { type Driver, fetchTypes } from './types.ts';

export interface PoolOptions {
  readonly address: OracleAddress;
  readonly credentials: ReadCredentials;
  readonly connections: number;
  readonly connectTimeoutMs: number;
}

interface QueryAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** One connection for a while. */
export interface Session {
  readonly driver: Driver;
  readonly connection: oracledb.Connection;
  query(sql: string, binds?: oracledb.BindParameters): Promise<QueryAnswer>;
  /** Rows as they are asked for. */
  open(sql: string, binds: oracledb.BindParameters, chunk: number): Promise<oracledb.ResultSet<unknown[]>>;
}

export interface Lease {
  readonly session: Session;
  /** Only the first call counts. */
  end(how: 'keep' | 'drop'): Promise<void>;
}

export interface SessionOptions {
  readonly mode: 'read' | 'write';
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface OraclePool {
  lease(options: SessionOptions): Promise<Lease>;
  close(): Promise<void>;
}

/** The driver loads with the first connection. A refused login forgets the pool, so that the next try reads the secret anew. */
export const createOraclePool = (options: PoolOptions): OraclePool => {
  let opened: Promise<{ readonly driver: Driver; readonly pool: oracledb.Pool }> | undefined;
  const forget = async () => {
    const ending = opened;
    opened = undefined;
    await ending?.then(({ pool }) => pool.close(0)).catch(() => undefined);
  };
  const connect = async () => {
    opened ??= openPool(options).catch((thrown: unknown) => {
      opened = undefined;
      throw thrown;
    });
    const { driver, pool } = await opened;
    try {
      return { driver, connection: await pool.getConnection() };
    } catch (thrown) {
      if (isRefusedLogin(thrown)) await forget();
      throw thrown;
    }
  };

  return {
    lease: async ({ mode, timeoutMs, signal }) => {
      signal?.throwIfAborted();
      const { driver, connection } = await connect();
      connection.callTimeout = timeoutMs;
      // The call that is under way ends with an error, and the connection is dropped for it.
      const abort = () => void connection.break().catch(() => undefined);
      signal?.addEventListener('abort', abort, { once: true });
      let ended = false;
      const end = async (how: 'keep' | 'drop') => {
        if (ended) return;
        ended = true;
        signal?.removeEventListener('abort', abort);
        // Closing rolls back, which ends a read-only transaction.
        await connection.close({ drop: how === 'drop' }).catch(() => undefined);
      };
      try {
        if (mode === 'read') await connection.execute(BEGIN_READ);
      } catch (thrown) {
        await end('drop');
        throw thrown;
      }
      return { session: sessionOf(driver, connection), end };
    },
    close: forget,
  };
};

export const withSession = async <T>(
  pool: OraclePool,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> => {
  const lease = await pool.lease(options);
  try {
    const result = await work(lease.session);
    await lease.end('keep');
    return result;
  } finally {
    await lease.end('drop');
  }
};

const sessionOf = (driver: Driver, connection: oracledb.Connection): Session => {
  const common = { outFormat: driver.OUT_FORMAT_ARRAY, fetchTypeHandler: fetchTypes(driver) };
  return {
    driver,
    connection,
    query: async (sql, binds = []) => {
      const { metaData, rows } = await connection.execute<unknown[]>(sql, binds, {
        ...common,
        maxRows: 0,
        fetchArraySize: 500,
      });
      return { columns: (metaData ?? []).map(({ name }) => name), rows: rows ?? [] };
    },
    open: async (sql, binds, chunk) => {
      const { resultSet } = await connection.execute<unknown[]>(sql, binds, {
        ...common,
        resultSet: true,
        fetchArraySize: chunk,
        prefetchRows: chunk,
      });
      if (!resultSet) throw new Error('NJS-000: the statement is not a query');
      return resultSet;
    },
  };
};

const openPool = async ({ address, credentials, connections, connectTimeoutMs }: PoolOptions) => {
  const { default: driver } = await import('oracledb');
  const login = await credentials();
  const seconds = Math.max(1, Math.ceil(connectTimeoutMs / 1000));
  const pool = await driver.createPool({
    ...(login ? { user: login.user, password: login.password } : {}),
    connectString: address.connectString,
    ...(address.walletFolder ? { walletLocation: address.walletFolder } : {}),
    poolMin: 0,
    poolMax: connections,
    poolTimeout: 60,
    stmtCacheSize: 50,
    queueTimeout: 60_000,
    connectTimeout: seconds,
    transportConnectTimeout: seconds,
    // Minutes: a firewall that forgets idle connections is found out before a query hangs in one.
    expireTime: 2,
    sessionCallback: (connection, _tag, done) => {
      connection.callTimeout = connectTimeoutMs;
      connection.execute(SET_SESSION).then(() => done(), done);
    },
  });
  return { driver, pool };
};
