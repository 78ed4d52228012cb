import { type Step, UniqueViolation } from '../../../ports/database.ts';
import type { NewRun, Run, StartedRun } from '../../../ports/ledger.ts';
import { CANARY_TRYING, type LedgerContext, RUN_COLUMNS, toRun } from './context.ts';

export const findRun = async (
  { database }: LedgerContext,
  condition: string,
  value: string,
): Promise<Run | undefined> => {
  const [row] = await database.all(`SELECT ${RUN_COLUMNS} FROM run r WHERE ${condition}`, [value]);
  return row && toRun(row);
};

/**
 * Two unique columns decide, not a look beforehand: the idempotency key, and the live key. Undefined: a step
 * around the insert did not hold.
 */
export const startWith = async (
  context: LedgerContext,
  run: NewRun,
  steps: readonly Step[],
): Promise<StartedRun | undefined> => {
  for (;;) {
    try {
      return await insertWith(context, run, steps);
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error;
    }
    const rival = await rivalOf(context, run);
    if (rival) return rival;
  }
};

const insertWith = async (
  context: LedgerContext,
  run: NewRun,
  steps: readonly Step[],
): Promise<StartedRun | undefined> => {
  const { committed } = await context.database.atomic(steps);
  const started = committed ? await findRun(context, 'r.id = ?', run.id) : undefined;
  return started && { kind: 'started', run: started };
};

/** The run that stood in the way; none: it has ended meanwhile, and the way is free. */
const rivalOf = async (context: LedgerContext, run: NewRun): Promise<StartedRun | undefined> => {
  const repeated = run.idempotencyKey
    ? await findRun(context, 'r.idempotency_key = ?', run.idempotencyKey)
    : undefined;
  if (repeated) return { kind: 'repeated', run: repeated };
  const live = await findRun(context, 'r.live_key = ?', liveKey(run));
  return live && { kind: 'live', run: live };
};

/** One live run for each automation; a mail that is sent again stands beside it, once. Of a client's, one for each day, sender and version of the client. */
export const liveKey = (run: NewRun): string => {
  const { automationId, automationVersion, again, openUntil, businessDate, fromIdentity } = run;
  if (again) return `again:${again.sendId}`;
  return openUntil === undefined
    ? automationId
    : `${automationId}|${automationVersion}|${businessDate}|${fromIdentity}`;
};

/** The same in SQL, for a run that goes on after its end. */
export const liveKeyOf = (run: string): string =>
  `CASE WHEN ${run}.again_send IS NOT NULL THEN 'again:' || ${run}.again_send
     WHEN ${run}.client_id IS NOT NULL THEN COALESCE(${run}.live_key, 'client-run:' || ${run}.id) ELSE ${run}.automation_id END`;

const ALWAYS = { from: 0, until: Number.MAX_SAFE_INTEGER };

export const insertRun = (run: NewRun): Step => {
  const { from, until } = run.window ?? ALWAYS;
  return {
    sql: `INSERT INTO run (id, automation_id, automation_version, automation_name, organisation, from_identity, transport, business_date,
            lane, writes_back, declinable, live_key, idempotency_key, started_by, started_at, window_from, window_until, canary,
            again_send, again_reason, counts_at, client_id, open_until, state, expand_fence, expand_lease_until, targets, batches)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planning', 0, 0, 0, 0)`,
    values: [
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
      run.declinable ? 1 : 0,
      liveKey(run),
      run.idempotencyKey ?? null,
      run.startedBy,
      run.startedAt,
      from,
      until,
      run.canary ? CANARY_TRYING : 0,
      run.again?.sendId ?? null,
      run.again?.reason ?? null,
      run.countsAt ?? null,
      run.client ?? null,
      run.openUntil ?? null,
    ],
  };
};
