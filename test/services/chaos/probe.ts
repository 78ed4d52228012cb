import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/** Looks into the store beside the daemon, read only: for the judge's arithmetic, never for the truth. */
export const countStates = (dataDir: string): Readonly<Record<string, number>> => {
  const rows = look(dataDir, 'SELECT state, COUNT(*) AS n FROM email_send_log GROUP BY state');
  return Object.fromEntries(rows.map(({ state, n }) => [String(state), Number(n)]));
};

/** Of those in `sending` the calls are open, or were when their worker died. */
export const sendsIn = (dataDir: string, state: 'sending' | 'sent'): ReadonlySet<string> =>
  new Set(
    look(dataDir, `SELECT id FROM email_send_log WHERE state = '${state}'`).map(({ id }) => String(id)),
  );

const look = (dataDir: string, sql: string): Record<string, unknown>[] => {
  const file = join(dataDir, 'tank.db');
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all() as Record<string, unknown>[];
  } catch {
    // Killed before its first migration, there is nothing to see.
    return [];
  } finally {
    database.close();
  }
};
