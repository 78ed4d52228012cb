import { batchId } from '../../../domain/identifiers.ts';
import { type SqlValue, type Step, UniqueViolation } from '../../../ports/database.ts';
import type { Ledger, Ruled, Ruling } from '../../../ports/ledger.ts';
import { inLists, type LedgerContext, NEXT_DUE, number, placeholders, text } from './context.ts';
import { BLOCKING } from './plan.ts';
import { OWE_WRITE_BACK, remember } from './settle.ts';
import { liveKeyOf } from './start.ts';

/** Where a person's word finds a send; everything else is left as it is. */
const FROM: Readonly<Record<Ruling['to'], string>> = {
  retry: 'failed',
  sent: 'held',
  failed: 'held',
  pending: 'held',
};
const REOPENING = ['retry', 'pending'];
const BATCH_SIZE = 50;

export const rulingMethods = (context: LedgerContext): Pick<Ledger, 'rule'> => ({
  rule: async (ruling) => {
    const { database } = context;
    const chosen = await choose(context, ruling);
    if (chosen.length === 0) return { kind: 'ruled', sendIds: [] };
    const reopening = REOPENING.includes(ruling.to);
    const live = reopening ? await otherLiveRun(context, ruling.runId) : undefined;
    if (live) return { kind: 'live', run: live };
    const ruled: string[] = [];
    for (const ids of inLists(chosen)) {
      const steps = await rulingSteps(context, ruling, ids);
      const result = await database.atomic(steps).catch((fault: unknown) => {
        if (fault instanceof UniqueViolation) return undefined;
        throw fault;
      });
      if (!result) return liveOrAgain(context, ruling);
      if (!result.committed) return { kind: 'closed' };
      ruled.push(...ids);
    }
    return { kind: 'ruled', sendIds: ruled };
  },
});

/** The live key was taken between the look and the write. */
const liveOrAgain = async (context: LedgerContext, { runId }: Ruling): Promise<Ruled> => ({
  kind: 'live',
  run: (await otherLiveRun(context, runId)) ?? runId,
});

const otherLiveRun = async ({ database }: LedgerContext, runId: string): Promise<string | undefined> => {
  const [row] = await database.all(
    `SELECT o.id FROM run r JOIN run o ON o.live_key = ${liveKeyOf('r')} WHERE r.id = ? AND o.id <> r.id`,
    [runId],
  );
  return row && text(row.id);
};

const choose = async ({ database }: LedgerContext, ruling: Ruling): Promise<readonly string[]> => {
  const { runId, choice, to, unlessSentSince } = ruling;
  const elsewhere = unlessSentSince === undefined ? '' : `AND ${NOT_ELSEWHERE}`;
  const base = `SELECT s.id FROM email_send_log s JOIN run r ON r.id = s.run_id WHERE s.run_id = ? AND s.state = '${FROM[to]}' ${MAY[to]} ${elsewhere}`;
  const values: readonly SqlValue[] = [runId, ...(unlessSentSince === undefined ? [] : [unlessSentSince])];
  const conditions = 'sendIds' in choice ? inLists(choice.sendIds).map(listOf('s.id')) : [kindOf(choice)];
  const found: string[] = [];
  for (const { sql, given } of conditions) {
    const rows = await database.all(`${base} ${sql} ORDER BY s.id`, [...values, ...given]);
    found.push(...rows.map((row) => text(row.id)));
  }
  return found;
};

/** The rows of one key with different addresses are for one person: at most one of them is ever let out. */
const NO_TWIN = `AND NOT EXISTS (SELECT 1 FROM email_send_log t WHERE t.run_id = s.run_id AND t.key_hash = s.key_hash
    AND t.address_hash <> s.address_hash AND t.state IN (${BLOCKING}, 'sent'))`;

/** A person has sent this one again, as a run of its own, and it went out that way or still may. */
const NOT_AGAIN = `AND NOT EXISTS (SELECT 1 FROM run a JOIN email_send_log o ON o.run_id = a.id
    WHERE a.again_send = s.id AND o.state IN (${BLOCKING}, 'sent'))`;

const MAY: Readonly<Record<Ruling['to'], string>> = {
  // What a person has decided about one send is not undone for all of them at once.
  retry: `AND COALESCE(s.error_code, '-') <> 'settled_by_person' ${NO_TWIN} ${NOT_AGAIN}`,
  pending: NO_TWIN,
  sent: '',
  failed: '',
};

const listOf = (column: string) => (given: readonly string[]) => ({
  sql: `AND ${column} IN (${placeholders(given.length)})`,
  given,
});

const kindOf = ({ classes, codes }: Exclude<Ruling['choice'], { readonly sendIds: readonly string[] }>) => {
  const parts = [
    ...(classes ? [listOf('s.error_class')(classes)] : []),
    ...(codes ? [listOf('s.error_code')(codes)] : []),
  ];
  return { sql: parts.map(({ sql }) => sql).join(' '), given: parts.flatMap(({ given }) => given) };
};

/** Whom another run has mailed since, or may still mail, is not mailed once more by this one. */
const NOT_ELSEWHERE = `NOT EXISTS (SELECT 1 FROM sent_memory m WHERE m.automation_id = r.automation_id
    AND m.key_hash = s.key_hash AND m.run_id <> s.run_id AND m.sent_at > ?)
  AND NOT EXISTS (SELECT 1 FROM email_send_log o JOIN run other ON other.id = o.run_id
    WHERE o.key_hash = s.key_hash AND other.automation_id = r.automation_id AND o.run_id <> s.run_id AND o.state IN (${BLOCKING}))`;

const rulingSteps = async (
  context: LedgerContext,
  ruling: Ruling,
  ids: readonly string[],
): Promise<Step[]> => {
  const { now } = context.dialect;
  const { runId, to, by, reason } = ruling;
  const these = `id IN (${placeholders(ids.length)}) AND state = '${FROM[to]}'${to === 'retry' ? ` ${NOT_AGAIN.replace('s.id', 'email_send_log.id')}` : ''}`;
  const reopening = REOPENING.includes(to);
  return [
    ...(reopening ? [reopen(runId), ...(await adoptSteps(context, runId, ids))] : []),
    {
      sql: `INSERT INTO send_ruling (send_id, ruled_at, to_state, ruled_by, reason) SELECT id, ${now}, ?, ?, ? FROM email_send_log WHERE ${these}`,
      values: [to, by, reason, ...ids],
    },
    moveStep(ruling, these, ids, now),
    ...(to === 'sent' ? [remember(context, ids)] : []),
    ...(reopening ? [wakeBatches(ids)] : []),
  ];
};

/** Only a run that was planned to its end takes mails again; its live key is unique, so that no second run is live. */
const reopen = (runId: string): Step => ({
  sql: `UPDATE run SET state = 'sending', live_key = ${liveKeyOf('run')}, finished_at = NULL WHERE id = ? AND state IN ('finished', 'sending')`,
  values: [runId],
  expect: 1,
});

const moveStep = ({ to, by, reason }: Ruling, these: string, ids: readonly string[], now: string): Step => {
  const fault = `error_code = 'settled_by_person', error_class = 'request', error_facts = ?`;
  const facts = JSON.stringify({ by, reason });
  const set: Readonly<Record<Ruling['to'], { sql: string; values: readonly SqlValue[] }>> = {
    retry: { sql: 'next_at = 0, attempts = 0, settled_at = NULL', values: [] },
    pending: { sql: 'next_at = NULL, attempts = 0, settled_at = NULL', values: [] },
    failed: { sql: `next_at = NULL, settled_at = ${now}, ${fault}`, values: [facts] },
    sent: { sql: `next_at = NULL, settled_at = ${now}, ${fault}, ${OWE_WRITE_BACK}`, values: [facts] },
  };
  return {
    sql: `UPDATE email_send_log SET state = '${to}', ${set[to].sql} WHERE ${these}`,
    values: [...set[to].values, ...ids],
  };
};

/** Sends that the planner held were never given to a batch. */
const adoptSteps = async (
  { database }: LedgerContext,
  runId: string,
  ids: readonly string[],
): Promise<Step[]> => {
  const orphans = await database.all(
    `SELECT id FROM email_send_log WHERE id IN (${placeholders(ids.length)}) AND batch_id IS NULL ORDER BY id`,
    ids,
  );
  if (orphans.length === 0) return [];
  const [run] = await database.all('SELECT batches FROM run WHERE id = ?', [runId]);
  const first = number(run?.batches);
  const count = Math.ceil(orphans.length / BATCH_SIZE);
  const batches = Array.from({ length: count }, (_, i) => batchId(runId, first + i));
  return [
    {
      sql: 'UPDATE run SET batches = batches + ? WHERE id = ? AND batches = ?',
      values: [count, runId, first],
      expect: 1,
    },
    {
      sql: `INSERT INTO send_batch (id, run_id, lane, due_at, enqueued_until, fence, lease_until, canary) SELECT ?, r.id, r.lane, 0, 0, 0, 0, 0 FROM run r WHERE r.id = ?`,
      rows: batches.map((id) => [id, runId]),
    },
    {
      sql: 'UPDATE email_send_log SET batch_id = ? WHERE id = ? AND batch_id IS NULL',
      rows: orphans.map((row, i) => [batches[Math.floor(i / BATCH_SIZE)] ?? null, text(row.id)]),
    },
  ];
};

const wakeBatches = (ids: readonly string[]): Step => ({
  sql: `UPDATE send_batch SET due_at = ${NEXT_DUE}, enqueued_until = 0
        WHERE id IN (SELECT s.batch_id FROM email_send_log s WHERE s.id IN (${placeholders(ids.length)}))`,
  values: ids,
});
