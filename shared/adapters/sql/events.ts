import type { TransportName } from '../../domain/automation.ts';
import type { FeedbackSource } from '../../domain/feedback.ts';
import type { Database, SqlRow, SqlValue } from '../../ports/database.ts';
import type { DeliveryEvent, Events } from '../../ports/events.ts';
import type { Dialect } from './dialect.ts';
import { bytes, inLists, number, placeholders, text } from './ledger/context.ts';

const COLUMNS = [
  'id',
  'type',
  'subtype',
  'source',
  'message_id',
  'attempt_id',
  'send_id',
  'recipient_hash',
  'occurred_at',
  'body',
] as const;
const NAMED = COLUMNS.map((name) => `e.${name}`).join(', ');

export const createSqlEvents = (database: Database, dialect: Dialect): Events => ({
  add: async (events) => {
    if (events.length === 0) return 0;
    const added = await database.atomic([{ sql: insertSql(dialect), rows: events.map(toValues) }]);
    return added.committed ? (added.steps[0]?.changes ?? []).reduce((sum, changed) => sum + changed, 0) : 0;
  },

  ofSend: async (sendId) =>
    (
      await database.all(
        `SELECT ${NAMED} FROM delivery_event e WHERE e.send_id = ? ORDER BY e.occurred_at, e.id`,
        [sendId],
      )
    ).map(toEvent),

  softBounces: async ({ recipientHashes, since }) => {
    const counted = new Map<string, number>();
    for (const some of inLists(recipientHashes)) {
      const rows = await database.all(softSql(some.length), [...some, since]);
      for (const row of rows) counted.set(text(row.recipient_hash), number(row.n));
    }
    return counted;
  },

  findable: async (withinMs, limit) =>
    (
      await database.all(
        `SELECT ${NAMED} FROM delivery_event e WHERE e.send_id IS NULL AND e.received_at > ${dialect.now} - ?
           AND EXISTS (SELECT 1 FROM email_send_log s WHERE s.message_id = e.message_id)
         ORDER BY e.received_at ${dialect.limit(limit)}`,
        [withinMs],
      )
    ).map(toEvent),

  unheard: async (waitMs) => {
    const [last] = await database.all(
      `SELECT received_at FROM delivery_event WHERE source = 'ses' AND received_at > ${dialect.now} - ?
       ORDER BY received_at DESC ${dialect.limit(1)}`,
      [2 * waitMs],
    );
    const heardAt = last ? number(last.received_at) + AHEAD_MS : 0;
    const rows = await database.all(
      `SELECT t.transport, COUNT(*) AS n FROM (
         SELECT r.transport FROM email_send_log s JOIN run r ON r.id = s.run_id
         WHERE s.settled_at > ${dialect.now} - ? AND s.settled_at <= ${dialect.now} - ? AND s.settled_at > ? AND s.state = 'sent'
         ${dialect.limit(MOST_COUNTED)}) t GROUP BY t.transport`,
      [2 * waitMs, waitMs, heardAt],
    );
    return new Map(rows.map((row) => [text(row.transport) as TransportName, number(row.n)]));
  },

  attach: async (found) => {
    await database.atomic([
      {
        sql: 'UPDATE delivery_event SET send_id = ? WHERE id = ? AND send_id IS NULL',
        rows: found.map(({ eventId, sendId }) => [sendId, eventId]),
      },
    ]);
  },

  isNoticeKnown: async (messageId) =>
    (await database.all('SELECT id FROM known_notice WHERE id = ?', [messageId])).length > 0,

  rememberNotice: async (messageId, forMs) => {
    const sql = dialect.upsert({
      table: 'known_notice',
      key: ['id'],
      keep: ['expires_at'],
      replace: [],
      select: `SELECT ? AS id, ${dialect.now} + ? AS expires_at WHERE 1 = 1`,
    });
    await database.run(sql, [messageId, forMs]);
  },

  forgetOldNotices: async () => {
    await database.run(`DELETE FROM known_notice WHERE expires_at < ${dialect.now}`);
  },

  count: async () => {
    const [row] = await database.all('SELECT COUNT(*) AS total FROM delivery_event');
    return number(row?.total);
  },
});

const insertSql = (dialect: Dialect): string =>
  dialect.upsert({
    table: 'delivery_event',
    key: ['id'],
    keep: [...COLUMNS.slice(1), 'received_at'],
    replace: [],
    select: `SELECT ${COLUMNS.map((name) => `? AS ${name}`).join(', ')}, ${dialect.now} AS received_at WHERE 1 = 1`,
  });

/** An event may be quicker than the commit of its mail. */
const AHEAD_MS = 60_000;

/** Enough to say that something is wrong; the whole of a broken night need not be counted every few seconds. */
const MOST_COUNTED = 1_000;

/** A mailbox that took a mail since then works again; a mail that arrived after all did not fail. */
const softSql = (addresses: number): string =>
  `SELECT e.recipient_hash, COUNT(DISTINCT e.message_id) AS n FROM delivery_event e
   WHERE e.recipient_hash IN (${placeholders(addresses)}) AND e.type = 'Bounce' AND e.occurred_at > ?
     AND (e.subtype IN ('Transient/General', 'Transient/MailboxFull') OR e.subtype LIKE 'Undetermined%')
     AND NOT EXISTS (SELECT 1 FROM delivery_event d WHERE d.recipient_hash = e.recipient_hash AND d.type = 'Delivery'
       AND (d.message_id = e.message_id OR d.occurred_at > e.occurred_at))
   GROUP BY e.recipient_hash`;

const toValues = (event: DeliveryEvent): readonly SqlValue[] => [
  event.id,
  event.type,
  event.subtype ?? null,
  event.source,
  event.messageId,
  event.attemptId ?? null,
  event.sendId ?? null,
  event.recipientHash ?? null,
  event.occurredAt,
  event.body,
];

const toEvent = (row: SqlRow): DeliveryEvent => ({
  id: text(row.id),
  type: text(row.type),
  source: text(row.source) as FeedbackSource,
  messageId: text(row.message_id),
  occurredAt: number(row.occurred_at),
  body: bytes(row.body),
  ...(row.subtype !== null && { subtype: text(row.subtype) }),
  ...(row.attempt_id !== null && { attemptId: text(row.attempt_id) }),
  ...(row.send_id !== null && { sendId: text(row.send_id) }),
  ...(row.recipient_hash !== null && { recipientHash: text(row.recipient_hash) }),
});
