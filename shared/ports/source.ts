import type { SourceSpec } from '../domain/automation.ts';
import type { Row } from '../domain/row.ts';

export interface TargetQuery {
  readonly sql: string;
  readonly key: string;
  /** Rows whose key, as a string and compared in binary, comes after this one. */
  readonly after?: string;
  readonly signal?: AbortSignal;
}

export interface MappingQuery {
  readonly name: string;
  readonly sql: string;
}

export type UpdateOutcome =
  | { readonly kind: 'updated' }
  | { readonly kind: 'missed' }
  | { readonly kind: 'failed'; readonly code: string };

export interface SourceReport {
  readonly product: string;
  readonly version: string;
  readonly user: string;
  readonly privileges: readonly string[];
  /** Privileges that Tank refuses to hold (DDL, ANY …). */
  readonly tooMighty: readonly string[];
  readonly encrypted: boolean;
}

/** A customer's database. Every fault is a TankError: source_unreachable (defer) or source_query_failed (stop). */
export interface Source {
  /** Column names of a query, without running it to the end. */
  describe(sql: string): Promise<readonly string[]>;
  /** Chunks in binary order of the key; the key column arrives as a string. */
  target(query: TargetQuery): AsyncIterable<readonly Row[]>;
  /**
   * One mapping query for many target rows. Binds are `:COLUMN` of the target row and `?` for the key.
   * The answer has one list of rows for each target row, in the same order.
   */
  map(
    query: MappingQuery,
    rows: readonly Row[],
    key: string,
    signal?: AbortSignal,
  ): Promise<readonly (readonly Row[])[]>;
  /** The update query once per row; at least once, so it must be repeatable. */
  update(sql: string, rows: readonly Row[], key: string): Promise<readonly UpdateOutcome[]>;
  test(): Promise<SourceReport>;
  close(): Promise<void>;
}

export interface Sources {
  open(spec: SourceSpec): Promise<Source>;
  close(): Promise<void>;
}
