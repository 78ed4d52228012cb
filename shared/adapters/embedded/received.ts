import { createHash } from 'node:crypto';
import type { SqlRow, SqlValue } from '../../ports/database.ts';
import type { ReceivedMessage } from '../../ports/queue.ts';

/** What RECEIVE yields, in the order of sending. `token` is the one time it was handed out. */
export const toReceived = (rows: readonly SqlRow[], token: string): readonly ReceivedMessage[] =>
  [...rows].sort((a, b) => Number(a.seq) - Number(b.seq)).map((row) => toMessage(row, token));

const toMessage = (row: SqlRow, token: string): ReceivedMessage => {
  const body = String(row.body);
  return {
    messageId: String(row.message_id),
    receiptHandle: `${row.seq}.${token}`,
    body,
    md5OfBody: createHash('md5').update(body).digest('hex'),
    attributes: {
      ApproximateReceiveCount: String(row.receives),
      SentTimestamp: String(row.sent_at),
      SenderId: 'tank',
      ApproximateFirstReceiveTimestamp: String(row.first_received_at),
    },
  };
};

type Row = readonly SqlValue[];

/** A handle that this queue never gave is passed over like an old one. */
export const rowsOf = (
  handles: readonly string[],
  row: (seq: number, token: string) => Row,
): readonly Row[] =>
  handles.flatMap((handle) => {
    const [, seq, token] = /^(\d{1,15})\.([0-9a-z]+)$/.exec(handle) ?? [];
    return seq && token ? [row(Number(seq), token)] : [];
  });
