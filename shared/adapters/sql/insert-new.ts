import { TankError } from '../../domain/errors.ts';
import { type Database, type SqlValue, UniqueViolation } from '../../ports/database.ts';
import { placeholders } from './ledger/context.ts';

/**
 * Inserts the rows whose key, their first column, is not there yet; their number. Of two writers at the
 * same moment one is refused by the unique index: it looks again, and then sees the other's rows.
 */
export const insertNew = async (
  database: Database,
  table: string,
  columns: readonly [string, ...string[]],
  rows: readonly (readonly [string, ...SqlValue[]])[],
): Promise<number> => {
  const [key] = columns;
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${placeholders(columns.length)}
               WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${key} = ?)`;
  const step = { sql, rows: rows.map((row) => [...row, row[0]]) };
  const result = await againOnce(() => database.atomic([step]));
  if (!result.committed) throw new TankError('internal');
  return result.steps.flatMap(({ changes }) => changes).reduce((sum, changed) => sum + changed, 0);
};

const againOnce = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof UniqueViolation) return work();
    throw thrown;
  }
};
