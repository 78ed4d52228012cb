import { withoutEnd } from '../bind-plan.ts';

/** Every statement that Tank itself writes for a SQLite source. */

export const ORDER_COLUMN = 'tank_key';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A CAST keeps the collation of its column, hence the explicit BINARY. */
const keyText = (key: string): string => `CAST(t.${quoted(key)} AS TEXT) COLLATE BINARY`;

/** Rows without a key come first, and only from the beginning: nothing comes after a NULL. */
export const targetFromStart = (query: string, key: string): string =>
  `SELECT ${keyText(key)} AS ${ORDER_COLUMN}, t.* FROM (${withoutEnd(query)}) t ORDER BY 1`;

export const targetAfter = (query: string, key: string): string =>
  `SELECT ${keyText(key)} AS ${ORDER_COLUMN}, t.* FROM (${withoutEnd(query)}) t WHERE ${keyText(key)} > ? ORDER BY 1`;

/** As a subquery, so that nothing but a query passes. */
export const asQuery = (query: string): string => `SELECT * FROM (${withoutEnd(query)})`;

export const VERSION = 'SELECT sqlite_version() AS version';
