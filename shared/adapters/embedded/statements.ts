/** `dead_at` is set when a message was received too often; `receipt` is the handle in force. Times are the clock's. */
export const TABLES = [
  `CREATE TABLE IF NOT EXISTS queue_message (
    seq INTEGER PRIMARY KEY, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL,
    sent_at INTEGER NOT NULL, visible_at INTEGER NOT NULL, receives INTEGER NOT NULL,
    first_received_at INTEGER, receipt TEXT, dead_at INTEGER) STRICT`,
  'CREATE INDEX IF NOT EXISTS queue_message_visible ON queue_message (queue, visible_at) WHERE dead_at IS NULL',
  'CREATE INDEX IF NOT EXISTS queue_message_dead ON queue_message (queue) WHERE dead_at IS NOT NULL',
];

/** queue, message_id, body, sent_at, visible_at */
export const SEND =
  'INSERT INTO queue_message (queue, message_id, body, sent_at, visible_at, receives) VALUES (?, ?, ?, ?, ?, 0)';

/**
 * receives allowed, receives allowed, now, receives allowed, receipt, now, visible again at, queue, now, how many.
 * One that was received as often as allowed dies by this receive instead of being handed out.
 */
export const RECEIVE = `
  UPDATE queue_message SET
    receives = receives + (receives < ?),
    dead_at = CASE WHEN receives < ? THEN NULL ELSE ? END,
    receipt = CASE WHEN receives < ? THEN ? END,
    first_received_at = coalesce(first_received_at, ?),
    visible_at = ?
  WHERE seq IN (SELECT seq FROM queue_message WHERE queue = ? AND dead_at IS NULL AND visible_at <= ? ORDER BY visible_at, seq LIMIT ?)
  RETURNING seq, message_id, body, sent_at, receives, first_received_at, dead_at`;

/** queue */
export const NEXT_VISIBLE =
  'SELECT min(visible_at) AS at FROM queue_message WHERE queue = ? AND dead_at IS NULL';

/** seq, queue, receipt; an expired handle still deletes unless the message was handed out again, as with SQS. */
export const DELETE = 'DELETE FROM queue_message WHERE seq = ? AND queue = ? AND receipt = ?';

/** visible_at, seq, queue, receipt, now; only while the message is in flight. */
export const CHANGE_VISIBILITY =
  'UPDATE queue_message SET visible_at = ? WHERE seq = ? AND queue = ? AND receipt = ? AND visible_at > ?';

/** now, now */
export const GIVE_BACK =
  'UPDATE queue_message SET visible_at = ? WHERE receipt IS NOT NULL AND dead_at IS NULL AND visible_at > ?';

/** now, the latest time that is possible */
export const BRING_BACK = 'UPDATE queue_message SET visible_at = ? WHERE dead_at IS NULL AND visible_at > ?';

/** now, now, now, queue */
export const DEPTH = `
  SELECT
    count(CASE WHEN dead_at IS NULL AND visible_at <= ? THEN 1 END) AS visible,
    count(CASE WHEN dead_at IS NULL AND visible_at > ? AND receipt IS NOT NULL THEN 1 END) AS in_flight,
    count(CASE WHEN dead_at IS NULL AND visible_at > ? AND receipt IS NULL THEN 1 END) AS delayed,
    count(dead_at) AS dead
  FROM queue_message WHERE queue = ?`;

/** queue */
export const PURGE = 'DELETE FROM queue_message WHERE queue = ? AND dead_at IS NULL';

/** queue, limit */
export const LIST_DEAD = `
  SELECT message_id, body, receives, sent_at FROM queue_message
  WHERE queue = ? AND dead_at IS NOT NULL ORDER BY dead_at, seq LIMIT ?`;

/** now, now, queue; then the dead ones go with DELETE_DEAD in the same transaction. */
export const COPY_DEAD = `
  INSERT INTO queue_message (queue, message_id, body, sent_at, visible_at, receives)
  SELECT queue, message_id, body, ?, ?, 0 FROM queue_message WHERE queue = ? AND dead_at IS NOT NULL ORDER BY seq`;

/** queue */
export const DELETE_DEAD = 'DELETE FROM queue_message WHERE queue = ? AND dead_at IS NOT NULL';

/** live sent before, dead sent before; `seq` follows the time of sending, so the oldest are looked at only. */
export const EXPIRE = `
  DELETE FROM queue_message WHERE seq IN (
    SELECT seq FROM (SELECT seq, sent_at, dead_at FROM queue_message ORDER BY seq LIMIT 1000)
    WHERE sent_at < CASE WHEN dead_at IS NULL THEN ? ELSE ? END)`;
