/** Every statement by which a CSV file is staged. */

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A stage that a crash leaves half written is never read again. */
export const STAGE_PRAGMAS = ['PRAGMA journal_mode = OFF', 'PRAGMA synchronous = OFF'];

export const createTable = (table: string, columns: readonly string[]): string =>
  `CREATE TABLE ${quoted(table)} (${columns.map((column) => `${quoted(column)} TEXT`).join(', ')})`;

export const createView = (table: string): string => `CREATE VIEW DATA AS SELECT * FROM ${quoted(table)}`;

export const insertRow = (table: string, columns: number): string =>
  `INSERT INTO ${quoted(table)} VALUES (${Array.from({ length: columns }, () => '?').join(', ')})`;

export const createIndex = (table: string, column: string): string =>
  `CREATE INDEX IF NOT EXISTS ${quoted(`tank_by_${column}`)} ON ${quoted(table)} (${quoted(column)})`;
