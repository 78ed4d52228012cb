import type { Row } from '../../../domain/row.ts';
import type { Source, TargetQuery } from '../../../ports/source.ts';
import { bindValues, planBinds } from '../bind-plan.ts';
import type { ReadCredentials } from '../credentials.ts';
import { type SourceFaults, sourceFaults } from '../source-faults.ts';
import { wholeKeys } from '../whole-keys.ts';
import { parseAddress } from './address.ts';
import { oracleFault } from './faults.ts';
import { createMapper } from './map.ts';
import { report } from './privileges.ts';
import { createOraclePool, type Lease, type OraclePool, type Session, withSession } from './session.ts';
import { bindSign } from './statements.ts';
import { describeQuery, readTarget } from './target.ts';
import { toBind } from './types.ts';
import { updateRows } from './update.ts';

export interface OracleSourceOptions {
  readonly name: string;
  readonly url: string;
  readonly credentials: ReadCredentials;
  readonly connections?: number;
  readonly connectTimeoutMs?: number;
  /** For one call of a mapping or an update. */
  readonly queryTimeoutMs?: number;
  /** For one chunk of a target; the first one sorts the whole. */
  readonly targetTimeoutMs?: number;
}

const CONNECTIONS = 4;
const CONNECT_MS = 10_000;
const QUERY_MS = 60_000;
const TARGET_MS = 600_000;
const MAPPED_AT_ONCE = 500;

export const createOracleSource = (options: OracleSourceOptions): Source => {
  const { name, url, credentials, queryTimeoutMs = QUERY_MS, targetTimeoutMs = TARGET_MS } = options;
  const faults = sourceFaults(name);
  const pool = createOraclePool({
    address: parseAddress(url),
    credentials,
    connections: options.connections ?? CONNECTIONS,
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_MS,
  });
  const named = <T>(work: Promise<T>, signal?: AbortSignal): Promise<T> =>
    work.catch((thrown: unknown) => {
      signal?.throwIfAborted();
      throw oracleFault(thrown, faults);
    });
  const use = <T>(mode: 'read' | 'write', work: (session: Session) => Promise<T>) =>
    named(withSession(pool, { mode, timeoutMs: queryTimeoutMs }, work));
  const map = createMapper(pool, queryTimeoutMs);

  return {
    describe: (sql) => use('read', (session) => describeQuery(session, sql)),
    target: (query) => wholeKeys(target(pool, query, targetTimeoutMs, faults), query.key, faults),
    map: async (query, rows, key, signal) => {
      const binds = bindTexts(query.sql, rows, key, faults).binds;
      const mapped: (readonly Row[])[] = [];
      for (let start = 0; start < binds.length; start += MAPPED_AT_ONCE) {
        mapped.push(
          ...(await named(map(query.sql, binds.slice(start, start + MAPPED_AT_ONCE), signal), signal)),
        );
      }
      return mapped;
    },
    update: async (sql, rows, key) => {
      const { plan, binds } = bindTexts(sql, rows, key, faults);
      return binds.length === 0 ? [] : use('write', (session) => updateRows(session, plan, binds));
    },
    test: () => use('read', report),
    close: () => pool.close(),
  };
};

const bindTexts = (sql: string, rows: readonly Row[], key: string, faults: SourceFaults) => {
  const plan = planBinds(sql, 'oracle', bindSign);
  return { plan, binds: bindValues(plan, rows, key, faults).map((values) => values.map(toBind)) };
};

async function* target(
  pool: OraclePool,
  query: TargetQuery,
  timeoutMs: number,
  faults: SourceFaults,
): AsyncGenerator<readonly Row[], void, void> {
  const { signal } = query;
  let lease: Lease | undefined;
  try {
    lease = await pool.lease({ mode: 'read', timeoutMs, ...(signal ? { signal } : {}) });
    yield* readTarget(lease.session, query, faults);
    await lease.end('keep');
  } catch (thrown) {
    signal?.throwIfAborted();
    throw oracleFault(thrown, faults);
  } finally {
    await lease?.end('drop');
  }
}
