import type { Ledger, PlanChunk, PlannedSend } from '../../../ports/ledger.ts';
import {
  bytes,
  faultValues,
  type LedgerContext,
  number,
  quoted,
  RUN_COLUMNS,
  RUN_OF_SEND,
  text,
  toRun,
} from './context.ts';

type PlanMethods = Pick<
  Ledger,
  'takePlan' | 'appendPlan' | 'finishPlan' | 'yieldPlan' | 'sentBefore' | 'openElsewhere'
>;

export const BLOCKING = quoted(['pending', 'sending', 'retry', 'in_doubt', 'held']);

export const planMethods = ({ database, dialect }: LedgerContext): PlanMethods => {
  const { now } = dialect;
  return {
    takePlan: async (runId, leaseMs) => {
      const taken = await database.atomic([
        {
          sql: `UPDATE run SET expand_fence = expand_fence + 1, expand_lease_until = ${now} + ?
                WHERE id = ? AND state = 'planning' AND expand_lease_until <= ${now}`,
          values: [leaseMs, runId],
          expect: 1,
        },
        {
          sql: `SELECT ${RUN_COLUMNS}, r.expand_fence, r.expand_position, r.batches FROM run r WHERE r.id = ?`,
          values: [runId],
        },
      ]);
      const row = taken.committed ? taken.steps[1]?.rows[0] : undefined;
      if (!row) return undefined;
      const position = row.expand_position === null ? {} : { position: bytes(row.expand_position) };
      return { run: toRun(row), fence: number(row.expand_fence), batches: number(row.batches), ...position };
    },

    appendPlan: async (chunk) => {
      const appended = await database.atomic([advance(chunk, now), insertBatches(chunk), insertSends(chunk)]);
      return appended.committed;
    },

    finishPlan: async (runId, fence, next = 'sending') =>
      (await database.run(
        `UPDATE run SET state = '${next}', expand_lease_until = 0 WHERE id = ? AND expand_fence = ? AND state = 'planning'`,
        [runId, fence],
      )) === 1,

    yieldPlan: async (runId, fence) => {
      await database.run('UPDATE run SET expand_lease_until = 0 WHERE id = ? AND expand_fence = ?', [
        runId,
        fence,
      ]);
    },

    sentBefore: async (automationId, keyHashes) => {
      const rows = await database.all(
        `SELECT key_hash, sent_at FROM sent_memory WHERE automation_id = ? AND ${dialect.among('key_hash', keyHashes.length)}`,
        [automationId, ...keyHashes],
      );
      return new Map(rows.map((row) => [text(row.key_hash), number(row.sent_at)]));
    },

    openElsewhere: async (automationId, runId, keyHashes) => {
      const rows = await database.all(
        `SELECT s.key_hash, s.run_id, s.state FROM email_send_log s JOIN run r ON r.id = ${RUN_OF_SEND}
         WHERE ${dialect.among('s.key_hash', keyHashes.length)} AND r.automation_id = ? AND s.run_id <> ?
           AND (s.state IN (${BLOCKING}) OR (s.state = 'sent' AND s.write_back IN ('due', 'failed')))`,
        [...keyHashes, automationId, runId],
      );
      return rows.map((row) => ({
        keyHash: text(row.key_hash),
        runId: text(row.run_id),
        state: text(row.state) as PlannedSend['state'],
      }));
    },
  };
};

const advance = (chunk: PlanChunk, now: string) => ({
  sql: `UPDATE run SET expand_position = ?, targets = targets + ?, batches = batches + ?,
          error_code = COALESCE(error_code, ?), error_facts = COALESCE(error_facts, ?), expand_lease_until = ${now} + ?
        WHERE id = ? AND expand_fence = ? AND state = 'planning'`,
  values: [
    chunk.position,
    chunk.sends.length,
    chunk.batchIds.length,
    chunk.stop?.code ?? null,
    chunk.stop ? JSON.stringify(chunk.stop.facts) : null,
    chunk.leaseMs,
    chunk.runId,
    chunk.fence,
  ],
  expect: 1,
});

type PlannedBatches = Pick<PlanChunk, 'runId' | 'batchIds' | 'canaryBatchIds'>;

/** Due since ever, not since now: a clock that is turned back must not put off what nobody has tried yet. */
export const insertBatches = ({ runId, batchIds, canaryBatchIds = [] }: PlannedBatches) => ({
  sql: `INSERT INTO send_batch (id, run_id, lane, due_at, enqueued_until, fence, lease_until, canary)
        SELECT ?, r.id, r.lane, 0, 0, 0, 0, ? FROM run r WHERE r.id = ?`,
  rows: batchIds.map((id) => [id, canaryBatchIds.includes(id) ? 1 : 0, runId]),
});

export const insertSends = (chunk: Pick<PlanChunk, 'runId' | 'sends'>) => ({
  sql: `INSERT INTO email_send_log (id, run_id, batch_id, key_hash, occurrence, address_hash, address_masked, domain, payload,
          state, delivery, attempts, calls, error_code, error_class, error_facts, write_back, write_back_tries)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'none', 0, 0, ?, ?, ?, 'none', 0)`,
  rows: chunk.sends.map((send) => [
    send.id,
    chunk.runId,
    send.batchId ?? null,
    send.keyHash,
    send.occurrence,
    send.addressHash,
    send.addressMasked,
    send.domain,
    send.payload,
    send.state,
    ...faultValues(send.fault),
  ]),
});
