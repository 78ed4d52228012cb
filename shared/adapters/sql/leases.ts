import type { Database } from '../../ports/database.ts';
import type { Leases } from '../../ports/leases.ts';
import type { Dialect } from './dialect.ts';
import { insertNew } from './insert-new.ts';

const NOBODY = '-';

/** `holder`: this process, and no other that ever was. */
export const createSqlLeases = (database: Database, { now }: Dialect, holder: string): Leases => {
  const renewOrTake = async (name: string, termMs: number): Promise<boolean> =>
    (await database.run(
      `UPDATE lease SET holder = ?, until_at = ${now} + ? WHERE id = ? AND (holder = ? OR until_at <= ${now})`,
      [holder, termMs, name, holder],
    )) === 1;
  return {
    take: async (name, termMs) => {
      if (await renewOrTake(name, termMs)) return true;
      const isNew =
        (await insertNew(database, 'lease', ['id', 'holder', 'until_at'], [[name, NOBODY, 0]])) === 1;
      return isNew && renewOrTake(name, termMs);
    },
    endAll: async () => {
      await database.run('UPDATE lease SET until_at = 0');
    },
  };
};
