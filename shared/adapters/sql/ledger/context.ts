import type { Facts } from '../../../domain/errors.ts';
import type { Database, SqlRow, SqlValue } from '../../../ports/database.ts';
import type { Fault, Run } from '../../../ports/ledger.ts';
import type { Dialect } from '../dialect.ts';

/** What every part of the ledger works with. */
export interface LedgerContext {
  readonly database: Database;
  readonly dialect: Dialect;
}

/**
 * The run of a send, where a handful of sends is asked for: with the column alone PostgreSQL may read all sends of the
 * run, which cost planning 100,000 rows 29 ms for each 500.
 */
export const RUN_OF_SEND = `s.run_id || ''`;

export const placeholders = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

type Condition = readonly [sql: string, value: SqlValue | readonly SqlValue[] | undefined];

/** The WHERE of those conditions that are asked for; a list fills as many placeholders. */
export const conditions = (all: readonly Condition[]): { where: string; values: readonly SqlValue[] } => {
  const asked = all.filter(([, value]) => value !== undefined);
  return {
    where: asked.length > 0 ? `WHERE ${asked.map(([sql]) => sql).join(' AND ')}` : '',
    values: asked.flatMap(([, value]) => value ?? []),
  };
};

/** Oracle takes at most 1,000 values in a list. */
const LIST_LIMIT = 500;

export const inLists = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / LIST_LIMIT) }, (_, i) =>
    items.slice(i * LIST_LIMIT, (i + 1) * LIST_LIMIT),
  );

export const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** An account's hold is for everything, for what leaves one way, or for one lane of it. */
const ACCOUNT_SCOPES = `('*', r.transport, r.transport || '/' || r.lane)`;

/** True while no hold keeps the run `r` back. */
export const noHold = (now: string): string => `NOT EXISTS (SELECT 1 FROM hold h WHERE ${holds(now)})`;

/** A hold `h` that keeps the run `r` back. */
export const holds = (now: string): string => `h.lifted_at IS NULL
  AND (h.until_at IS NULL OR h.until_at > ${now})
  AND ((h.scope = 'run' AND h.scope_id = r.id) OR (h.scope = 'automation' AND h.scope_id = r.automation_id)
    OR (h.scope = 'identity' AND h.scope_id = r.from_identity) OR (h.scope = 'account' AND h.scope_id IN ${ACCOUNT_SCOPES}))`;

/** An unsubscription `p` stops only mail that its recipient may decline: a statement is none. */
export const DECLINED = `(p.reason <> 'unsubscribe' OR r.declinable = 1)`;
/** True while the run `r` may send at all: no hold, and within its hours. A run that has ended only settles. */
export const mayGo = (now: string): string =>
  `${noHold(now)} AND (r.state <> 'sending' OR (r.window_from <= ${now} AND r.window_until > ${now}))`;

/** While the canary of the run `r` is on trial or watched, only its batches may go. */
export const mayGoNow = (batch: string): string => `(r.canary = 0 OR ${batch}.canary = 1)`;

/** When a batch must be looked at next: as soon as one of its open sends wants it, and never when none is open. */
export const NEXT_DUE = `(SELECT MIN(COALESCE(s.next_at, 0)) FROM email_send_log s
  WHERE s.batch_id = send_batch.id AND s.state IN ('pending', 'retry', 'sending', 'in_doubt'))`;

export const text = (value: SqlValue | undefined): string => String(value ?? '');
export const number = (value: SqlValue | undefined): number => Number(value ?? 0);
export const bytes = (value: SqlValue | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array();

/** `run.canary`: 0 none or passed. */
export const CANARY_TRYING = 1;
export const CANARY_WATCHED = 2;

export const RUN_COLUMNS = `r.id, r.automation_id, r.automation_version, r.automation_name, r.organisation, r.from_identity,
  r.transport, r.business_date, r.lane, r.writes_back, r.declinable, r.state, r.started_by, r.started_at, r.finished_at, r.targets,
  r.canary, r.again_send, r.again_reason, r.client_id, r.error_code, r.error_facts`;

export const toRun = (row: SqlRow): Run => ({
  id: text(row.id),
  automationId: text(row.automation_id),
  automationVersion: number(row.automation_version),
  automationName: text(row.automation_name),
  organisation: text(row.organisation),
  fromIdentity: text(row.from_identity),
  transport: text(row.transport) as Run['transport'],
  businessDate: text(row.business_date),
  lane: text(row.lane) as Run['lane'],
  writesBack: number(row.writes_back) === 1,
  declinable: number(row.declinable) === 1,
  state: text(row.state) as Run['state'],
  startedBy: text(row.started_by),
  startedAt: number(row.started_at),
  targets: number(row.targets),
  ...(number(row.canary) === 0
    ? {}
    : { canary: number(row.canary) === CANARY_TRYING ? 'trying' : 'watched' }),
  ...(row.again_send ? { again: { sendId: text(row.again_send), reason: text(row.again_reason) } } : {}),
  ...(row.client_id ? { client: text(row.client_id) } : {}),
  ...(row.finished_at === null ? {} : { finishedAt: number(row.finished_at) }),
  ...(row.error_code
    ? { error: { code: text(row.error_code) as Fault['code'], facts: toFacts(row.error_facts) } }
    : {}),
});

export const toFacts = (value: SqlValue | undefined): Facts =>
  value ? (JSON.parse(text(value)) as Facts) : {};

export const toFault = (row: SqlRow): { fault?: Fault } =>
  row.error_code
    ? {
        fault: {
          code: text(row.error_code) as Fault['code'],
          class: text(row.error_class) as Fault['class'],
          facts: toFacts(row.error_facts),
        },
      }
    : {};

export const faultValues = (fault: Fault | undefined): readonly SqlValue[] =>
  fault ? [fault.code, fault.class, JSON.stringify(fault.facts)] : [null, null, null];
