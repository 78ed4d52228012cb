import { resolve } from 'node:path';
import type { AtomicResult, Database, SqlRow, SqlValue, Step } from '../../ports/database.ts';
import type { Access } from './connection.ts';
import type { Page } from './cursors.ts';
import type { SqliteHost } from './host.ts';
import { InlineHost } from './inline-host.ts';
import { PATIENCE_MS } from './patience.ts';
import { ThreadHost } from './thread-host.ts';

export type SqliteOptions = (
  | { readonly host: 'inline' }
  | { readonly host: 'thread'; readonly threadFile: URL }
) & {
  /** Without it the file is Tank's own. */
  readonly access?: Access;
  /** How long a lock of another process is waited for. */
  readonly patienceMs?: number;
};

/** An absolute path is never taken for a `file:` address or `:memory:`. */
export const openSqlite = async (file: string, options: SqliteOptions): Promise<Database> => {
  const opening = {
    file: resolve(file),
    access: options.access ?? 'own',
    patienceMs: options.patienceMs ?? PATIENCE_MS,
  };
  return new SqliteDatabase(
    options.host === 'inline'
      ? await InlineHost.open(opening)
      : await ThreadHost.open(options.threadFile, opening),
  );
};

class SqliteDatabase implements Database {
  readonly engine = 'sqlite';
  readonly #host: SqliteHost;

  constructor(host: SqliteHost) {
    this.#host = host;
  }

  all<R extends SqlRow = SqlRow>(sql: string, values?: readonly SqlValue[]): Promise<readonly R[]>;
  all(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.#host.all(sql, values);
  }

  each(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<readonly (readonly SqlRow[])[]> {
    return this.#host.each(sql, rows);
  }

  run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return this.#host.run(sql, values);
  }

  atomic(steps: readonly Step[]): Promise<AtomicResult> {
    return this.#host.atomic(steps);
  }

  columns(sql: string): Promise<readonly string[]> {
    return this.#host.columns(sql);
  }

  async *stream(
    sql: string,
    values: readonly SqlValue[],
    chunk: number,
  ): AsyncGenerator<readonly SqlRow[], void, void> {
    let page = await this.#host.openCursor(sql, values, chunk);
    let ahead: Promise<Page> | undefined;
    try {
      while (page.rows.length > 0) {
        ahead = page.cursor === undefined ? undefined : this.#readAhead(page.cursor, chunk);
        yield page.rows;
        if (!ahead) return;
        page = await ahead;
      }
    } finally {
      await ahead?.catch(() => undefined);
      // A host that cannot close it has lost it already.
      if (page.cursor !== undefined) await this.#host.abandonCursor(page.cursor).catch(() => undefined);
    }
  }

  close(): Promise<void> {
    return this.#host.close();
  }

  /** Nobody may be listening yet when the page cannot be read; the reader hears of it when he asks for it. */
  #readAhead(cursor: string, chunk: number): Promise<Page> {
    const page = this.#host.nextPage(cursor, chunk);
    page.catch(() => undefined);
    return page;
  }
}
