import type { HoldReason } from '../../../domain/hold-texts.ts';
import type { Step } from '../../../ports/database.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import { CANARY_TRYING, CANARY_WATCHED, type LedgerContext } from './context.ts';

const CANARY_HOLD = 'canary' satisfies HoldReason;
const UNPROVEN_HOLD = 'canary_unproven' satisfies HoldReason;

type Proof = Parameters<Ledger['judgeCanary']>[1];

export const canaryMethods = ({
  database,
  dialect: { now },
}: LedgerContext): Pick<Ledger, 'watchCanary' | 'judgeCanary'> => {
  const move = (runId: string, from: number, to: number, when: string): Step => ({
    sql: `UPDATE run SET canary = ${to} WHERE id = ? AND state = 'sending' AND canary = ${from} AND ${when}`,
    values: [runId],
    expect: 1,
  });
  const holdRun = (runId: string, holdId: string, reason: HoldReason, until: string): Step => ({
    sql: `INSERT INTO hold (id, scope, scope_id, reason, author, created_at, until_at)
          SELECT ?, 'run', r.id, '${reason}', 'tank', ${now}, ${until} FROM run r WHERE r.id = ?`,
    values: [holdId, runId],
  });
  const watchIsOver = `NOT EXISTS (SELECT 1 FROM hold h WHERE h.scope = 'run' AND h.scope_id = run.id
    AND h.reason = '${CANARY_HOLD}' AND h.lifted_at IS NULL AND h.until_at > ${now})`;
  return {
    watchCanary: async (runId, { id, waitMs }) => {
      const watched = await database.atomic([
        move(runId, CANARY_TRYING, CANARY_WATCHED, NOTHING_OPEN),
        holdRun(runId, id, CANARY_HOLD, `${now} + ${Math.round(waitMs)}`),
      ]);
      return watched.committed;
    },

    judgeCanary: async (runId, proof, holdId) => {
      const passed = await database.atomic([
        move(runId, CANARY_WATCHED, 0, `${watchIsOver} AND ${proven(proof)}`),
      ]);
      if (passed.committed) return 'passed';
      const unproven = await database.atomic([
        move(runId, CANARY_WATCHED, 0, `${watchIsOver} AND NOT ${proven(proof)}`),
        holdRun(runId, holdId, UNPROVEN_HOLD, 'NULL'),
      ]);
      return unproven.committed ? 'unproven' : undefined;
    },
  };
};

const NOTHING_OPEN =
  'NOT EXISTS (SELECT 1 FROM send_batch b WHERE b.run_id = run.id AND b.canary = 1 AND b.due_at IS NOT NULL)';

const proven = (proof: Proof): string => {
  const event = `JOIN delivery_event e ON e.send_id = s.id AND e.attempt_id = s.id || '-' || s.calls AND e.source = 'ses'`;
  return `EXISTS (SELECT 1 FROM send_batch b JOIN email_send_log s ON s.batch_id = b.id ${proof === 'event' ? event : ''}
    WHERE b.run_id = run.id AND b.canary = 1 AND s.state = 'sent')`;
};
