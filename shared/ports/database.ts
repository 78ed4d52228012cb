/**
 * One SQL database, seen through four verbs. There is no interactive transaction: what must happen
 * together is given together (`atomic`), so that a transaction never waits for a caller, whether it
 * runs in a SQLite thread, on a PostgreSQL connection or in Oracle.
 *
 * Statements use `?` for values; a driver rewrites them where its engine wants another sign.
 */
export type SqlValue = string | number | bigint | Uint8Array | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface Statement {
  readonly sql: string;
  readonly values?: readonly SqlValue[];
}

/** One statement run once for each row of values: an array bind. */
export interface ManyStatement {
  readonly sql: string;
  readonly rows: readonly (readonly SqlValue[])[];
}

export type Step = (Statement | ManyStatement) & {
  /** The number of changed rows, of a ManyStatement in all, without which the whole transaction is rolled back. */
  readonly expect?: number;
  /**
   * What may be forgotten when the machine loses its power, such as a count of requests: where a transaction has
   * nothing else, it does not wait for the disk. It is whole or not at all, and seen by others, all the same.
   */
  readonly fleeting?: true;
};

export interface StepResult {
  readonly rows: readonly SqlRow[];
  /** Changed rows; of a ManyStatement, for each of its rows. */
  readonly changes: readonly number[];
}

/** All steps are durable, or none is and `failed` names the step whose expectation did not hold. */
export type AtomicResult =
  | { readonly committed: true; readonly steps: readonly StepResult[] }
  | { readonly committed: false; readonly failed: number };

export interface Database {
  readonly engine: 'sqlite' | 'postgres' | 'oracle';
  all<R extends SqlRow = SqlRow>(sql: string, values?: readonly SqlValue[]): Promise<readonly R[]>;
  /** One query for each row of values, in one round trip: its rows, in the same order. */
  each(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<readonly (readonly SqlRow[])[]>;
  /** Number of changed rows. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
  atomic(steps: readonly Step[]): Promise<AtomicResult>;
  /** Column names of a query, without running it. */
  columns(sql: string): Promise<readonly string[]>;
  /** Rows in chunks, read as they are asked for; leaving the loop closes the cursor. */
  stream(sql: string, values: readonly SqlValue[], chunk: number): AsyncIterable<readonly SqlRow[]>;
  close(): Promise<void>;
}

/** A unique index refused a row. Thrown by every driver under this one name. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
}
