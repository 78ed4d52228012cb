/** What differs between the engines. Statements are otherwise written once. */
export interface Dialect {
  /** Column types of the migrations: `$id`, `$text`, `$long`, `$int`, `$blob`. */
  readonly types: Readonly<Record<'id' | 'text' | 'long' | 'int' | 'blob', string>>;
  /** Milliseconds since 1970 on the database's own clock. */
  readonly now: string;
  /** `limit(n)` ends a select. */
  limit(rows: number): string;
  /** An insert that passes over rows which a unique index refuses. */
  insertIgnoring(table: string, columns: readonly string[], unique: readonly string[]): string;
}
