/** Where SQLite runs: in a thread of its own in the built product, in this one in tests from the sources. */
export type SqliteHost = { readonly host: 'inline' } | { readonly host: 'thread'; readonly threadFile: URL };

export interface AppOptions {
  readonly sqlite: SqliteHost;
  readonly logTo: 'stdout' | { readonly folder: string };
}

/** The build puts every chunk, and so this module, one folder beneath the thread's file. */
export const BUILT: AppOptions = {
  sqlite: { host: 'thread', threadFile: new URL('../sqlite-thread.mjs', import.meta.url) },
  logTo: 'stdout',
};
