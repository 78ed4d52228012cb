import type { SqlRow, SqlValue, StepResult } from '../../ports/database.ts';
import type { VendorDatabase, VendorRow, VendorStatement } from './vendor.ts';

/** A statement whose integers arrive exact: as numbers where a number holds them, as bigints beyond 2^53. */
export class Prepared {
  readonly columns: readonly string[];
  readonly #statement: VendorStatement;
  readonly #returning: boolean;

  constructor(database: VendorDatabase, sql: string) {
    refuseTail(sql);
    this.#statement = database.prepare(sql);
    this.columns = this.#statement.columns().map((column) => column.name);
    this.#returning = /\breturning\b/i.test(sql);
    if (this.columns.length > 0) this.#statement.setReadBigInts(true);
  }

  rows(values: readonly SqlValue[]): readonly SqlRow[] {
    return this.#statement.all(...values.map(bindable)).map(readable);
  }

  /** A query changes nothing, whatever it yields; of a RETURNING each row is a change. */
  execute(values: readonly SqlValue[]): StepResult {
    if (this.columns.length === 0) return { rows: [], changes: [this.changes(values)] };
    const rows = this.rows(values);
    return { rows, changes: [this.#returning ? rows.length : 0] };
  }

  changes(values: readonly SqlValue[]): number {
    return Number(this.#statement.run(...values.map(bindable)).changes);
  }

  /** As a generator it keeps the statement from the garbage collector, which the package's iterator does not. */
  *iterate(values: readonly SqlValue[]): Generator<SqlRow, void, void> {
    for (const row of this.#statement.iterate(...values.map(bindable))) yield readable(row);
  }
}

/** node:sqlite binds every number as REAL, which a TEXT column keeps as '5.0'. */
const bindable = (value: SqlValue): SqlValue =>
  typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

const readable = (row: VendorRow): SqlRow => {
  for (const column in row) {
    const value = row[column];
    if (typeof value === 'bigint' && value <= MAX_SAFE && value >= -MAX_SAFE) row[column] = Number(value);
  }
  return row;
};

const QUOTED_OR_COMMENT = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** SQLite prepares the first statement of a text and drops the rest without a word. */
const refuseTail = (sql: string): void => {
  if (!sql.includes(';') || /^\s*create\s+(temp\s+|temporary\s+)?trigger\b/i.test(sql)) return;
  if (/;\s*[^;\s]/.test(sql.replace(QUOTED_OR_COMMENT, ' ')))
    throw new Error('One statement at a time: there is SQL after the first ";".');
};

/** Statements prepared once; the least recently used goes first. */
export class StatementCache {
  readonly #database: VendorDatabase;
  readonly #kept = new Map<string, Prepared>();

  constructor(database: VendorDatabase) {
    this.#database = database;
  }

  of(sql: string): Prepared {
    const prepared = this.#kept.get(sql) ?? new Prepared(this.#database, sql);
    this.#kept.delete(sql);
    this.#kept.set(sql, prepared);
    if (this.#kept.size > KEPT_STATEMENTS) this.#kept.delete(this.#kept.keys().next().value ?? '');
    return prepared;
  }
}

const KEPT_STATEMENTS = 256;
