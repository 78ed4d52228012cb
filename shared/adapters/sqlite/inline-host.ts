import type { AtomicResult, SqlRow, SqlValue, Step } from '../../ports/database.ts';
import { SqliteConnection } from './connection.ts';
import type { Page } from './cursors.ts';
import { unavailable } from './faults.ts';
import { GroupCommit } from './group-commit.ts';
import type { Opening, SqliteHost } from './host.ts';
import { patiently } from './patience.ts';

/** SQLite refuses these inside a transaction, or they mean the connection and not its data. */
const ALONE = /^\s*(pragma|vacuum|attach|detach)\b/i;

export class InlineHost implements SqliteHost {
  readonly #connection: SqliteConnection;
  readonly #writes: GroupCommit;
  readonly #patienceMs: number;
  #closed = false;

  private constructor(connection: SqliteConnection, patienceMs: number) {
    this.#connection = connection;
    this.#patienceMs = patienceMs;
    this.#writes = new GroupCommit(connection, patienceMs);
  }

  static async open({ file, access, patienceMs }: Opening): Promise<InlineHost> {
    const connection = await patiently(
      () => new SqliteConnection(file, access),
      performance.now() + patienceMs,
    );
    return new InlineHost(connection, patienceMs);
  }

  all(sql: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#patiently(() => this.#connection.all(sql, values));
  }

  each(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<readonly (readonly SqlRow[])[]> {
    return this.#patiently(() => this.#connection.each(sql, rows));
  }

  async run(sql: string, values: readonly SqlValue[]): Promise<number> {
    if (ALONE.test(sql)) return this.#patiently(() => this.#connection.run(sql, values));
    const result = await this.atomic([{ sql, values }]);
    return result.committed ? (result.steps[0]?.changes[0] ?? 0) : 0;
  }

  async atomic(steps: readonly Step[]): Promise<AtomicResult> {
    this.#refuseWhenClosed();
    return this.#writes.submit(steps);
  }

  columns(sql: string): Promise<readonly string[]> {
    return this.#patiently(() => this.#connection.columns(sql));
  }

  openCursor(sql: string, values: readonly SqlValue[], size: number): Promise<Page> {
    return this.#patiently(() => this.#connection.openCursor(sql, values, size));
  }

  nextPage(cursor: string, size: number): Promise<Page> {
    return this.#patiently(() => this.#connection.nextPage(cursor, size));
  }

  async abandonCursor(cursor: string): Promise<void> {
    if (!this.#closed) this.#connection.abandonCursor(cursor);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writes.idle();
    this.#connection.close();
  }

  async #patiently<T>(attempt: () => T): Promise<T> {
    this.#refuseWhenClosed();
    return patiently(attempt, performance.now() + this.#patienceMs);
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw unavailable('it is closed');
  }
}
