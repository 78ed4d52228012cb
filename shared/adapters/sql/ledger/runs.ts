import { LIVE_RUN_STATES, NO_SENDS, type SendCounts } from '../../../domain/run.ts';
import { OPEN_STATES, statesBefore } from '../../../domain/send-states.ts';
import { UniqueViolation } from '../../../ports/database.ts';
import type { Ledger, NewRun, Run, StartedRun } from '../../../ports/ledger.ts';
import { type LedgerContext, noHold, number, quoted, RUN_COLUMNS, text, toRun } from './context.ts';

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

export const runMethods = ({ database, dialect }: LedgerContext): RunMethods => {
  const { now } = dialect;

  const find = async (condition: string, value: string): Promise<Run | undefined> => {
    const [row] = await database.all(`SELECT ${RUN_COLUMNS} FROM run r WHERE ${condition}`, [value]);
    return row && toRun(row);
  };

  const insert = async (run: NewRun): Promise<void> => {
    await database.run(
      `INSERT INTO run (id, automation_id, automation_version, automation_name, organisation, from_identity, transport, business_date,
        lane, writes_back, state, live_key, idempotency_key, started_by, started_at, expand_fence, expand_lease_until, targets, batches)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planning', ?, ?, ?, ?, 0, 0, 0, 0)`,
      [
        run.id,
        run.automationId,
        run.automationVersion,
        run.automationName,
        run.organisation,
        run.fromIdentity,
        run.transport,
        run.businessDate,
        run.lane,
        run.writesBack ? 1 : 0,
        run.automationId,
        run.idempotencyKey ?? null,
        run.startedBy,
        run.startedAt,
      ],
    );
  };

  /** Two unique columns decide, not a look beforehand: the idempotency key, and the live key. */
  const startRun = async (run: NewRun): Promise<StartedRun> => {
    try {
      await insert(run);
      return { kind: 'started', run: { ...run, state: 'planning', targets: 0 } };
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error;
    }
    const repeated = run.idempotencyKey ? await find('r.idempotency_key = ?', run.idempotencyKey) : undefined;
    if (repeated) return { kind: 'repeated', run: repeated };
    const live = await find('r.live_key = ?', run.automationId);
    return live ? { kind: 'live', run: live } : startRun(run);
  };

  const endUnless = (state: 'finished' | 'failed', condition: string) =>
    `UPDATE run SET state = '${state}', live_key = NULL, finished_at = ${now} WHERE id = ? AND state = 'sending'
       AND NOT EXISTS (SELECT 1 FROM send_batch b WHERE b.run_id = run.id AND b.due_at IS NOT NULL) AND ${condition}`;

  const settled = `(SELECT COUNT(*) FROM email_send_log s WHERE s.run_id = run.id AND s.state NOT IN (${OPEN}))`;

  return {
    startRun,
    run: (id) => find('r.id = ?', id),

    runs: async ({ limit, after, automationId }) => {
      const conditions = [...(after ? ['r.id < ?'] : []), ...(automationId ? ['r.automation_id = ?'] : [])];
      const where = conditions.length ? `WHERE ${conditions.join(' AND ')}` : '';
      const values = [after, automationId].filter((value) => value !== undefined);
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
const cancelPending = (runId: string) => [
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
