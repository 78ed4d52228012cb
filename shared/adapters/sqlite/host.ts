import type { AtomicResult, SqlRow, SqlValue, Step } from '../../ports/database.ts';
import type { Access } from './connection.ts';
import type { Page } from './cursors.ts';

/** Where a connection lives: on this thread, or on one of its own. */
export interface SqliteHost {
  all(sql: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  each(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<readonly (readonly SqlRow[])[]>;
  run(sql: string, values: readonly SqlValue[]): Promise<number>;
  atomic(steps: readonly Step[]): Promise<AtomicResult>;
  columns(sql: string): Promise<readonly string[]>;
  openCursor(sql: string, values: readonly SqlValue[], size: number): Promise<Page>;
  nextPage(cursor: string, size: number): Promise<Page>;
  abandonCursor(cursor: string): Promise<void>;
  close(): Promise<void>;
}

/** What a host needs to open the file; it crosses the thread's border. */
export interface Opening {
  readonly file: string;
  readonly access: Access;
  readonly patienceMs: number;
}
