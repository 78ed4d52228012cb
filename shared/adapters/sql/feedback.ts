import type { TransportName } from '../../domain/automation.ts';
import { deliveryOfFate, rankOfFate } from '../../domain/feedback.ts';
import { type FeedbackKind, PAUSE_RULES } from '../../domain/pause-policy.ts';
import type { Database, SqlRow, SqlValue, Step } from '../../ports/database.ts';
import type { Feedback, ReputationScope, SendFate, SendOrigin } from '../../ports/feedback.ts';
import type { Dialect } from './dialect.ts';
import { inLists, number, placeholders, text } from './ledger/context.ts';
import { createSwitchMemory } from './switch-memory.ts';

export const createSqlFeedback = (database: Database, dialect: Dialect): Feedback => ({
  sendsOf: async (messageIds) => {
    const found = new Map<string, string>();
    for (const some of inLists([...new Set(messageIds)])) {
      const sql = `SELECT message_id, id FROM email_send_log WHERE message_id IN (${placeholders(some.length)})`;
      for (const row of await database.all(sql, some)) found.set(text(row.message_id), text(row.id));
    }
    return found;
  },

  originsOf: async (sendIds) => {
    const origins: SendOrigin[] = [];
    for (const some of inLists([...new Set(sendIds)])) {
      const rows = await database.all(originSql(some.length), some);
      origins.push(...rows.map(toOrigin));
    }
    return origins;
  },

  record: async (fates) => {
    const origins: SendOrigin[] = [];
    for (const some of inLists(inOneOrder(fates))) {
      const ids = [...new Set(some.map(({ sendId }) => sendId))];
      const recorded = await database.atomic([...recordSteps(dialect, some), originStep(ids)]);
      if (recorded.committed) origins.push(...(recorded.steps.at(-1)?.rows ?? []).map(toOrigin));
    }
    return origins;
  },

  resolveAccepted: async (transport) => {
    const sql = dialect.upsert({ ...RESOLVED, select: acceptedSql(dialect) });
    await database.run(sql, [transport]);
  },

  window: async (kind, scope) => {
    const pauses = await answeredBy(database, kind);
    const condition = conditionOf(scope, pauses);
    const { window } = PAUSE_RULES[kind];
    const [row] = await database.all(
      `SELECT COUNT(*) AS sends, SUM(w.came) AS events FROM (
         SELECT ${COLUMN[kind]} AS came FROM resolved_send o WHERE ${condition.sql}
         ORDER BY o.sent_at DESC, o.send_id DESC ${dialect.limit(window)}) w`,
      condition.values,
    );
    return { sends: number(row?.sends), events: number(row?.events) };
  },

  ...createSwitchMemory(database, dialect),
});

const COLUMN: Readonly<Record<FeedbackKind, string>> = { bounce: 'o.bounced', complaint: 'o.complained' };

/** Two writers that meet at the same sends lock them in the same order. */
const inOneOrder = (fates: readonly SendFate[]): readonly SendFate[] =>
  fates.toSorted((a, b) => (a.sendId < b.sendId ? -1 : Number(a.sendId > b.sendId)));

const recordSteps = (dialect: Dialect, fates: readonly SendFate[]): Step[] =>
  [
    {
      sql: 'UPDATE email_send_log SET delivery = ?, delivery_rank = ? WHERE id = ? AND delivery_rank < ?',
      rows: fates.flatMap(({ sendId, fate }): SqlValue[][] =>
        fate ? [[deliveryOfFate(fate), rankOfFate(fate), sendId, rankOfFate(fate)]] : [],
      ),
    },
    { sql: resolveSql(dialect), rows: fates.filter((fate) => fate.resolves).map(({ sendId }) => [sendId]) },
    ...(['bounce', 'complaint'] as const).map((kind) => ({
      sql: `UPDATE resolved_send SET ${COUNTER[kind]} = 1 WHERE send_id = ? AND ${COUNTER[kind]} = 0`,
      rows: fates.filter(({ counts }) => counts === kind).map(({ sendId }) => [sendId]),
    })),
  ].filter(({ rows }) => rows.length > 0);

const COUNTER: Readonly<Record<FeedbackKind, string>> = { bounce: 'bounced', complaint: 'complained' };

const RESOLVED = {
  table: 'resolved_send',
  key: ['send_id'],
  keep: ['automation_id', 'identity', 'sent_at', 'bounced', 'complained'],
  replace: [],
} as const;

/** As many as the widest window holds. The outer WHERE lets SQLite tell ON CONFLICT from the ON of a join. */
const acceptedSql = (dialect: Dialect): string =>
  `SELECT t.send_id, t.automation_id, t.identity, t.sent_at, 0 AS bounced, 0 AS complained FROM (
     SELECT s.id AS send_id, r.automation_id, r.from_identity AS identity, s.settled_at AS sent_at
     FROM email_send_log s JOIN run r ON r.id = s.run_id
     WHERE s.settled_at IS NOT NULL AND s.state = 'sent' AND r.transport = ?
     ORDER BY s.settled_at DESC ${dialect.limit(PAUSE_RULES.complaint.window)}) t WHERE 1 = 1`;

/** Ordered by the time of sending, so that a late event weighs where its mail went out, not where it is told. */
const resolveSql = (dialect: Dialect): string =>
  dialect.upsert({
    ...RESOLVED,
    select: `SELECT s.id AS send_id, r.automation_id, r.from_identity AS identity, COALESCE(s.settled_at, ${dialect.now}) AS sent_at,
               0 AS bounced, 0 AS complained FROM email_send_log s JOIN run r ON r.id = s.run_id WHERE s.id = ?`,
  });

const originSql = (sends: number): string =>
  `SELECT s.id, s.address_hash, r.automation_id, r.from_identity, r.organisation, r.transport
   FROM email_send_log s JOIN run r ON r.id = s.run_id WHERE s.id IN (${placeholders(sends)})`;

const originStep = (sendIds: readonly string[]): Step => ({
  sql: originSql(sendIds.length),
  values: sendIds,
});

const toOrigin = (row: SqlRow): SendOrigin => ({
  sendId: text(row.id),
  automationId: text(row.automation_id),
  identity: text(row.from_identity),
  organisation: text(row.organisation),
  transport: text(row.transport) as TransportName,
  addressHash: text(row.address_hash),
});

interface AnsweredPause {
  readonly scope: string;
  readonly id: string;
  /** Sends up to here are answered for; none: all, for the pause still holds. */
  readonly until: number | undefined;
}

/** The newest pause of each scope that the rule has ever put; a person's holds say nothing about the past. */
const answeredBy = async (database: Database, kind: FeedbackKind): Promise<readonly AnsweredPause[]> => {
  const rows = await database.all(
    `SELECT scope, scope_id, MAX(lifted_at) AS lifted, SUM(CASE WHEN lifted_at IS NULL THEN 1 ELSE 0 END) AS holding
     FROM hold WHERE author = 'tank' AND reason = ? AND scope IN ('automation', 'identity', 'account') GROUP BY scope, scope_id`,
    [PAUSE_RULES[kind].reason],
  );
  return rows.map((row) => ({
    scope: text(row.scope),
    id: text(row.scope_id),
    until: number(row.holding) > 0 ? undefined : number(row.lifted),
  }));
};

interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

const SCOPE_COLUMN = { automation: 'o.automation_id', identity: 'o.identity' } as const;

const conditionOf = (scope: ReputationScope, pauses: readonly AnsweredPause[]): Condition => {
  const within: Condition =
    scope.scope === 'account'
      ? { sql: '1 = 1', values: [] }
      : { sql: `${SCOPE_COLUMN[scope.scope]} = ?`, values: [scope.id] };
  const conditions = [within, ...pauses.map((pause) => leaveOut(pause, scope))];
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
  };
};

const leaveOut = ({ scope, id, until }: AnsweredPause, asked: ReputationScope): Condition => {
  const later: Condition =
    until === undefined ? { sql: '1 = 0', values: [] } : { sql: 'o.sent_at > ?', values: [until] };
  if (scope === 'account' || (scope === asked.scope && id === asked.id)) return later;
  const column = scope === 'automation' ? SCOPE_COLUMN.automation : SCOPE_COLUMN.identity;
  return { sql: `(${column} <> ? OR ${later.sql})`, values: [id, ...later.values] };
};
