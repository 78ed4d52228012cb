import type { RunState } from '../../../domain/run.ts';
import { OPEN_STATES } from '../../../domain/send-states.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import { type LedgerContext, number, placeholders, quoted, text } from './context.ts';

const OPEN = quoted(OPEN_STATES);
/** The newest sends of which an event has come: enough to find a later one, few enough to look at all of them. */
const NEWEST_EVENTS = 500;

export const checkMethods = ({
  database,
  dialect,
}: LedgerContext): Pick<Ledger, 'doubtsUntil' | 'totalsFaults' | 'evidenceSince'> => ({
  doubtsUntil: async (runId) => {
    const [row] = await database.all(
      `SELECT MAX(next_at) AS until_at FROM email_send_log WHERE run_id = ? AND state = 'in_doubt'`,
      [runId],
    );
    return row?.until_at == null ? undefined : number(row.until_at);
  },

  totalsFaults: async () => {
    const open = `SUM(CASE WHEN s.state IN (${OPEN}) THEN 1 ELSE 0 END)`;
    const stranded = `SUM(CASE WHEN s.state IN (${OPEN}) AND b.due_at IS NULL THEN 1 ELSE 0 END)`;
    const rows = await database.all(
      `SELECT r.id, r.state, r.targets, COUNT(s.id) AS sends, ${open} AS open, ${stranded} AS stranded
       FROM run r LEFT JOIN email_send_log s ON s.run_id = r.id LEFT JOIN send_batch b ON b.id = s.batch_id
       GROUP BY r.id, r.state, r.targets
       HAVING COUNT(s.id) <> r.targets OR ${stranded} > 0 OR (r.state = 'finished' AND ${open} > 0) ORDER BY r.id`,
    );
    return rows.map((row) => ({
      runId: text(row.id),
      state: text(row.state) as RunState,
      targets: number(row.targets),
      sends: number(row.sends),
      open: number(row.open),
      stranded: number(row.stranded),
    }));
  },

  /** Ids rise with time, so the newest events are those of the latest runs and their latest sends. */
  evidenceSince: async (transport, calledAt) => {
    const rows = await database.all(
      `SELECT send_id FROM delivery_event WHERE send_id IS NOT NULL AND source = 'ses' ORDER BY send_id DESC ${dialect.limit(NEWEST_EVENTS)}`,
    );
    const ids = [...new Set(rows.map((row) => text(row.send_id)))];
    if (ids.length === 0) return false;
    const later = await database.all(
      `SELECT s.id FROM email_send_log s JOIN run r ON r.id = s.run_id
       WHERE s.id IN (${placeholders(ids.length)}) AND r.transport = ? AND s.called_at > ? ${dialect.limit(1)}`,
      [...ids, transport, calledAt],
    );
    return later.length > 0;
  },
});
