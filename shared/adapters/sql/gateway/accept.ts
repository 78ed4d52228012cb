import { batchId, sendId } from '../../../domain/identifiers.ts';
import { type SqlRow, type Step, UniqueViolation } from '../../../ports/database.ts';
import type { Accepted, NewMessage, StoredMessage } from '../../../ports/messages.ts';
import { type LedgerContext, number, placeholders, text } from '../ledger/context.ts';
import { insertBatches, insertSends } from '../ledger/plan.ts';

/** How long a key means the same message. */
const KEY_LIVES_MS = 24 * 3_600_000;
const BATCH_SIZE = 50;
/** A callback is not looked at before its mail has had a chance to leave. */
const FIRST_LOOK_MS = 1_000;
/** Rivals of other processes with the same keys; each round one of them is through. */
const TRIES = 5;

export const MESSAGE_COLUMNS = 'id, client_id, run_id, first_number, sends, body_hash, created_at';

export const toMessage = (row: SqlRow): StoredMessage => {
  const runId = text(row.run_id);
  const first = number(row.first_number);
  return {
    id: text(row.id),
    clientId: text(row.client_id),
    runId,
    sendIds: Array.from({ length: number(row.sends) }, (_, n) => sendId(runId, first + n)),
    bodyHash: text(row.body_hash),
    createdAt: number(row.created_at),
  };
};

/** All or nothing for those of the same moment, each told its own result: one commit, and batches that are full. */
export const acceptTogether = async (
  context: LedgerContext,
  messages: readonly NewMessage[],
): Promise<readonly Accepted[]> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryToAccept(context, messages);
    } catch (thrown) {
      if (!(thrown instanceof UniqueViolation) || tries === TRIES) throw thrown;
    }
  }
};

const tryToAccept = async (
  context: LedgerContext,
  messages: readonly NewMessage[],
): Promise<readonly Accepted[]> => {
  const used = await usedKeys(
    context,
    messages.flatMap(({ idempotencyHash }) => idempotencyHash ?? []),
  );
  const first = new Map(messages.toReversed().map((message) => [message.idempotencyHash, message]));
  const isFirst = (message: NewMessage) =>
    message.idempotencyHash === undefined || first.get(message.idempotencyHash) === message;
  const fresh = messages.filter(
    (message) => isFirst(message) && !used.get(message.idempotencyHash ?? '')?.counts,
  );
  const closed = await insertByRun(context, fresh, used);
  return messages.map((message) => {
    const earlier = used.get(message.idempotencyHash ?? '');
    if (earlier?.counts) return { kind: 'repeated', message: earlier.message };
    const original = isFirst(message) ? message : first.get(message.idempotencyHash);
    if (closed.has((original ?? message).place.runId)) return { kind: 'closed' };
    return original === message || !original
      ? { kind: 'accepted' }
      : { kind: 'repeated', message: asStored(original) };
  });
};

/** Its moment is known to the store alone; whoever repeats it in the same breath does not ask for it. */
const asStored = ({ id, clientId, place, sends, bodyHash }: NewMessage): StoredMessage => ({
  id,
  clientId,
  runId: place.runId,
  sendIds: sends.map((send) => send.id),
  bodyHash,
  createdAt: 0,
});

interface UsedKey {
  readonly message: StoredMessage;
  /** False: it is older than a day, and free again. */
  readonly counts: boolean;
}

export const usedKeys = async (
  { database, dialect }: LedgerContext,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, UsedKey>> => {
  if (hashes.length === 0) return new Map();
  const rows = await database.all(
    `SELECT ${MESSAGE_COLUMNS}, idempotency_hash, CASE WHEN created_at > ${dialect.now} - ${KEY_LIVES_MS} THEN 1 ELSE 0 END AS counts
     FROM message WHERE idempotency_hash IN (${placeholders(hashes.length)})`,
    hashes,
  );
  return new Map(
    rows.map((row) => [
      text(row.idempotency_hash),
      { message: toMessage(row), counts: number(row.counts) === 1 },
    ]),
  );
};

/** The runs that took nothing any more. */
const insertByRun = async (
  context: LedgerContext,
  messages: readonly NewMessage[],
  used: ReadonlyMap<string, UsedKey>,
): Promise<ReadonlySet<string>> => {
  const closed = new Set<string>();
  const runs = new Map<string, NewMessage[]>();
  for (const message of messages) {
    const { runId } = message.place;
    runs.set(runId, [...(runs.get(runId) ?? []), message]);
  }
  // Each run by itself: one that was cancelled must not keep the others.
  await Promise.all(
    [...runs].map(async ([runId, own]) => {
      const { committed } = await context.database.atomic([
        ...releaseSteps(own, used),
        ...insertSteps(context, runId, own),
      ]);
      if (!committed) closed.add(runId);
    }),
  );
  return closed;
};

const releaseSteps = (messages: readonly NewMessage[], used: ReadonlyMap<string, UsedKey>): Step[] => {
  const old = messages.flatMap(({ idempotencyHash = '' }) => {
    const earlier = used.get(idempotencyHash);
    return earlier ? [[earlier.message.id, idempotencyHash]] : [];
  });
  const sql = 'UPDATE message SET idempotency_hash = NULL WHERE id = ? AND idempotency_hash = ?';
  return old.length > 0 ? [{ sql, rows: old }] : [];
};

const insertSteps = ({ dialect }: LedgerContext, runId: string, messages: readonly NewMessage[]): Step[] => {
  const { now } = dialect;
  const numbered = messages.flatMap(({ sends, place }) =>
    sends.map((send, n) => ({ send, number: place.number + n })),
  );
  const batchOf = (index: number) => batchId(runId, numbered[index - (index % BATCH_SIZE)]?.number ?? 0);
  const sends = numbered.map(({ send }, index) => ({ ...send, batchId: batchOf(index) }));
  return [
    {
      sql: `UPDATE run SET targets = targets + ? WHERE id = ? AND state = 'sending' AND open_until > ${now}`,
      values: [sends.length, runId],
      expect: 1,
    },
    insertBatches({ runId, batchIds: [...new Set(sends.map((send) => send.batchId))] }),
    insertSends({ runId, sends }),
    {
      sql: `INSERT INTO message (id, client_id, run_id, first_number, sends, last_send, idempotency_hash, body_hash, created_at,
              callback_due, callback_tries, content)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ${now}, ${now} + ?, 0, ?)`,
      rows: messages.map((message) => [
        message.id,
        message.clientId,
        runId,
        message.place.number,
        message.sends.length,
        message.sends.at(-1)?.id ?? message.id,
        message.idempotencyHash ?? null,
        message.bodyHash,
        // No moment plus nothing is no moment, on every engine.
        message.callback ? FIRST_LOOK_MS : null,
        message.content,
      ]),
    },
  ];
};
