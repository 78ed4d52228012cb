import type { AlertMemory } from '../../ports/alerts.ts';
import type { Database } from '../../ports/database.ts';
import type { Dialect } from './dialect.ts';
import { number } from './ledger/context.ts';
import { wholeUnits } from './whole-units.ts';

/** Long before any clock. */
const NEVER = -Number.MAX_SAFE_INTEGER;

export const createSqlAlertMemory = (database: Database, dialect: Dialect): AlertMemory => {
  const { now } = dialect;
  const insert = dialect.upsert({
    table: 'alert',
    key: ['id'],
    keep: ['raised_at', 'signals'],
    replace: [],
    select: `SELECT ? AS id, ${NEVER} AS raised_at, 0 AS signals WHERE 1 = 1`,
  });
  return {
    mayRaise: async (key, quietMs) => {
      const raised = await database.atomic([
        { sql: insert, values: [key] },
        {
          sql: `UPDATE alert SET raised_at = ${now} WHERE id = ? AND raised_at <= ${now} - ?`,
          values: [key, quietMs],
        },
      ]);
      return raised.committed && raised.steps[1]?.changes[0] === 1;
    },

    /** `raised_at` of a counter is the number of its window. */
    count: async (key, windowMs) => {
      const id = `count|${key}`;
      const window = `${wholeUnits(now, windowMs)} * ${windowMs}`;
      const counted = await database.atomic([
        { sql: insert, values: [id] },
        {
          sql: `UPDATE alert SET signals = CASE WHEN raised_at = ${window} THEN signals + 1 ELSE 1 END, raised_at = ${window} WHERE id = ?`,
          values: [id],
        },
        { sql: 'SELECT signals FROM alert WHERE id = ?', values: [id] },
      ]);
      return counted.committed ? number(counted.steps[2]?.rows[0]?.signals) : 0;
    },
  };
};
