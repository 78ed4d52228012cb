import type { Lane } from '../../../domain/run.ts';
import type { SqlRow, Step } from '../../../ports/database.ts';
import type { DueSend, Ledger, WaveMark } from '../../../ports/ledger.ts';
import {
  bytes,
  DECLINED,
  type LedgerContext,
  mayGo,
  mayGoNow,
  NEXT_DUE,
  number,
  placeholders,
  RUN_COLUMNS,
  text,
  toFault,
  toRun,
} from './context.ts';
import { settleSteps } from './settle.ts';

type BatchMethods = Pick<
  Ledger,
  | 'takeDueBatches'
  | 'enqueuedBatches'
  | 'forgetEnqueued'
  | 'capWaits'
  | 'claimBatch'
  | 'renewLease'
  | 'markWave'
  | 'releaseBatch'
  | 'doubtfulIn'
  | 'endLeases'
>;

export const batchMethods = (context: LedgerContext): BatchMethods => {
  const { database, dialect } = context;
  const { now } = dialect;
  const workable = `${WORKED_ON} AND ${mayGo(now)} AND ${mayGoNow('send_batch')}`;

  return {
    takeDueBatches: async (lane, limit, windowMs) => {
      const due = await dueBatches(context, lane, limit);
      if (due.length === 0) return [];
      const marked = await database.atomic([
        {
          sql: `UPDATE send_batch SET enqueued_until = ${now} + ? WHERE id = ? AND (enqueued_until <= ${now} OR enqueued_until > ${now} + ${LONGEST_WINDOW_MS})`,
          rows: due.map((row) => [windowMs, text(row.id)]),
        },
      ]);
      const changes = marked.committed ? (marked.steps[0]?.changes ?? []) : [];
      return due
        .filter((_, i) => changes[i] === 1)
        .map((row) => ({ runId: text(row.run_id), batchId: text(row.id) }));
    },

    enqueuedBatches: async (lane) => {
      const rows = await database.all(
        `SELECT COUNT(*) AS n FROM send_batch WHERE lane = ? AND due_at IS NOT NULL AND ${ENQUEUED} AND enqueued_until > ${now}
           AND enqueued_until <= ${now} + ${LONGEST_WINDOW_MS}
         UNION ALL
         SELECT COUNT(*) AS n FROM send_batch WHERE lane = ? AND due_at IS NOT NULL AND ${LEASED} AND lease_until > ${now}
           AND enqueued_until <= ${now}`,
        [lane, lane],
      );
      return rows.reduce((sum, row) => sum + number(row.n), 0);
    },

    forgetEnqueued: async (lane) => {
      await database.run(
        `UPDATE send_batch SET enqueued_until = 0 WHERE lane = ? AND due_at IS NOT NULL AND ${ENQUEUED} AND enqueued_until > ${now}`,
        [lane],
      );
    },

    capWaits: async (longestMs) => {
      const tooLong = `b.due_at > ${now} + ? AND b.run_id IN (SELECT r.id FROM run r WHERE ${WORKED_ON})`;
      await database.atomic([
        {
          sql: `UPDATE email_send_log SET next_at = ${now} + ? WHERE next_at > ${now} + ?
                AND batch_id IN (SELECT b.id FROM send_batch b WHERE ${tooLong})`,
          values: [longestMs, longestMs, longestMs],
        },
        {
          sql: `UPDATE send_batch SET due_at = ${now} + ? WHERE id IN (SELECT b.id FROM send_batch b WHERE ${tooLong})`,
          values: [longestMs, longestMs],
        },
      ]);
    },

    claimBatch: async (batchId, leaseMs, doubtWaitMs) => {
      const claimed = await database.atomic([
        {
          sql: `UPDATE send_batch SET fence = fence + 1, lease_until = ${now} + ?
                WHERE id = ? AND due_at <= ${now} AND lease_until <= ${now}
                  AND EXISTS (SELECT 1 FROM email_send_log s WHERE s.batch_id = send_batch.id
                    AND s.state IN ('pending', 'retry', 'sending', 'in_doubt') AND COALESCE(s.next_at, 0) <= ${now})
                  AND EXISTS (SELECT 1 FROM run r WHERE r.id = send_batch.run_id AND ${workable})`,
          values: [leaseMs, batchId],
          expect: 1,
        },
        {
          sql: `UPDATE email_send_log SET state = 'in_doubt', next_at = ${now} + ?, error_code = 'worker_stopped', error_class = 'internal', error_facts = '{}'
                WHERE batch_id = ? AND state = 'sending'`,
          values: [doubtWaitMs, batchId],
        },
        {
          sql: `UPDATE email_send_log SET state = 'suppressed', error_code = 'recipient_suppressed', error_class = 'recipient', error_facts = '{}'
                WHERE batch_id = ? AND state IN ('pending', 'retry') AND EXISTS (
                  SELECT 1 FROM suppression p JOIN run r ON r.id = email_send_log.run_id
                  WHERE p.address_hash = email_send_log.address_hash AND p.scope IN ('*', r.organisation) AND ${DECLINED})`,
          values: [batchId],
        },
        {
          // Their calls were under way when the run was cancelled.
          sql: `UPDATE email_send_log SET state = 'cancelled', next_at = NULL WHERE batch_id = ? AND state IN ('pending', 'retry')
                  AND EXISTS (SELECT 1 FROM run r WHERE r.id = email_send_log.run_id AND r.state = 'cancelled')`,
          values: [batchId],
        },
        {
          sql: `SELECT ${RUN_COLUMNS}, b.fence FROM send_batch b JOIN run r ON r.id = b.run_id WHERE b.id = ?`,
          values: [batchId],
        },
        {
          sql: `SELECT s.id, s.payload, s.state, s.attempts, s.calls, s.called_at, s.error_code, s.error_class, s.error_facts
                FROM email_send_log s
                WHERE s.batch_id = ? AND s.state IN ('pending', 'retry', 'in_doubt') AND (s.next_at IS NULL OR s.next_at <= ${now}) ORDER BY s.id`,
          values: [batchId],
        },
      ]);
      if (!claimed.committed) return undefined;
      const [batch, sends] = claimed.steps.slice(-2);
      const row = batch?.rows[0];
      return (
        row && {
          id: batchId,
          fence: number(row.fence),
          run: toRun(row),
          sends: (sends?.rows ?? []).map(toDueSend),
        }
      );
    },

    renewLease: async (batchId, fence, leaseMs) =>
      (await database.run(
        `UPDATE send_batch SET lease_until = ${now} + ? WHERE id = ? AND fence = ? AND lease_until > ${now}`,
        [leaseMs, batchId, fence],
      )) === 1,

    markWave: async (mark) => {
      const settling = [
        ...keepClaimsOut(mark),
        ...settleSteps(context, mark.settled),
        ...refreshIfLost(context, mark),
      ];
      const ids = mark.sends.map((send) => send.sendId);
      const result = await database.atomic([...settling, ...markSteps(context, mark, ids)]);
      const steps = result.committed ? result.steps.slice(settling.length) : [];
      const changed = steps[0]?.changes[0] ?? 0;
      return new Set(changed === 0 ? [] : steps[1]?.rows.map((row) => text(row.id)));
    },

    releaseBatch: async (batchId, fence) => {
      await database.run(
        `UPDATE send_batch SET due_at = ${NEXT_DUE}, lease_until = 0, enqueued_until = 0 WHERE id = ? AND fence = ?`,
        [batchId, fence],
      );
    },

    doubtfulIn: async (batchId) => {
      const rows = await database.all(
        `SELECT id, payload, state, attempts, calls FROM email_send_log WHERE batch_id = ? AND state = 'in_doubt' ORDER BY id`,
        [batchId],
      );
      return rows.map(toDueSend);
    },

    endLeases: async () => {
      await database.atomic([
        {
          sql: `UPDATE send_batch SET lease_until = 0 WHERE due_at IS NOT NULL AND ${LEASED} AND lease_until > ${now}`,
        },
        {
          sql: `UPDATE run SET expand_lease_until = 0 WHERE state = 'planning' AND expand_lease_until > ${now}`,
        },
      ]);
    },
  };
};

/** The settings allow no window longer than this: what lies further ahead was written before the clock was turned back. */
const LONGEST_WINDOW_MS = 900_000;

/** The conditions of the partial indexes, word for word. */
const ENQUEUED = 'enqueued_until > 0';
const LEASED = 'lease_until > 0';

const WORKED_ON = `r.state IN ('sending', 'cancelled')`;

/** Run by run, for a run that a person holds may have thousands of batches that are due and must not be looked through each time. */
const dueBatches = async (
  { database, dialect }: LedgerContext,
  lane: Lane,
  limit: number,
): Promise<readonly SqlRow[]> => {
  const { now } = dialect;
  const runs = await database.all(
    `SELECT r.id FROM run r WHERE r.lane = ? AND ${WORKED_ON} AND ${mayGo(now)}
       AND EXISTS (SELECT 1 FROM send_batch b WHERE b.run_id = r.id AND b.due_at <= ${now})`,
    [lane],
  );
  const due = await Promise.all(
    runs.map((run) =>
      database.all(
        `SELECT b.id, b.run_id, b.due_at FROM send_batch b JOIN run r ON r.id = b.run_id
         WHERE b.run_id = ? AND b.due_at <= ${now} AND b.lease_until <= ${now} AND ${mayGoNow('b')}
           AND (b.enqueued_until <= ${now} OR b.enqueued_until > ${now} + ${LONGEST_WINDOW_MS})
         ORDER BY b.due_at, b.id ${dialect.limit(limit)}`,
        [text(run.id)],
      ),
    ),
  );
  return due
    .flat()
    .sort((a, b) => number(a.due_at) - number(b.due_at) || (text(a.id) < text(b.id) ? -1 : 1))
    .slice(0, limit);
};

/**
 * The owner's release writes when the batch is due next. An owner who lost the fence has no release, and the
 * next owner counted the wait of a doubt that this late answer has ended.
 */
const refreshIfLost = ({ dialect }: LedgerContext, { batchId, fence, settled }: WaveMark): Step[] =>
  settled.length === 0
    ? []
    : [
        {
          sql: `UPDATE send_batch SET due_at = ${NEXT_DUE}
                WHERE id = ? AND due_at IS NOT NULL AND (fence <> ? OR lease_until <= ${dialect.now})`,
          values: [batchId, fence],
        },
      ];

/**
 * Where readers do not wait for writers, a mark that is held up until its lease is over is invisible to the next
 * claim, whose owner would take these sends for its own. So the mark writes the batch, and the claim waits for it.
 */
const keepClaimsOut = ({ batchId, fence, sends }: WaveMark): Step[] =>
  sends.length === 0
    ? []
    : [
        {
          sql: 'UPDATE send_batch SET fence = fence WHERE id = ? AND fence = ?',
          values: [batchId, fence],
        },
      ];

/**
 * One compare-and-set on fence, live lease, no hold, not suppressed. The fence is all or nothing within the
 * statement, so when any row changed, whatever of these ids stands in `sending` was marked here.
 */
const markSteps = ({ dialect }: LedgerContext, mark: WaveMark, ids: readonly string[]) => {
  if (ids.length === 0) return [];
  const list = placeholders(ids.length);
  return [
    {
      sql: `UPDATE email_send_log SET state = 'sending', calls = calls + 1, called_at = ${dialect.now}, next_at = NULL
            WHERE id IN (${list}) AND batch_id = ? AND state IN ('pending', 'retry')
              AND EXISTS (SELECT 1 FROM send_batch b JOIN run r ON r.id = b.run_id
                WHERE b.id = ? AND b.fence = ? AND b.lease_until > ${dialect.now} AND r.state = 'sending' AND ${mayGo(dialect.now)} AND ${mayGoNow('b')})
              AND NOT EXISTS (SELECT 1 FROM suppression p JOIN run r ON r.id = email_send_log.run_id
                WHERE p.address_hash = email_send_log.address_hash AND p.scope IN ('*', r.organisation) AND ${DECLINED})`,
      values: [...ids, mark.batchId, mark.batchId, mark.fence],
    },
    { sql: `SELECT id FROM email_send_log WHERE id IN (${list}) AND state = 'sending'`, values: ids },
  ];
};

const toDueSend = (row: Parameters<typeof toRun>[0]): DueSend => ({
  id: text(row.id),
  payload: bytes(row.payload),
  state: text(row.state) as DueSend['state'],
  attempts: number(row.attempts),
  calls: number(row.calls),
  calledAt: number(row.called_at),
  ...toFault(row),
});
