import type pg from 'pg';
import type { Value } from '../../../domain/row.ts';
import type { LazyPool } from './pool.ts';

/** Longer than the server's own limit: it is for a server that does not answer any more. */
const GRACE_MS = 5_000;

interface ExtendedQuery extends pg.QueryArrayConfig {
  /** The extended protocol takes exactly one statement, also where there is no bind. */
  readonly queryMode: 'extended';
  readonly query_timeout: number;
}

/** One connection for a while. */
export interface Session {
  /** Sent at once; what was asked before need not be awaited. */
  ask(text: string, values?: unknown[]): Promise<pg.QueryArrayResult<Value[]>>;
}

export interface SessionOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A connection that somebody has to give back. */
export interface Lease {
  readonly session: Session;
  /** Only the first call counts. */
  end(how: 'keep' | 'destroy'): void;
}

/**
 * Lends a connection. One that failed on its way, was aborted or timed out is thrown away rather than
 * given back: the server ends what was under way, and nobody inherits its transaction.
 */
export const withSession = async <T>(
  pool: LazyPool,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> => {
  const lease = await leaseSession(pool, options);
  try {
    const result = await work(lease.session);
    lease.end('keep');
    return result;
  } finally {
    lease.end('destroy');
  }
};

export const leaseSession = async (pool: LazyPool, { timeoutMs, signal }: SessionOptions): Promise<Lease> => {
  signal?.throwIfAborted();
  const client = await pool.connect();
  let ended = false;
  const end = (how: 'keep' | 'destroy') => {
    if (ended) return;
    ended = true;
    signal?.removeEventListener('abort', abort);
    if (how === 'keep') client.removeListener('error', ignore);
    // Left to itself, pg would first wait for the answers that are still to come.
    if (how === 'destroy') client.connection.stream.destroy();
    client.release(how === 'destroy');
  };
  const abort = () => end('destroy');
  signal?.addEventListener('abort', abort, { once: true });
  // A connection that breaks between two queries tells so by an event, and by the failure of the next query.
  client.on('error', ignore);
  return { session: sessionOf(client, timeoutMs), end };
};

const ignore = () => undefined;

const sessionOf = (client: pg.PoolClient, timeoutMs: number): Session => ({
  ask: (text, values = []) => {
    const query: ExtendedQuery = {
      text,
      values,
      rowMode: 'array',
      queryMode: 'extended',
      query_timeout: timeoutMs + GRACE_MS,
    };
    return client.query<Value[]>(query);
  },
});

/** Asks all at once and waits for all; the first that failed is the reason, what follows it only its consequence. */
export const askAll = async <T>(questions: readonly Promise<T>[]): Promise<readonly T[]> => {
  const answers = await Promise.allSettled(questions);
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed) throw failed.reason;
  return Promise.all(questions);
};
