import { TankError } from '../../domain/errors.ts';
import { isRole } from '../../domain/permissions.ts';
import type { Account, Accounts } from '../../ports/accounts.ts';
import { type Database, type SqlRow, UniqueViolation } from '../../ports/database.ts';
import { insertNew } from './insert-new.ts';
import { number, text } from './ledger/context.ts';

const COLUMNS = 'id, name, role, password_hash, epoch, must_change_password, created_at';

export const createSqlAccounts = (database: Database): Accounts => {
  const one = async (column: 'id' | 'name', value: string): Promise<Account | undefined> => {
    const [row] = await database.all(`SELECT ${COLUMNS} FROM account WHERE ${column} = ?`, [value]);
    return row && toAccount(row);
  };
  return {
    byName: (name) => one('name', name),
    byId: (id) => one('id', id),
    list: async () => (await database.all(`SELECT ${COLUMNS} FROM account ORDER BY name`)).map(toAccount),

    add: async ({ id, name, role, passwordHash, epoch, mustChangePassword, createdAt }) => {
      const values = [id, name, role, passwordHash, epoch, mustChangePassword ? 1 : 0, createdAt];
      try {
        await database.run(`INSERT INTO account (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`, values);
        return true;
      } catch (thrown) {
        if (thrown instanceof UniqueViolation) return false;
        throw thrown;
      }
    },

    changePassword: async (id, passwordHash, epoch) => {
      const sql =
        'UPDATE account SET password_hash = ?, epoch = epoch + 1, must_change_password = 0 WHERE id = ? AND epoch = ?';
      return (await database.run(sql, [passwordHash, id, epoch])) === 1;
    },

    revokeToken: async (jti, expiresAt) => {
      await insertNew(database, 'revoked_token', ['jti', 'expires_at'], [[jti, expiresAt]]);
    },
    isRevoked: async (jti) =>
      (await database.all('SELECT jti FROM revoked_token WHERE jti = ?', [jti])).length > 0,
  };
};

const toAccount = (row: SqlRow): Account => {
  const role = text(row.role);
  if (!isRole(role))
    throw new TankError('internal', {}, { cause: new Error('an account has an unknown role') });
  return {
    id: text(row.id),
    name: text(row.name),
    role,
    passwordHash: text(row.password_hash),
    epoch: number(row.epoch),
    mustChangePassword: number(row.must_change_password) === 1,
    createdAt: number(row.created_at),
  };
};
