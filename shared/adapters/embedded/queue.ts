import { checkMessage } from '../../domain/queue-limits.ts';
import type { Database, SqlValue } from '../../ports/database.ts';
import type {
  DeadMessage,
  OutgoingMessage,
  Queue,
  QueueDepth,
  QueueName,
  ReceivedMessage,
  ReceiveOptions,
} from '../../ports/queue.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { rowsOf, toReceived } from './received.ts';
import * as sql from './statements.ts';
import { Waiters } from './waiters.ts';

export interface EmbeddedQueueOptions {
  readonly database: Database;
  readonly runtime: Pick<Runtime, 'clock' | 'id'>;
  /** After so many receives a message is dead. */
  readonly maxReceiveCount: (queue: QueueName) => number;
}

const DAY_MS = 86_400_000;
const RETENTION_MS = 4 * DAY_MS;
/** As long as SQS allows: a person has two weeks to look at what died. */
const DEAD_RETENTION_MS = 14 * DAY_MS;
const EXPIRE_EVERY_MS = 60_000;
/** No door of ours delays or hides a message longer than 15 minutes: what is hidden longer was so before the clock was turned back. */
const LONGEST_HIDDEN_MS = 901_000;
/** Messages of other processes are seen this late at most; those of this process at once. */
const POLL_MS = 250;
const ROWS_AT_ONCE = 500;

/** Makes its tables in a file of its own; `close` closes the database. */
export const openEmbeddedQueue = async (options: EmbeddedQueueOptions): Promise<EmbeddedQueue> => {
  await options.database.atomic(sql.TABLES.map((statement) => ({ sql: statement })));
  return new EmbeddedQueue(options);
};

export class EmbeddedQueue implements Queue {
  readonly #database: Database;
  readonly #runtime: Pick<Runtime, 'clock' | 'id'>;
  readonly #maxReceiveCount: (queue: QueueName) => number;
  readonly #waiters = new Waiters();
  #expireAt = 0;
  #closed = false;

  constructor({ database, runtime, maxReceiveCount }: EmbeddedQueueOptions) {
    this.#database = database;
    this.#runtime = runtime;
    this.#maxReceiveCount = maxReceiveCount;
  }

  async send(queue: QueueName, messages: readonly OutgoingMessage[]): Promise<void> {
    for (const { body, delaySeconds = 0 } of messages) checkMessage(body, delaySeconds);
    const now = this.#now();
    const rows = messages.map(({ body, delaySeconds = 0 }) => [
      queue,
      this.#runtime.id(),
      body,
      now,
      now + delaySeconds * 1000,
    ]);
    await this.#runMany(sql.SEND, rows);
    this.#waiters.wake(queue);
  }

  async receive(queue: QueueName, options: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    await this.#expire();
    const { clock } = this.#runtime;
    const until = clock.monotonic() + options.waitSeconds * 1000;
    while (!options.signal?.aborted && !this.#closed) {
      const messages = await this.#claim(queue, options);
      if (messages.length > 0 || clock.monotonic() >= until) return messages;
      await this.#wait(queue, until, options.signal);
    }
    return [];
  }

  async delete(queue: QueueName, receiptHandles: readonly string[]): Promise<void> {
    await this.#runMany(
      sql.DELETE,
      rowsOf(receiptHandles, (seq, token) => [seq, queue, token]),
    );
  }

  async changeVisibility(
    queue: QueueName,
    receiptHandles: readonly string[],
    seconds: number,
  ): Promise<void> {
    const now = this.#now();
    const until = now + seconds * 1000;
    await this.#runMany(
      sql.CHANGE_VISIBILITY,
      rowsOf(receiptHandles, (seq, token) => [until, seq, queue, token, now]),
    );
    this.#waiters.wake(queue);
  }

  async depth(queue: QueueName): Promise<QueueDepth> {
    const now = this.#now();
    const [row] = await this.#database.all(sql.DEPTH, [now, now, now, queue]);
    return {
      visible: Number(row?.visible),
      inFlight: Number(row?.in_flight),
      delayed: Number(row?.delayed),
      dead: Number(row?.dead),
    };
  }

  async purge(queue: QueueName): Promise<void> {
    await this.#database.run(sql.PURGE, [queue]);
  }

  async listDead(queue: QueueName, limit: number): Promise<readonly DeadMessage[]> {
    const rows = await this.#database.all(sql.LIST_DEAD, [queue, limit]);
    return rows.map((row) => ({
      messageId: String(row.message_id),
      body: String(row.body),
      receiveCount: Number(row.receives),
      sentAt: Number(row.sent_at),
    }));
  }

  /** A message that comes back counts as sent now, behind the others, as with SQS. */
  async redrive(queue: QueueName): Promise<number> {
    const now = this.#now();
    const result = await this.#database.atomic([
      { sql: sql.COPY_DEAD, values: [now, now, queue] },
      { sql: sql.DELETE_DEAD, values: [queue] },
    ]);
    this.#waiters.wake(queue);
    return result.committed ? (result.steps[1]?.changes[0] ?? 0) : 0;
  }

  /** Everything in flight is visible again; for a host that knows that no worker is left. */
  async giveBackAll(): Promise<void> {
    const now = this.#now();
    await this.#database.run(sql.GIVE_BACK, [now, now]);
    this.#waiters.wakeAll();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiters.wakeAll();
    await this.#database.close();
  }

  #now(): number {
    return Math.trunc(this.#runtime.clock.now());
  }

  async #runMany(statement: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE)
      await this.#database.atomic([{ sql: statement, rows: rows.slice(start, start + ROWS_AT_ONCE) }]);
  }

  /** Dead ones may fill a whole grasp, so it reaches again while nothing living came of it. */
  async #claim(
    queue: QueueName,
    { max, visibilitySeconds }: ReceiveOptions,
  ): Promise<readonly ReceivedMessage[]> {
    if (!(max >= 1 && max <= 10)) throw new RangeError(`A receive takes 1 to 10 messages, not ${max}.`);
    const most = this.#maxReceiveCount(queue);
    for (;;) {
      const now = this.#now();
      const token = this.#runtime.id();
      const again = now + visibilitySeconds * 1000;
      // In `atomic` it shares its commit with the sends and deletes of the same moment.
      const result = await this.#database.atomic([
        { sql: sql.RECEIVE, values: [most, most, now, most, token, now, again, queue, now, max] },
      ]);
      const rows = result.committed ? (result.steps[0]?.rows ?? []) : [];
      const living = rows.filter((row) => row.dead_at === null);
      if (living.length > 0 || rows.length === 0) return toReceived(living, token);
    }
  }

  /** Ends when a message is due, when this process has done something to the queue, or when the time is over. */
  async #wait(queue: QueueName, until: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.#runtime;
    await this.#waiters.while(queue, signal, async (woken) => {
      while (!woken.aborted && !this.#closed) {
        const [row] = await this.#database.all(sql.NEXT_VISIBLE, [queue]);
        const wait = Math.min(
          POLL_MS,
          until - clock.monotonic(),
          typeof row?.at === 'number' ? row.at - this.#now() : POLL_MS,
        );
        if (woken.aborted || wait <= 0) return;
        await clock.sleep(wait, woken);
      }
    });
  }

  async #expire(): Promise<void> {
    const now = this.#now();
    if (Math.abs(now - this.#expireAt) < EXPIRE_EVERY_MS) return;
    this.#expireAt = now;
    await this.#database.run(sql.EXPIRE, [now - RETENTION_MS, now - DEAD_RETENTION_MS]);
    await this.#database.run(sql.BRING_BACK, [now, now + LONGEST_HIDDEN_MS]);
  }
}
