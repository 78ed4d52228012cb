import type { HoldReason } from '../../../domain/hold-texts.ts';
import { LIVE_RUN_STATES } from '../../../domain/run.ts';
import type { Hold, Ledger, Run } from '../../../ports/ledger.ts';
import { type LedgerContext, number, quoted, RUN_COLUMNS, toRun } from './context.ts';

export const windowMethods = ({
  database,
  dialect: { now },
}: LedgerContext): Pick<Ledger, 'closedWindows' | 'openNext'> => ({
  closedWindows: async () => {
    const rows = await database.all(
      `SELECT ${RUN_COLUMNS}, r.window_until, ${now} AS now_at FROM run r
       WHERE r.state IN (${quoted(LIVE_RUN_STATES)}) AND r.window_until <= ${now}`,
    );
    return rows.map((row) => ({
      run: toRun(row),
      closedAt: number(row.window_until),
      now: number(row.now_at),
    }));
  },

  openNext: async (runId, closedAt, { from, until }) => {
    await database.run('UPDATE run SET window_from = ?, window_until = ? WHERE id = ? AND window_until = ?', [
      from,
      until,
      runId,
      closedAt,
    ]);
  },
});

/** A closed window shows like a hold that ends by itself; it is none, so nobody can lift it. */
export const closedWindow = async (
  { database, dialect: { now } }: LedgerContext,
  run: Run,
): Promise<readonly Hold[]> => {
  const rows = await database.all(
    `SELECT r.window_from, r.window_until, ${now} AS now_at FROM run r
     WHERE r.id = ? AND r.state = 'sending' AND (r.window_from > ${now} OR r.window_until <= ${now})`,
    [run.id],
  );
  return rows.map((row) => {
    const [from, until, at] = [number(row.window_from), number(row.window_until), number(row.now_at)];
    return {
      id: `${run.id}-window`,
      scope: 'run',
      scopeId: run.id,
      reason: 'send_window' satisfies HoldReason,
      author: 'tank',
      createdAt: from > at ? run.startedAt : until,
      until: Math.max(from, at),
    };
  });
};
