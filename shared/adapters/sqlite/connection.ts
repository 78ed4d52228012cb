import { closeSync, openSync } from 'node:fs';
import { TankError } from '../../domain/errors.ts';
import type { AtomicResult, SqlRow, SqlValue, Step, StepResult } from '../../ports/database.ts';
import { Cursors, type Page, READER_PRAGMAS } from './cursors.ts';
import { checkWhole, copyAside } from './damage.ts';
import { Damaged, isOwnFault, toFault, unavailable } from './faults.ts';
import { StatementCache } from './prepared.ts';
import { openVendor, type VendorDatabase } from './vendor.ts';

/**
 * own: a file of Tank's, made when missing, in WAL, checked when opened.
 * guest: a customer's file, whose journal mode stays as it is. guest-read-only: the engine refuses every write.
 */
export type Access = 'own' | 'guest' | 'guest-read-only';

/** What became of one caller's steps within a common transaction. */
export type Outcome = { readonly result: AtomicResult } | { readonly fault: unknown };

/** Everything on the calling thread. A lock that is held elsewhere throws Busy at once. */
export class SqliteConnection {
  readonly #file: string;
  readonly #access: Access;
  readonly #database: VendorDatabase;
  readonly #statements: StatementCache;
  readonly #cursors: Cursors;
  #damage: TankError | undefined;

  constructor(file: string, access: Access) {
    this.#file = file;
    this.#access = access;
    this.#database = this.#guard(() => openFile(file, access));
    this.#prepare();
    this.#statements = new StatementCache(this.#database);
    this.#cursors = new Cursors(file);
  }

  all(sql: string, values: readonly SqlValue[]): readonly SqlRow[] {
    return this.#guard(() => this.#statements.of(sql).rows(values));
  }

  each(sql: string, rows: readonly (readonly SqlValue[])[]): readonly (readonly SqlRow[])[] {
    return this.#guard(() => {
      const statement = this.#statements.of(sql);
      return rows.map((values) => statement.rows(values));
    });
  }

  /** On its own, for what SQLite refuses inside a transaction. */
  run(sql: string, values: readonly SqlValue[]): number {
    return this.#guard(() => sum(this.#statements.of(sql).execute(values).changes));
  }

  columns(sql: string): readonly string[] {
    return this.#guard(() => this.#statements.of(sql).columns);
  }

  openCursor(sql: string, values: readonly SqlValue[], size: number): Page {
    return this.#guard(() => this.#cursors.open(sql, values, size));
  }

  nextPage(cursor: string, size: number): Page {
    return this.#guard(() => this.#cursors.next(cursor, size));
  }

  abandonCursor(cursor: string): void {
    this.#cursors.abandon(cursor);
  }

  /** Many callers' steps under one commit, and so one fsync; each caller's steps hold or fall by themselves. */
  atomic(callers: readonly (readonly Step[])[]): readonly Outcome[] {
    const isFleeting = callers.every((steps) => steps.every(({ fleeting }) => fleeting));
    return this.#guard(() =>
      isFleeting ? this.#withoutSync(() => this.#together(callers)) : this.#together(callers),
    );
  }

  /** The log stays in order, and the next commit that lasts takes along to the disk what was written before. */
  #withoutSync<T>(work: () => T): T {
    this.#execute('PRAGMA synchronous = NORMAL');
    try {
      return work();
    } finally {
      this.#execute('PRAGMA synchronous = FULL');
    }
  }

  #together(callers: readonly (readonly Step[])[]): readonly Outcome[] {
    this.#execute('BEGIN IMMEDIATE');
    try {
      const [only] = callers;
      const outcomes =
        callers.length === 1 && only ? [this.#alone(only)] : callers.map((steps) => this.#stepsOfOne(steps));
      if (this.#database.isTransaction) this.#execute('COMMIT');
      return outcomes;
    } catch (thrown) {
      if (this.#database.isTransaction) this.#execute('ROLLBACK');
      throw thrown;
    }
  }

  /** The log goes into the file, which is then whole by itself; not when it is damaged. */
  close(): void {
    this.#cursors.close();
    if (this.#access === 'own' && !this.#damage) this.#moveLog();
    this.#database.close();
  }

  /** Closing may move the write-ahead log into a damaged file, so the copy is made before. */
  #prepare(): void {
    try {
      this.#guard(() => {
        this.#database.exec(PRAGMAS[this.#access]);
        if (this.#access === 'own') checkOwn(this.#file, this.#database);
      });
    } catch (thrown) {
      this.#database.close();
      throw thrown;
    }
  }

  #moveLog(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Nothing is lost: what somebody reads, or a full disk keeps from moving, moves at the next start.
    }
  }

  /**
   * Who shares the transaction with nobody needs no savepoint, and a savepoint is dear: each of its statements walks
   * through all pages that it has changed so far, which made 10,000 rows of hashes four times as slow as 2,000.
   */
  #alone(steps: readonly Step[]): Outcome {
    const result = this.#runSteps(steps);
    if (!result.committed) this.#execute('ROLLBACK');
    return { result };
  }

  #stepsOfOne(steps: readonly Step[]): Outcome {
    this.#execute('SAVEPOINT caller');
    try {
      const result = this.#runSteps(steps);
      if (!result.committed) this.#execute('ROLLBACK TO caller');
      this.#execute('RELEASE caller');
      return { result };
    } catch (thrown) {
      const fault = toFault(thrown);
      // After a full disk or the like SQLite has rolled everything back, and nobody's steps remain.
      if (!isOwnFault(fault) || !this.#database.isTransaction) throw fault;
      this.#execute('ROLLBACK TO caller');
      this.#execute('RELEASE caller');
      return { fault };
    }
  }

  #runSteps(steps: readonly Step[]): AtomicResult {
    const results: StepResult[] = [];
    for (const [index, step] of steps.entries()) {
      const result = this.#runStep(step);
      if (step.expect !== undefined && sum(result.changes) !== step.expect)
        return { committed: false, failed: index };
      results.push(result);
    }
    return { committed: true, steps: results };
  }

  #runStep(step: Step): StepResult {
    const statement = this.#statements.of(step.sql);
    if (!('rows' in step)) return statement.execute(step.values ?? []);
    return { rows: [], changes: step.rows.map((values) => statement.changes(values)) };
  }

  #execute(sql: string): void {
    this.#statements.of(sql).changes([]);
  }

  /** A damaged file is neither read nor written any more once it was found out. */
  #guard<T>(action: () => T): T {
    if (this.#damage) throw this.#damage;
    try {
      return action();
    } catch (thrown) {
      const fault = toFault(thrown);
      if (!(fault instanceof Damaged)) throw fault;
      this.#damage = describeDamage(this.#file, this.#access);
      throw this.#damage;
    }
  }
}

const openFile = (file: string, access: Access): VendorDatabase => {
  if (access === 'own') closeSync(openSync(file, 'a', OWNER_ONLY));
  return openVendor(file, access === 'guest-read-only');
};

/** SQLite gives its -wal and -shm files the same mode. */
const OWNER_ONLY = 0o600;

const GUEST_PRAGMAS =
  'PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY';
/** Temporary tables hold rows of the store, so they stay out of the file system; fullfsync matters on macOS only. */
/**
 * Hashes stand in an index in no order, so a plan of 100,000 rows changes most of its pages with every commit:
 * they fit into 32 MB, and moving the log into the file every 16 MB instead of every 4 is twice as fast.
 */
const BULK_PRAGMAS = 'PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000';

const PRAGMAS: Readonly<Record<Access, string>> = {
  own: `PRAGMA journal_mode = WAL; ${GUEST_PRAGMAS}; PRAGMA cell_size_check = ON; PRAGMA fullfsync = ON; PRAGMA journal_size_limit = 67108864; ${BULK_PRAGMAS}`,
  guest: GUEST_PRAGMAS,
  'guest-read-only': READER_PRAGMAS,
};

const checkOwn = (file: string, database: VendorDatabase): void => {
  const [journal] = database.prepare('PRAGMA journal_mode').all();
  if (journal?.journal_mode !== 'wal') throw unavailable('its file system does not carry a write-ahead log');
  checkWhole(file, database);
};

const describeDamage = (file: string, access: Access): TankError => {
  if (access !== 'own') return new TankError('store_corrupt', { file, copy: 'none: the file is not ours' });
  try {
    return new TankError('store_corrupt', { file, copy: copyAside(file) });
  } catch (thrown) {
    return new TankError('store_corrupt', { file, copy: 'none: copying failed' }, { cause: thrown });
  }
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
