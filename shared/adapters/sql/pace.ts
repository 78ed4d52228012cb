import type { Database } from '../../ports/database.ts';
import type { Pace } from '../../ports/pace.ts';
import type { Dialect } from './dialect.ts';
import { number } from './ledger/context.ts';

const ACCOUNT = 'account';
/** Microseconds: at 1,000 mails a second a slot is 1,000 of them, at 14 a second 71,428. */
const US_PER_S = 1_000_000;
const US_PER_MS = 1_000;

/**
 * Every reservation moves one shared point in time forward by the slots it takes and may begin when the
 * point stood: no process counts for itself, and nobody's clock but the database's is asked.
 */
export const createSqlPace = (
  database: Database,
  dialect: Dialect,
  ratePerSecond: () => Promise<number | undefined>,
): Pace => {
  const nowUs = `${dialect.now} * ${US_PER_MS}`;
  const free = dialect.greatest('free_at', nowUs);
  return {
    rate: ratePerSecond,

    reserve: async (mails, _lane, maxWaitMs) => {
      const rate = await ratePerSecond();
      if (rate === undefined) return { kind: 'granted', waitMs: 0 };
      const takenUs = Math.round((mails * US_PER_S) / rate);
      const reserved = await database.atomic([
        {
          sql: `INSERT INTO pace (id, free_at) SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM pace WHERE id = ?)`,
          values: [ACCOUNT, ACCOUNT],
        },
        {
          sql: `UPDATE pace SET free_at = ${free} + ? WHERE id = ? AND free_at <= ${nowUs} + ?`,
          values: [takenUs, ACCOUNT, Math.round(maxWaitMs * US_PER_MS)],
          expect: 1,
        },
        { sql: `SELECT free_at - ? - ${nowUs} AS wait FROM pace WHERE id = ?`, values: [takenUs, ACCOUNT] },
      ]);
      if (!reserved.committed) return { kind: 'later', afterMs: maxWaitMs };
      return { kind: 'granted', waitMs: Math.max(0, number(reserved.steps[2]?.rows[0]?.wait) / US_PER_MS) };
    },
  };
};
