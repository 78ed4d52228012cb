import { OPEN_STATES } from '../../../domain/send-states.ts';
import type { Database } from '../../../ports/database.ts';
import type { Accepted, Messages, NewMessage } from '../../../ports/messages.ts';
import { coalesced } from '../coalesced.ts';
import type { Dialect } from '../dialect.ts';
import { bytes, number, placeholders, quoted, text } from '../ledger/context.ts';
import { SEND_COLUMNS, toSendRecord } from '../ledger/sends.ts';
import { acceptTogether, MESSAGE_COLUMNS, toMessage, usedKeys } from './accept.ts';
import { createPlaces } from './places.ts';

/** What is held goes out as soon as a person says so. */
const UNSETTLED = [...OPEN_STATES, 'held'] as const;
/** Messages that share one transaction. */
const TOGETHER = 50;

export const createSqlMessages = (database: Database, dialect: Dialect): Messages => {
  const context = { database, dialect };
  const { now } = dialect;
  const places = createPlaces(context);
  const accept = coalesced<NewMessage, Accepted>((group) => acceptTogether(context, group), TOGETHER);

  return {
    reserve: (run, numbers) => places.reserve(run, numbers),

    accept: async (message) => {
      const accepted = await accept(message);
      if (accepted.kind === 'closed') places.forget(message.place.runId);
      return accepted;
    },

    repeated: async (hash) => {
      const known = (await usedKeys(context, [hash])).get(hash);
      return known?.counts ? known.message : undefined;
    },

    find: async (id) => {
      const [row] = await database.all(`SELECT ${MESSAGE_COLUMNS} FROM message WHERE id = ?`, [id]);
      return row && toMessage(row);
    },

    content: async (id) => {
      const [row] = await database.all('SELECT content FROM message WHERE id = ?', [id]);
      return row && row.content !== null ? bytes(row.content) : undefined;
    },

    forgetContents: (olderThanMs, limit) =>
      database.run(
        `UPDATE message SET content = NULL WHERE id IN (
           SELECT m.id FROM message m WHERE m.content IS NOT NULL AND m.created_at < ${now} - ? AND NOT EXISTS (
             SELECT 1 FROM email_send_log s WHERE s.id BETWEEN m.id AND m.last_send AND s.state IN (${quoted(UNSETTLED)}))
           ORDER BY m.created_at ${dialect.limit(limit)})`,
        [olderThanMs],
      ),

    sends: async (sendIds) => {
      if (sendIds.length === 0) return [];
      const sql = `SELECT ${SEND_COLUMNS} FROM email_send_log WHERE id IN (${placeholders(sendIds.length)}) ORDER BY id`;
      return (await database.all(sql, sendIds)).map(toSendRecord);
    },

    takeCallbacks: async (limit, leaseMs) => {
      const rows = await database.all(
        `SELECT ${MESSAGE_COLUMNS}, callback_due, callback_tries FROM message m
         WHERE m.callback_due <= ${now} AND NOT EXISTS (SELECT 1 FROM email_send_log s
           WHERE s.id BETWEEN m.id AND m.last_send AND s.state IN (${quoted(OPEN_STATES)}))
         ORDER BY m.callback_due ${dialect.limit(limit)}`,
      );
      if (rows.length === 0) return [];
      const taken = await database.atomic([
        {
          sql: `UPDATE message SET callback_due = ${now} + ?, callback_tries = callback_tries + 1 WHERE id = ? AND callback_due = ?`,
          rows: rows.map((row) => [leaseMs, text(row.id), number(row.callback_due)]),
        },
      ]);
      const changes = taken.committed ? (taken.steps[0]?.changes ?? []) : [];
      return rows
        .filter((_, index) => changes[index] === 1)
        .map((row) => ({ message: toMessage(row), tries: number(row.callback_tries) + 1 }));
    },

    endCallback: async (id, againAfterMs) => {
      const due = againAfterMs === undefined ? 'NULL' : `${now} + ?`;
      const values = againAfterMs === undefined ? [id] : [againAfterMs, id];
      await database.run(`UPDATE message SET callback_due = ${due} WHERE id = ?`, values);
    },
  };
};
