import type { HoldScope } from '../../../domain/run.ts';
import type { SqlRow } from '../../../ports/database.ts';
import type { Hold, Ledger } from '../../../ports/ledger.ts';
import { holds, type LedgerContext, number, text, toFacts } from './context.ts';
import { closedWindow } from './windows.ts';

type HoldMethods = Pick<Ledger, 'hold' | 'liftHold' | 'holdsOn' | 'holdsOf'>;

export const holdMethods = (context: LedgerContext): HoldMethods => ({
  ...laying(context),
  ...looking(context),
});

const laying = ({ database, dialect }: LedgerContext): Pick<HoldMethods, 'hold' | 'liftHold'> => ({
  hold: async (hold) => {
    const until = hold.forMs === undefined ? '?' : `${dialect.now} + ?`;
    await database.run(
      `INSERT INTO hold (id, scope, scope_id, reason, facts, author, created_at, until_at)
       SELECT ?, ?, ?, ?, ?, ?, ${dialect.now}, ${until} WHERE NOT EXISTS (
         SELECT 1 FROM hold WHERE scope = ? AND scope_id = ? AND reason = ? AND lifted_at IS NULL
           AND (until_at IS NULL OR until_at > ${dialect.now}))`,
      [
        hold.id,
        hold.scope,
        hold.scopeId,
        hold.reason,
        hold.facts ? JSON.stringify(hold.facts) : null,
        hold.author,
        hold.forMs ?? hold.until ?? null,
        hold.scope,
        hold.scopeId,
        hold.reason,
      ],
    );
  },

  liftHold: async (id, by) =>
    (await database.run(
      `UPDATE hold SET lifted_at = ${dialect.now}, lifted_by = ? WHERE id = ? AND lifted_at IS NULL`,
      [by, id],
    )) === 1,
});

const looking = (context: LedgerContext): Pick<HoldMethods, 'holdsOn' | 'holdsOf'> => ({
  holdsOn: async (run) => {
    const { database, dialect } = context;
    const rows = await database.all(
      `SELECT h.* FROM hold h JOIN run r ON r.id = ? WHERE ${holds(dialect.now)} ORDER BY h.created_at`,
      [run.id],
    );
    return [...rows.map(toHold), ...(await closedWindow(context, run))];
  },

  holdsOf: async (scope, scopeId) => {
    const { database, dialect } = context;
    const rows = await database.all(
      `SELECT h.* FROM hold h WHERE h.scope = ? AND h.scope_id = ? AND h.lifted_at IS NULL
         AND (h.until_at IS NULL OR h.until_at > ${dialect.now}) ORDER BY h.created_at`,
      [scope, scopeId],
    );
    return rows.map(toHold);
  },
});

const toHold = (row: SqlRow): Hold => ({
  id: text(row.id),
  scope: text(row.scope) as HoldScope,
  scopeId: text(row.scope_id),
  reason: text(row.reason),
  ...(row.facts === null ? {} : { facts: toFacts(row.facts) }),
  author: text(row.author),
  createdAt: number(row.created_at),
  ...(row.until_at === null ? {} : { until: number(row.until_at) }),
});
