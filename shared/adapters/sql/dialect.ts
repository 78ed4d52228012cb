/** What differs between the engines. Statements are otherwise written once. */
export interface Dialect {
  /** Column types of the migrations: `$id`, `$text`, `$long`, `$int`, `$blob`. */
  readonly types: Readonly<Record<'id' | 'text' | 'long' | 'int' | 'blob', string>>;
  /** Milliseconds since 1970 on the database's own clock. */
  readonly now: string;
  /** Ends a select that wants so many rows at most. */
  limit(rows: number): string;
  upsert(statement: Upsert): string;
  /** The column holds one of so many values, each of which is found by the column's index. */
  among(column: string, count: number): string;
  /** Ends an index that holds these rows alone; a query must repeat the condition to be given the index. */
  only(condition: string): string;
  /** The larger of two values. */
  greatest(a: string, b: string): string;
  readonly ddl: {
    /** False: each statement commits by itself, so that a migration must bear being begun again. */
    readonly isTransactional: boolean;
    /** Does nothing where the table, the index or the column is there already. */
    unlessThere(statement: string): string;
  };
}

/** Rows of a select that replace the columns of a row with the same key, or join the table. */
export interface Upsert {
  readonly table: string;
  readonly key: readonly string[];
  /** None: a row that is there stays as it is. */
  readonly replace: readonly string[];
  /** Columns that a new row gets and one that is there keeps. */
  readonly keep?: readonly string[];
  /** Columns whose value comes from both rows, each with its expression; the two names stand for the rows. */
  readonly combine?: (was: string, given: string) => Readonly<Record<string, string>>;
  /** `SELECT … AS column, …` for all columns: key, keep, replace, combine; it must carry a WHERE. */
  readonly select: string;
}
