import type { HoldScope } from '../../../domain/run.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import { holds, type LedgerContext, number, text } from './context.ts';

export const holdMethods = ({
  database,
  dialect,
}: LedgerContext): Pick<Ledger, 'hold' | 'liftHold' | 'holdsOn'> => ({
  hold: async (hold) => {
    const until = hold.forMs === undefined ? '?' : `${dialect.now} + ?`;
    await database.run(
      `INSERT INTO hold (id, scope, scope_id, reason, author, created_at, until_at)
       SELECT ?, ?, ?, ?, ?, ${dialect.now}, ${until} WHERE NOT EXISTS (
         SELECT 1 FROM hold WHERE scope = ? AND scope_id = ? AND reason = ? AND lifted_at IS NULL
           AND (until_at IS NULL OR until_at > ${dialect.now}))`,
      [
        hold.id,
        hold.scope,
        hold.scopeId,
        hold.reason,
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

  holdsOn: async (run) => {
    const rows = await database.all(
      `SELECT h.* FROM hold h JOIN run r ON r.id = ? WHERE ${holds(dialect.now)} ORDER BY h.created_at`,
      [run.id],
    );
    return rows.map((row) => ({
      id: text(row.id),
      scope: text(row.scope) as HoldScope,
      scopeId: text(row.scope_id),
      reason: text(row.reason),
      author: text(row.author),
      createdAt: number(row.created_at),
      ...(row.until_at === null ? {} : { until: number(row.until_at) }),
    }));
  },
});
