import { LIVE_RUN_STATES, NO_SENDS, type SendCounts } from '../../../domain/run.ts';
import { OPEN_STATES, statesBefore } from '../../../domain/send-states.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import { ownedBy } from '../owned-by.ts';
import {
  conditions,
  type LedgerContext,
  noHold,
  number,
  placeholders,
  quoted,
  RUN_COLUMNS,
  text,
  toRun,
} from './context.ts';
import { findRun, insertRun, startWith } from './start.ts';

type RunMethods = Pick<
  Ledger,
  | 'startRun'
  | 'run'
  | 'runs'
  | 'liveRuns'
  | 'counts'
  | 'failRun'
  | 'finishRun'
  | 'cancelRun'
  | 'unplannedRuns'
>;

const OPEN = quoted(OPEN_STATES);

export const runMethods = (context: LedgerContext): RunMethods => {
  const { database, dialect } = context;
  const { now } = dialect;

  const endUnless = (state: 'finished' | 'failed', condition: string) =>
    `UPDATE run SET state = '${state}', live_key = NULL, finished_at = ${now} WHERE id = ? AND state = 'sending'
       AND (open_until IS NULL OR open_until <= ${now}) AND NOT EXISTS (SELECT 1 FROM send_batch b WHERE b.run_id = run.id AND b.due_at IS NOT NULL) AND ${condition}`;

  const hasDueBatch = async (runId: string): Promise<boolean> => {
    const due = `SELECT id FROM send_batch WHERE run_id = ? AND due_at IS NOT NULL ${dialect.limit(1)}`;
    return (await database.all(due, [runId])).length > 0;
  };

  const settled = `(SELECT COUNT(*) FROM email_send_log s WHERE s.run_id = run.id AND s.state NOT IN (${OPEN}))`;

  return {
    startRun: async (run) => {
      const started = await startWith(context, run, [insertRun(run)]);
      if (!started) throw new Error('an insert without expectations was not committed');
      return started;
    },
    run: (id) => findRun(context, 'r.id = ?', id),

    runs: async ({ limit, after, automationId, organisation, organisations, states, from, to }) => {
      const { where, values } = conditions([
        ['r.id < ?', after],
        ['r.automation_id = ?', automationId],
        ['r.organisation = ?', organisation],
        [ownedBy('r.organisation', organisations).where, organisations],
        ['r.started_at >= ?', from],
        ['r.started_at < ?', to],
        [`r.state IN (${placeholders(states?.length ?? 0)})`, states],
      ]);
      const rows = await database.all(
        `SELECT ${RUN_COLUMNS} FROM run r ${where} ORDER BY r.id DESC ${dialect.limit(limit)}`,
        values,
      );
      return rows.map(toRun);
    },

    liveRuns: async () => {
      const rows = await database.all(
        `SELECT ${RUN_COLUMNS} FROM run r WHERE r.state IN (${quoted(LIVE_RUN_STATES)}) ORDER BY r.id`,
      );
      return rows.map(toRun);
    },

    counts: async (runId) => {
      const rows = await database.all(
        'SELECT state, COUNT(*) AS n FROM email_send_log WHERE run_id = ? GROUP BY state',
        [runId],
      );
      const counted = Object.fromEntries(rows.map((row) => [text(row.state), number(row.n)]));
      return { ...NO_SENDS, ...counted } as SendCounts;
    },

    unplannedRuns: async () => {
      const rows = await database.all(
        `SELECT r.id FROM run r WHERE r.state = 'planning' AND r.expand_lease_until <= ${now} AND ${noHold(now)} ORDER BY r.id`,
      );
      return rows.map((row) => text(row.id));
    },

    failRun: async (runId, fault) => {
      await database.atomic([
        {
          sql: `UPDATE run SET state = 'failed', live_key = NULL, finished_at = ${now}, error_code = ?, error_facts = ?
                WHERE id = ? AND state IN (${quoted(LIVE_RUN_STATES)})`,
          values: [fault.code, JSON.stringify(fault.facts), runId],
          expect: 1,
        },
        ...cancelPending(runId),
      ]);
    },

    finishRun: async (runId) => {
      // Asked first: PostgreSQL would count all sends of the run before it looks for a batch that is still to be sent.
      if (await hasDueBatch(runId)) return false;
      const finished = await database.run(endUnless('finished', `targets = ${settled}`), [runId]);
      if (finished > 0) return true;
      const wrong = await database.atomic([
        { sql: endUnless('failed', `targets <> ${settled}`), values: [runId], expect: 1 },
        {
          sql: `UPDATE run SET error_code = 'totals_disagree', error_facts = '{"reason":"targets and settled sends differ"}' WHERE id = ?`,
          values: [runId],
        },
      ]);
      return wrong.committed;
    },

    cancelRun: async (runId, by) => {
      const result = await database.atomic([
        {
          sql: `UPDATE run SET state = 'cancelled', live_key = NULL, finished_at = ${now}, error_code = 'cancelled_by_person', error_facts = ?
                WHERE id = ? AND state IN (${quoted(LIVE_RUN_STATES)})`,
          values: [JSON.stringify({ by }), runId],
          expect: 1,
        },
        ...cancelPending(runId),
      ]);
      return result.committed;
    },
  };
};

/** Sends that nobody has called yet end with their run; what is called already is settled by its outcome. */
export const cancelPending = (runId: string) => [
  {
    sql: `UPDATE email_send_log SET state = 'cancelled', next_at = NULL WHERE run_id = ? AND state IN (${quoted(statesBefore('cancelled', 'person'))})`,
    values: [runId],
  },
  {
    sql: `UPDATE send_batch SET due_at = (SELECT MIN(COALESCE(s.next_at, 0)) FROM email_send_log s
            WHERE s.batch_id = send_batch.id AND s.state IN ('sending', 'in_doubt'))
          WHERE run_id = ? AND due_at IS NOT NULL`,
    values: [runId],
  },
];
