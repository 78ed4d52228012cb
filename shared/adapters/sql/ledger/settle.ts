import { parseAttemptId } from '../../../domain/identifiers.ts';
import { statesBefore } from '../../../domain/send-states.ts';
import type { SqlValue, Step } from '../../../ports/database.ts';
import type { Ledger, Refusal, Settlement } from '../../../ports/ledger.ts';
import {
  faultValues,
  inLists,
  type LedgerContext,
  NEXT_DUE,
  placeholders,
  quoted,
  RUN_OF_SEND,
  text,
} from './context.ts';

type SettleMethods = Pick<Ledger, 'settle' | 'refuse' | 'acceptEvidence'>;

export const settleMethods = (context: LedgerContext): SettleMethods => {
  const { database } = context;
  const settle = async (settlements: readonly Settlement[]): Promise<void> => {
    if (settlements.length === 0) return;
    const ids = settlements.map((settlement) => settlement.sendId);
    await database.atomic([...settleSteps(context, settlements), refreshBatches(ids)]);
  };
  return {
    settle,

    refuse: async (batchId, fence, refusals) => {
      if (refusals.length > 0) await database.atomic(refusalSteps(context, batchId, fence, refusals));
    },

    acceptEvidence: async (proofs) => {
      const accepted = proofs.flatMap((proof) => {
        const attempt = parseAttemptId(proof.attemptId);
        return attempt
          ? [{ sendId: attempt.sendId, call: attempt.call, to: 'sent' as const, messageId: proof.messageId }]
          : [];
      });
      for (const some of inLists(accepted)) await settle(await notYetSent(context, some));
    },
  };
};

/** Most events are about sends that are known to be sent: reading that costs a tenth of writing it again. */
const notYetSent = async <S extends { readonly sendId: string }>(
  { database }: LedgerContext,
  settlements: readonly S[],
): Promise<readonly S[]> => {
  const ids = [...new Set(settlements.map(({ sendId }) => sendId))];
  const rows = await database.all(
    `SELECT id FROM email_send_log WHERE id IN (${placeholders(ids.length)}) AND state <> 'sent'`,
    ids,
  );
  const open = new Set(rows.map((row) => text(row.id)));
  return settlements.filter(({ sendId }) => open.has(sendId));
};

/** An acceptance is believed whenever it comes; any other answer only from the call that the send is waiting for. */
export const settleSteps = (context: LedgerContext, settlements: readonly Settlement[]): Step[] => {
  const of = <T extends Settlement['to']>(to: T) =>
    settlements.filter((s): s is Extract<Settlement, { to: T }> => s.to === to);
  const [sent, retry, failed, doubtful] = [of('sent'), of('retry'), of('failed'), of('in_doubt')];
  const { now } = context.dialect;
  const waiting = (to: 'retry' | 'failed' | 'in_doubt') =>
    `WHERE id = ? AND calls = ? AND state IN (${quoted(statesBefore(to, 'worker'))})`;
  const steps: Step[] = [
    { sql: acceptSql(now), rows: sent.map((s) => [s.messageId, s.sendId]) },
    {
      sql: `UPDATE email_send_log SET state = 'retry', next_at = ${now} + ?, attempts = attempts + ?, ${SET_FAULT} ${waiting('retry')}`,
      rows: retry.map((s) => [s.afterMs, s.counts ? 1 : 0, ...faultValues(s.fault), s.sendId, s.call]),
    },
    {
      sql: `UPDATE email_send_log SET state = 'failed', next_at = NULL, settled_at = ${now}, attempts = attempts + 1, ${SET_FAULT} ${waiting('failed')}`,
      rows: failed.map((s) => [...faultValues(s.fault), s.sendId, s.call]),
    },
    {
      sql: `UPDATE email_send_log SET state = 'in_doubt', next_at = ${now} + ?, attempts = attempts + 1, ${SET_FAULT} ${waiting('in_doubt')}`,
      rows: doubtful.map((s) => [s.waitMs, ...faultValues(s.fault), s.sendId, s.call]),
    },
  ];
  const used = steps.filter((step) => 'rows' in step && step.rows.length > 0);
  return sent.length > 0
    ? [
        ...used,
        remember(
          context,
          sent.map((s) => s.sendId),
        ),
      ]
    : used;
};

const SET_FAULT = 'error_code = ?, error_class = ?, error_facts = ?';

/** The send itself knows whether it must be written back: its run pinned an automation that says so. */
const acceptSql = (now: string): string =>
  `UPDATE email_send_log SET state = 'sent', message_id = ?, settled_at = ${now}, next_at = NULL, attempts = attempts + 1,
     error_code = NULL, error_class = NULL, error_facts = NULL, ${OWE_WRITE_BACK}
   WHERE id = ? AND state IN (${quoted([...new Set([...statesBefore('sent', 'worker'), ...statesBefore('sent', 'evidence')])])})`;

const OWN_RUN = 'FROM run r WHERE r.id = email_send_log.run_id';
export const OWE_WRITE_BACK = `write_back = (SELECT CASE r.writes_back WHEN 1 THEN 'due' ELSE 'none' END ${OWN_RUN}),
     write_back_due = (SELECT CASE r.writes_back WHEN 1 THEN 0 ELSE NULL END ${OWN_RUN})`;

/**
 * Outlives the log: whom this automation has mailed, by keyed hash; a client's messages recur as it pleases. A mail that is sent again counts as of the
 * run that it repeats, and never takes a later mail's place. One row for each recipient: PostgreSQL and Oracle refuse to write one twice at once.
 */
export const remember = ({ dialect }: LedgerContext, sendIds: readonly string[]): Step => ({
  sql: dialect.upsert({
    table: 'sent_memory',
    key: ['automation_id', 'key_hash'],
    replace: ['run_id', 'sent_at'],
    select: `SELECT t.automation_id, t.key_hash, t.run_id, ${dialect.greatest('t.latest', EARLIER)} AS sent_at FROM (
               SELECT r.automation_id, s.key_hash, MAX(s.run_id) AS run_id, MAX(COALESCE(r.counts_at, s.settled_at)) AS latest
               FROM email_send_log s JOIN run r ON r.id = ${RUN_OF_SEND}
               WHERE s.id IN (${placeholders(sendIds.length)}) AND s.state = 'sent' AND r.client_id IS NULL
               GROUP BY r.automation_id, s.key_hash) t WHERE 1 = 1`,
  }),
  values: sendIds,
});

const EARLIER = `COALESCE((SELECT m.sent_at FROM sent_memory m WHERE m.automation_id = t.automation_id AND m.key_hash = t.key_hash), 0)`;

const refreshBatches = (sendIds: readonly string[]): Step => ({
  sql: `UPDATE send_batch SET due_at = ${NEXT_DUE} WHERE due_at IS NOT NULL
        AND id IN (SELECT s.batch_id FROM email_send_log s WHERE s.id IN (${placeholders(sendIds.length)}))`,
  values: sendIds,
});

/** Without a call: only the owner of the batch may, and only from where the move is legal. */
const refusalSteps = (
  { dialect }: LedgerContext,
  batchId: string,
  fence: number,
  refusals: readonly Refusal[],
): Step[] => {
  const owner = `EXISTS (SELECT 1 FROM send_batch b WHERE b.id = ? AND b.fence = ? AND b.lease_until > ${dialect.now})`;
  const targets = [...new Set(refusals.map((refusal) => refusal.to))];
  return targets.map((to) => ({
    sql: `UPDATE email_send_log SET state = '${to}', next_at = NULL, settled_at = ${to === 'pending' ? 'NULL' : dialect.now}, ${SET_FAULT}
          WHERE id = ? AND state IN (${quoted([...statesBefore(to, 'worker'), ...statesBefore(to, 'policy')])}) AND ${owner}`,
    rows: refusals
      .filter((refusal) => refusal.to === to)
      .map((r): SqlValue[] => [...faultValues(r.fault), r.sendId, batchId, fence]),
  }));
};
