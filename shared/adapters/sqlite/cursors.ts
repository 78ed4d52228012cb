import { randomUUID } from 'node:crypto';
import type { SqlRow, SqlValue } from '../../ports/database.ts';
import { unavailable } from './faults.ts';
import { Prepared } from './prepared.ts';
import { openVendor, type VendorDatabase } from './vendor.ts';

/** `cursor` is missing when there is nothing more to read. */
export interface Page {
  readonly rows: readonly SqlRow[];
  readonly cursor?: string;
}

interface Cursor {
  readonly reader: VendorDatabase;
  readonly rows: Generator<SqlRow, void, void>;
}

/**
 * Each cursor reads on a connection of its own. On the writer's connection an open cursor would see half of
 * what is written beside it, and would pin the snapshot so that no later write could start (SQLITE_BUSY_SNAPSHOT).
 */
export class Cursors {
  readonly #file: string;
  readonly #open = new Map<string, Cursor>();
  readonly #idle: VendorDatabase[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Reads the first page at once: whatever is busy or wrong shows here, where it can be tried again. */
  open(sql: string, values: readonly SqlValue[], size: number): Page {
    const reader = this.#idle.pop() ?? openReader(this.#file);
    // Unique over the lives of a thread: the next thread must not know the cursors of the one that died.
    const id = randomUUID();
    try {
      this.#open.set(id, { reader, rows: new Prepared(reader, sql).iterate(values) });
      return this.next(id, size);
    } catch (thrown) {
      this.#open.delete(id);
      reader.close();
      throw thrown;
    }
  }

  next(id: string, size: number): Page {
    const cursor = this.#open.get(id);
    if (!cursor) throw unavailable('the cursor is closed');
    const rows: SqlRow[] = [];
    while (rows.length < size) {
      const { done, value } = cursor.rows.next();
      if (done) {
        this.abandon(id);
        return { rows };
      }
      rows.push(value);
    }
    return { rows, cursor: id };
  }

  abandon(id: string): void {
    const cursor = this.#open.get(id);
    if (!cursor) return;
    this.#open.delete(id);
    cursor.rows.return();
    if (this.#idle.length < IDLE_READERS) this.#idle.push(cursor.reader);
    else cursor.reader.close();
  }

  close(): void {
    for (const id of [...this.#open.keys()]) this.abandon(id);
    for (const reader of this.#idle.splice(0)) reader.close();
  }
}

const IDLE_READERS = 4;

const openReader = (file: string): VendorDatabase => {
  const reader = openVendor(file, true);
  reader.exec(READER_PRAGMAS);
  return reader;
};

/** A million rows are sorted in a file: it has lost its name before anything is written to it. */
export const READER_PRAGMAS = 'PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = FILE';
