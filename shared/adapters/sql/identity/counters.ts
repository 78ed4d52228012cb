import { TankError } from '../../../domain/errors.ts';
import type { Standing } from '../../../domain/rate-limit.ts';
import type { Addition, Counters } from '../../../ports/counters.ts';
import type { Database, SqlRow } from '../../../ports/database.ts';
import type { Clock } from '../../../ports/runtime.ts';
import { coalesced } from '../coalesced.ts';
import type { Dialect } from '../dialect.ts';
import { inLists, number, placeholders, text } from '../ledger/context.ts';
import { nowAndThen } from './now-and-then.ts';

/** A process whose clock is behind counts in the window that the others have begun already. */
const countSql = (dialect: Dialect): string =>
  dialect.upsert({
    table: 'counter',
    key: ['id'],
    replace: ['stale_at'],
    combine: (was, given) => ({
      previous: `CASE WHEN ${was}.slot >= ${given}.slot THEN ${was}.previous
                      WHEN ${was}.slot = ${given}.slot - 1 THEN ${was}.hits ELSE ${given}.previous END`,
      hits: `CASE WHEN ${was}.slot >= ${given}.slot THEN ${was}.hits + ${given}.hits ELSE ${given}.hits END`,
      slot: `CASE WHEN ${was}.slot > ${given}.slot THEN ${was}.slot ELSE ${given}.slot END`,
    }),
    select: 'SELECT ? AS id, ? AS stale_at, 0 AS previous, ? AS hits, ? AS slot WHERE 1 = 1',
  });

/** Requests that one transaction counts. */
const TOGETHER = 500;
const SWEEP_MS = 5 * 60_000;

export const createSqlCounters = (database: Database, dialect: Dialect, clock: Clock): Counters => {
  const sweep = nowAndThen(clock, SWEEP_MS, () =>
    database.run('DELETE FROM counter WHERE stale_at < ?', [clock.now()]),
  );
  const sql = countSql(dialect);
  const count = coalesced<readonly Addition[], readonly Standing[]>(
    (callers) => countTogether(database, sql, clock.now(), callers),
    TOGETHER,
  );
  return {
    add: (additions) => {
      sweep();
      return count(additions);
    },

    look: async (additions) => {
      const keys = additions.map(({ key }) => key);
      const sql = `SELECT id, slot, hits, previous FROM counter WHERE id IN (${placeholders(keys.length)})`;
      const byKey = new Map((await database.all(sql, keys)).map((row) => [text(row.id), row]));
      return additions.map(({ key, windowMs }) => standingNow(byKey.get(key), windowMs, clock.now()));
    },

    reset: async (keys) => {
      if (keys.length === 0) return;
      await database.run(`DELETE FROM counter WHERE id IN (${placeholders(keys.length)})`, keys);
    },
  };
};

/** What all callers add to one key, and how much of it was given out to them. */
interface Total {
  readonly windowMs: number;
  by: number;
  given: number;
}

const countTogether = async (
  database: Database,
  sql: string,
  now: number,
  callers: readonly (readonly Addition[])[],
): Promise<readonly (readonly Standing[])[]> => {
  const totals = totalsOf(callers.flat());
  // In the order of the keys, so that two processes never wait for each other's rows crosswise.
  const ordered = [...totals].sort(([a], [b]) => (a < b ? -1 : 1));
  const looks = inLists(ordered.map(([key]) => key)).map((keys) => ({
    sql: `SELECT id, hits, previous, slot FROM counter WHERE id IN (${placeholders(keys.length)})`,
    values: keys,
    fleeting: true as const,
  }));
  const result = await database.atomic([
    {
      sql,
      rows: ordered.map(([key, { windowMs, by }]) => [
        key,
        now + 2 * windowMs,
        by,
        Math.floor(now / windowMs),
      ]),
      fleeting: true,
    },
    ...looks,
  ]);
  if (!result.committed) throw new TankError('internal');
  const rows = new Map(result.steps.flatMap((step) => step.rows.map((row) => [text(row.id), row] as const)));
  return callers.map((additions) =>
    additions.map(({ key }) => standingOf(totals.get(key), rows.get(key), now)),
  );
};

const totalsOf = (additions: readonly Addition[]): ReadonlyMap<string, Total> => {
  const totals = new Map<string, Total>();
  for (const { key, windowMs } of additions) {
    const total = totals.get(key) ?? { windowMs, by: 0, given: 0 };
    total.by += 1;
    totals.set(key, total);
  }
  return totals;
};

const standingOf = (total: Total | undefined, row: SqlRow | undefined, now: number): Standing => {
  if (!total || !row) throw new TankError('internal');
  total.given += 1;
  return {
    position: number(row.hits) - total.by + total.given,
    previous: number(row.previous),
    elapsedMs: elapsedIn(row, total.windowMs, now),
  };
};

/** Within the window that the row is in, which another's clock may have begun a moment before ours. */
const elapsedIn = (row: SqlRow, windowMs: number, now: number): number =>
  Math.min(windowMs, Math.max(0, now - number(row.slot) * windowMs));

const standingNow = (row: SqlRow | undefined, windowMs: number, now: number): Standing => {
  const slot = Math.floor(now / windowMs);
  const behind = row ? slot - number(row.slot) : 2;
  const elapsedMs = now - slot * windowMs;
  if (!row || behind > 1) return { position: 0, previous: 0, elapsedMs };
  if (behind === 1) return { position: 0, previous: number(row.hits), elapsedMs };
  return {
    position: number(row.hits),
    previous: number(row.previous),
    elapsedMs: elapsedIn(row, windowMs, now),
  };
};
