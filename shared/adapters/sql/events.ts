import type { Database, SqlRow, SqlValue } from '../../ports/database.ts';
import type { DeliveryEvent, Events } from '../../ports/events.ts';
import { insertNew } from './insert-new.ts';
import { bytes, number, text } from './ledger/context.ts';

const COLUMNS = [
  'id',
  'type',
  'subtype',
  'message_id',
  'attempt_id',
  'recipient_hash',
  'occurred_at',
  'body',
] as const;

export const createSqlEvents = (database: Database): Events => ({
  add: async (events) =>
    events.length === 0 ? 0 : insertNew(database, 'delivery_event', [...COLUMNS], events.map(toValues)),

  ofAttempt: async (attemptId) => {
    const sql = `SELECT ${COLUMNS.join(', ')} FROM delivery_event WHERE attempt_id = ? ORDER BY occurred_at, id`;
    return (await database.all(sql, [attemptId])).map(toEvent);
  },

  count: async () => {
    const [row] = await database.all('SELECT COUNT(*) AS total FROM delivery_event');
    return number(row?.total);
  },
});

const toValues = (event: DeliveryEvent): readonly [string, ...SqlValue[]] => [
  event.id,
  event.type,
  event.subtype ?? null,
  event.messageId,
  event.attemptId ?? null,
  event.recipientHash ?? null,
  event.occurredAt,
  event.body,
];

const toEvent = (row: SqlRow): DeliveryEvent => ({
  id: text(row.id),
  type: text(row.type),
  messageId: text(row.message_id),
  occurredAt: number(row.occurred_at),
  body: bytes(row.body),
  ...(row.subtype !== null && { subtype: text(row.subtype) }),
  ...(row.attempt_id !== null && { attemptId: text(row.attempt_id) }),
  ...(row.recipient_hash !== null && { recipientHash: text(row.recipient_hash) }),
});
