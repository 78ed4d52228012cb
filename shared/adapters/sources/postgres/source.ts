import type { Row } from '../../../domain/row.ts';
import type { Source, TargetQuery } from '../../../ports/source.ts';
import { type BindPlan, bindValues, planBinds } from '../bind-plan.ts';
import type { ReadCredentials } from '../credentials.ts';
import { type SourceFaults, sourceFaults } from '../source-faults.ts';
import { wholeKeys } from '../whole-keys.ts';
import { parseAddress } from './address.ts';
import { postgresFault } from './faults.ts';
import {
  type BindTuples,
  isWorthAskingAgain,
  learnShape,
  type MappingShape,
  mapWith,
  nextShape,
} from './map.ts';
import { createLazyPool, type LazyPool } from './pool.ts';
import { report } from './privileges.ts';
import { type Lease, leaseSession, type Session, withSession } from './session.ts';
import { bindSign } from './statements.ts';
import { describeQuery, readTarget } from './target.ts';
import { updateRows } from './update.ts';

export interface PostgresSourceOptions {
  readonly name: string;
  readonly url: string;
  readonly credentials: ReadCredentials;
  readonly connections?: number;
  readonly connectTimeoutMs?: number;
  /** For one statement of a mapping or an update. */
  readonly queryTimeoutMs?: number;
  /** For one chunk of a target; the first one sorts the whole. */
  readonly targetTimeoutMs?: number;
}

const CONNECTIONS = 4;
const CONNECT_MS = 10_000;
const QUERY_MS = 60_000;
const TARGET_MS = 600_000;
const MAPPED_AT_ONCE = 1_000;
/** Together and row by row, each with a kept plan and without. */
const MOST_WAYS = 4;

export const createPostgresSource = (options: PostgresSourceOptions): Source => {
  const { name, url, credentials, queryTimeoutMs = QUERY_MS, targetTimeoutMs = TARGET_MS } = options;
  const faults = sourceFaults(name);
  const pool = createLazyPool({
    address: parseAddress(url),
    credentials,
    connections: options.connections ?? CONNECTIONS,
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_MS,
  });
  const use = <T>(work: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T> =>
    withSession(pool, { timeoutMs: queryTimeoutMs, ...(signal ? { signal } : {}) }, work).catch(
      (thrown: unknown) => {
        signal?.throwIfAborted();
        throw postgresFault(thrown, faults);
      },
    );
  const map = createMapper(pool, queryTimeoutMs);
  const plans = new Map<string, BindPlan>();

  return {
    describe: (sql) => use((session) => describeQuery(session, sql, queryTimeoutMs)),
    target: (query) => wholeKeys(target(pool, query, targetTimeoutMs, faults), query.key, faults),
    map: async (query, rows, key, signal) => {
      const plan = plans.get(query.sql) ?? planBinds(query.sql, 'postgres', bindSign);
      plans.set(query.sql, plan);
      const binds = bindValues(plan, rows, key, faults);
      const mapped: (readonly Row[])[] = [];
      for (let start = 0; start < binds.length; start += MAPPED_AT_ONCE) {
        const some = binds.slice(start, start + MAPPED_AT_ONCE);
        mapped.push(
          ...(await map(query.sql, some, signal).catch((thrown: unknown) => {
            signal?.throwIfAborted();
            throw postgresFault(thrown, faults);
          })),
        );
      }
      return mapped;
    },
    update: async (sql, rows, key) => {
      const plan = planBinds(sql, 'postgres', bindSign);
      const binds = bindValues(plan, rows, key, faults);
      return binds.length === 0 ? [] : use((session) => updateRows(session, plan, binds, queryTimeoutMs));
    },
    test: () => use((session) => report(session, queryTimeoutMs)),
    close: () => pool.close(),
  };
};

/** Remembers for each query how it can be asked. */
const createMapper = (pool: LazyPool, timeoutMs: number) => {
  const shapes = new Map<string, MappingShape>();
  return async (
    sql: string,
    binds: BindTuples,
    signal?: AbortSignal,
  ): Promise<readonly (readonly Row[])[]> => {
    const use = <T>(work: (session: Session) => Promise<T>) =>
      withSession(pool, { timeoutMs, ...(signal ? { signal } : {}) }, work);
    const learn = () => use((session) => learnShape(session, sql, timeoutMs));
    const ask = (shape: MappingShape) => use((session) => mapWith(session, shape, binds, timeoutMs));

    let shape = shapes.get(sql) ?? (await learn());
    for (let tries = 1; ; tries += 1) {
      try {
        const mapped = await ask(shape);
        shapes.set(sql, shape);
        return mapped;
      } catch (thrown) {
        shapes.delete(sql);
        if (tries === MOST_WAYS || !isWorthAskingAgain(shape, thrown)) throw thrown;
        shape = nextShape(sql, shape, await learn(), thrown);
      }
    }
  };
};

async function* target(
  pool: LazyPool,
  query: TargetQuery,
  timeoutMs: number,
  faults: SourceFaults,
): AsyncGenerator<readonly Row[], void, void> {
  const { signal } = query;
  let lease: Lease | undefined;
  try {
    lease = await leaseSession(pool, { timeoutMs, ...(signal ? { signal } : {}) });
    yield* readTarget(lease.session, query, timeoutMs, faults);
    lease.end('keep');
  } catch (thrown) {
    signal?.throwIfAborted();
    throw postgresFault(thrown, faults);
  } finally {
    lease?.end('destroy');
  }
}
