import type { Database } from '../../ports/database.ts';
import type { DataKeys } from '../../ports/keys.ts';
import { insertNew } from './insert-new.ts';
import { bytes, number, text } from './ledger/context.ts';

export const createSqlDataKeys = (database: Database): DataKeys => ({
  find: async (id) => {
    const sql = 'SELECT id, master_key_id, wrapped, created_at FROM data_key WHERE id = ?';
    const [row] = await database.all(sql, [id]);
    return (
      row && {
        id: text(row.id),
        masterKeyId: text(row.master_key_id),
        wrapped: bytes(row.wrapped),
        createdAt: number(row.created_at),
      }
    );
  },

  add: async ({ id, masterKeyId, wrapped, createdAt }) => {
    const columns = ['id', 'master_key_id', 'wrapped', 'created_at'] as const;
    await insertNew(database, 'data_key', [...columns], [[id, masterKeyId, wrapped, createdAt]]);
  },

  count: async () => {
    const [row] = await database.all('SELECT COUNT(*) AS total FROM data_key');
    return number(row?.total);
  },
});
