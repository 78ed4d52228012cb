import type { Devices, SignInLock, SignInLocks } from '../../../ports/credentials.ts';
import { type Database, type SqlRow, UniqueViolation } from '../../../ports/database.ts';
import { number, text } from '../ledger/context.ts';

export const createSqlDevices = (database: Database): Devices => ({
  add: async ({ id, accountId, at }, secretHash) => {
    const sql = 'INSERT INTO known_device (id, account_id, secret_hash, created_at) VALUES (?, ?, ?, ?)';
    await database.run(sql, [id, accountId, secretHash, at]);
  },
  find: async (secretHash) => {
    const sql = 'SELECT id, account_id FROM known_device WHERE secret_hash = ?';
    const [row] = await database.all(sql, [secretHash]);
    return row && { id: text(row.id), accountId: text(row.account_id) };
  },
});

const COLUMNS = 'id, name_hash, address, until_at';

export const createSqlSignInLocks = (database: Database): SignInLocks => ({
  find: async (id, now) => {
    const [row] = await database.all(`SELECT ${COLUMNS} FROM sign_in_lock WHERE id = ? AND until_at > ?`, [
      id,
      now,
    ]);
    return row && toLock(row);
  },

  add: async ({ id, nameHash, address, until }, now) => {
    try {
      await database.atomic([
        { sql: 'DELETE FROM sign_in_lock WHERE until_at <= ?', values: [now] },
        {
          sql: `INSERT INTO sign_in_lock (${COLUMNS}) VALUES (?, ?, ?, ?)`,
          values: [id, nameHash, address, until],
        },
      ]);
      return true;
    } catch (thrown) {
      if (thrown instanceof UniqueViolation) return false;
      throw thrown;
    }
  },

  ofName: async (nameHash, now) => {
    const sql = `SELECT ${COLUMNS} FROM sign_in_lock WHERE name_hash = ? AND until_at > ? ORDER BY until_at`;
    return (await database.all(sql, [nameHash, now])).map(toLock);
  },

  list: async (now) => {
    const sql = `SELECT ${COLUMNS} FROM sign_in_lock WHERE until_at > ? ORDER BY until_at`;
    return (await database.all(sql, [now])).map(toLock);
  },

  lift: async (nameHash) => {
    const result = await database.atomic([
      { sql: `SELECT ${COLUMNS} FROM sign_in_lock WHERE name_hash = ?`, values: [nameHash] },
      { sql: 'DELETE FROM sign_in_lock WHERE name_hash = ?', values: [nameHash] },
    ]);
    return result.committed ? (result.steps[0]?.rows ?? []).map(toLock) : [];
  },
});

const toLock = (row: SqlRow): SignInLock => ({
  id: text(row.id),
  nameHash: text(row.name_hash),
  address: text(row.address),
  until: number(row.until_at),
});
