import { createRequire } from 'node:module';
import type { SqlValue } from '../../ports/database.ts';
import { unavailable } from './faults.ts';

export type VendorRow = Record<string, SqlValue>;

/** The part of node:sqlite that is used here; @photostructure/sqlite has the same. */
export interface VendorStatement {
  all(...values: readonly SqlValue[]): VendorRow[];
  run(...values: readonly SqlValue[]): { readonly changes: number | bigint };
  iterate(...values: readonly SqlValue[]): IterableIterator<VendorRow>;
  setReadBigInts(on: boolean): void;
  columns(): readonly { readonly name: string }[];
}

export interface VendorDatabase {
  readonly isTransaction: boolean;
  prepare(sql: string): VendorStatement;
  exec(sql: string): void;
  close(): void;
}

interface VendorOptions {
  readonly readOnly: boolean;
  /** Busy time-out in ms. */
  readonly timeout: number;
}

interface Library {
  readonly DatabaseSync: new (location: string, options: VendorOptions) => VendorDatabase;
  readonly StatementSync: { readonly prototype: object };
}

let library: Library | undefined;

/** node:sqlite tells the columns of a statement since Node 22.16; before that the package stands in. */
const pickLibrary = (): Library => {
  // Typed from Node 22 on only.
  const builtIn = process.getBuiltinModule('node:sqlite') as Library | undefined;
  if (builtIn && 'columns' in builtIn.StatementSync.prototype) return builtIn;
  try {
    return createRequire(import.meta.url)('@photostructure/sqlite');
  } catch {
    throw unavailable(
      'SQLite comes with Node 22.16 and later; before, the package @photostructure/sqlite has to be installed',
    );
  }
};

/** With no busy time-out: a lock that another process holds is waited for by timers, never by a blocked thread. */
export const openVendor = (file: string, readOnly: boolean): VendorDatabase => {
  library ??= pickLibrary();
  return new library.DatabaseSync(file, { readOnly, timeout: 0 });
};
