import pg from 'pg';
import type { ReadCredentials } from '../credentials.ts';
import { type PostgresAddress, tlsOptions } from './address.ts';
import { isRefusedLogin } from './faults.ts';
import { TYPES } from './types.ts';

export interface PoolOptions {
  readonly address: PostgresAddress;
  readonly credentials: ReadCredentials;
  readonly connections: number;
  readonly connectTimeoutMs: number;
}

/** Connections made when needed. A refused login forgets the pool, so that the next try reads the secret anew. */
export interface LazyPool {
  connect(): Promise<pg.PoolClient>;
  close(): Promise<void>;
}

export const createLazyPool = (options: PoolOptions): LazyPool => {
  let pool: Promise<pg.Pool> | undefined;
  const forget = async () => {
    const ending = pool;
    pool = undefined;
    await ending?.then((open) => open.end()).catch(() => undefined);
  };
  return {
    connect: async () => {
      pool ??= openPool(options).catch((thrown: unknown) => {
        pool = undefined;
        throw thrown;
      });
      try {
        return await (await pool).connect();
      } catch (thrown) {
        if (isRefusedLogin(thrown)) await forget();
        throw thrown;
      }
    },
    close: forget,
  };
};

const openPool = async ({
  address,
  credentials,
  connections,
  connectTimeoutMs,
}: PoolOptions): Promise<pg.Pool> => {
  const login = await credentials();
  const user = login?.user ?? address.user;
  const pool = new pg.Pool({
    host: address.host,
    port: address.port,
    database: address.database,
    ...(user === undefined ? {} : { user }),
    ...(login ? { password: login.password } : {}),
    ssl: await tlsOptions(address),
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // A transaction of three statements costs one way there and back instead of three.
    pipeline: true,
    application_name: 'tank',
    types: TYPES,
  });
  // An idle connection that breaks is replaced at the next need; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
};
