import type pg from 'pg';
import type { Value } from '../../../domain/row.ts';
import type { LazyPool } from './pool.ts';
import { COMMIT } from './statements.ts';

/** Longer than the server's own limit: it is for a server that does not answer any more. */
const GRACE_MS = 5_000;

interface ExtendedQuery extends pg.QueryArrayConfig {
  /** The extended protocol takes exactly one statement, also where there is no bind. */
  readonly queryMode: 'extended';
  readonly query_timeout: number;
}

/** With a name, the server keeps its plan for as long as the connection lives. */
export interface Statement {
  readonly text: string;
  readonly name?: string;
}

/** One connection for a while. What is asked is sent at once; what was asked before need not be awaited. */
export interface Session {
  /** Only for texts of Tank's own: the simple protocol would take any number of statements. */
  command(text: string): Promise<unknown>;
  /** What is asked within leaves in one packet, so that the server wakes once for it. */
  packed<T>(questions: () => T): T;
  ask(statement: string | Statement, values?: unknown[]): Promise<pg.QueryArrayResult<Value[]>>;
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

const sessionOf = (client: pg.PoolClient, timeoutMs: number): Session => {
  const common = { rowMode: 'array', query_timeout: timeoutMs + GRACE_MS } as const;
  return {
    command: (text) => client.query<Value[]>({ text, ...common }),
    packed: (questions) => {
      client.connection.stream.cork();
      try {
        return questions();
      } finally {
        client.connection.stream.uncork();
      }
    },
    ask: (statement, values = []) => {
      const asked = typeof statement === 'string' ? { text: statement } : statement;
      const query: ExtendedQuery = { ...asked, values, queryMode: 'extended', ...common };
      return client.query<Value[]>(query);
    },
  };
};

type Ask<T> = (ask: Session['ask']) => readonly Promise<T>[];

/** A whole transaction on its way at once; the answers to what was asked within it. */
export const within = <T>(session: Session, begin: string, questions: Ask<T>): Promise<readonly T[]> =>
  session.packed(() => {
    const opening = session.command(begin);
    const asked = questions(session.ask);
    return answersOf(asked, [opening, ...asked, session.command(COMMIT)]);
  });

/** Leaves the transaction open. */
export const beginning = <T>(session: Session, begin: string, questions: Ask<T>): Promise<readonly T[]> =>
  session.packed(() => {
    const opening = session.command(begin);
    const asked = questions(session.ask);
    return answersOf(asked, [opening, ...asked]);
  });

/** Waits for all; the first that failed is the reason, what follows it only its consequence. */
const answersOf = async <T>(
  asked: readonly Promise<T>[],
  all: readonly Promise<unknown>[],
): Promise<readonly T[]> => {
  const failed = (await Promise.allSettled(all)).find((answer) => answer.status === 'rejected');
  if (failed) throw failed.reason;
  return Promise.all(asked);
};
