import type { Step } from '../../../ports/database.ts';
import type { Decision, RunGates } from '../../../ports/run-gates.ts';
import type { LedgerContext } from './context.ts';
import { cancelPending } from './runs.ts';

/** The decision is kept with the numbers that it is about, and acts only while they are the run's own. */
export const approvalMethods = ({
  database,
  dialect: { now },
}: LedgerContext): Pick<RunGates, 'approveRun' | 'rejectRun'> => {
  const decide = async (decision: Decision, move: string, values: readonly string[], more: Step[] = []) => {
    const result = await database.atomic([
      {
        sql: `UPDATE run SET ${move} WHERE id = ? AND state = 'awaiting_approval' AND automation_version = ? AND targets = ?
                AND (SELECT COUNT(*) FROM email_send_log s WHERE s.run_id = run.id AND s.state = 'pending') = ?`,
        values: [...values, decision.runId, decision.automationVersion, decision.targets, decision.mails],
        expect: 1,
      },
      keep(decision, values.length === 0 ? 'approved' : 'rejected', now),
      ...more,
    ]);
    return result.committed;
  };
  return {
    approveRun: (decision) => decide(decision, `state = 'sending'`, []),
    rejectRun: (decision) =>
      decide(
        decision,
        `state = 'cancelled', live_key = NULL, finished_at = ${now}, error_code = 'approval_rejected', error_facts = ?`,
        [JSON.stringify({ by: decision.by, reason: decision.reason ?? '' })],
        cancelPending(decision.runId),
      ),
  };
};

const keep = (decision: Decision, kind: 'approved' | 'rejected', now: string): Step => ({
  sql: `INSERT INTO approval (run_id, decision, automation_version, targets, mails, decided_by, decided_at, reason)
        SELECT r.id, ?, r.automation_version, r.targets, ?, ?, ${now}, ? FROM run r WHERE r.id = ?`,
  values: [kind, decision.mails, decision.by, decision.reason ?? null, decision.runId],
});
