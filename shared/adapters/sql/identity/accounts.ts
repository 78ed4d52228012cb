import type { Account, AccountChange, Accounts } from '../../../ports/accounts.ts';
import { type Database, type SqlValue, UniqueViolation } from '../../../ports/database.ts';
import type { Clock } from '../../../ports/runtime.ts';
import type { Dialect } from '../dialect.ts';
import { insertNew } from '../insert-new.ts';
import { ACCOUNT_COLUMNS, accountValues, INSERT_ACCOUNT, toAccount } from './account-row.ts';
import { nowAndThen } from './now-and-then.ts';

const SWEEP_MS = 10 * 60_000;
const ALL = 10_000;
const BELONGINGS = [
  'account_session',
  'api_token',
  'second_factor',
  'recovery_code',
  'known_device',
  'federated_identity',
];

export const createSqlAccounts = (database: Database, dialect: Dialect, clock: Clock): Accounts => {
  const sweep = nowAndThen(clock, SWEEP_MS, () =>
    database.run('DELETE FROM revoked_token WHERE expires_at < ?', [clock.now()]),
  );
  const one = async (column: 'id' | 'name' | 'email', value: string): Promise<Account | undefined> => {
    const sql = `SELECT ${ACCOUNT_COLUMNS} FROM account WHERE ${column} = ?`;
    const [row] = await database.all(sql, [value]);
    return row && toAccount(row);
  };
  const raised = async (sql: string, values: readonly SqlValue[]): Promise<boolean> =>
    (await database.run(sql, values)) === 1;

  return {
    byName: (name) => one('name', name),
    byId: (id) => one('id', id),
    byEmail: (email) => one('email', email),

    list: async ({ limit, after = '' } = { limit: ALL }) => {
      const sql = `SELECT ${ACCOUNT_COLUMNS} FROM account WHERE name > ? ORDER BY name ${dialect.limit(limit)}`;
      return (await database.all(sql, [after])).map((row) => toAccount(row));
    },

    add: async (account) => {
      try {
        await database.run(INSERT_ACCOUNT, accountValues(account));
        return true;
      } catch (thrown) {
        if (thrown instanceof UniqueViolation) return false;
        throw thrown;
      }
    },

    change: async (id, change) => {
      const set = assignments(change);
      if (set.length === 0) return (await one('id', id)) !== undefined;
      const sql = `UPDATE account SET ${set.map(([column]) => `${column} = ?`).join(', ')} WHERE id = ? AND ${keepsAnOwner(change)}`;
      const values = [...set.map(([, value]) => value), id, id];
      const changed = await database.atomic([HOLD_OWNERS, { sql, values, expect: 1 }]);
      return changed.committed;
    },

    remove: async (id) => {
      const gone = await database.atomic([
        HOLD_OWNERS,
        { sql: `DELETE FROM account WHERE id = ? AND ${OTHER_OWNER}`, values: [id, id], expect: 1 },
        ...BELONGINGS.map((table) => ({ sql: `DELETE FROM ${table} WHERE account_id = ?`, values: [id] })),
      ]);
      return gone.committed;
    },

    changePassword: (id, passwordHash, epoch, mustChange = false) =>
      raised(
        'UPDATE account SET password_hash = ?, epoch = epoch + 1, must_change_password = ? WHERE id = ? AND epoch = ?',
        [passwordHash, mustChange ? 1 : 0, id, epoch],
      ),
    endEverything: (id) => raised('UPDATE account SET epoch = epoch + 1 WHERE id = ?', [id]),

    revokeToken: async (jti, expiresAt) => {
      sweep();
      await insertNew(database, 'revoked_token', ['jti', 'expires_at'], [[jti, expiresAt]]);
    },
    isRevoked: async (jti) =>
      (await database.all('SELECT jti FROM revoked_token WHERE jti = ?', [jti])).length > 0,
  };
};

/** Two owners who remove each other at the same moment: the second waits for the first, and sees what he did. */
const HOLD_OWNERS = { sql: `UPDATE account SET role = role WHERE role = 'owner'` };

/** Somebody must remain who may manage everybody. */
const OTHER_OWNER = `(role <> 'owner' OR EXISTS (SELECT 1 FROM account o WHERE o.role = 'owner' AND o.id <> ? AND o.disabled_at IS NULL))`;

const keepsAnOwner = ({ role, disabledAt }: AccountChange): string => {
  const staysOwner = (role === undefined || role === 'owner') && (disabledAt ?? null) === null;
  return staysOwner ? 'id = ?' : OTHER_OWNER;
};

const assignments = (change: AccountChange): [string, SqlValue][] => {
  const { email, role, organisations, addressRanges, disabledAt } = change;
  const all: [string, SqlValue | undefined][] = [
    ['email', email],
    ['role', role],
    ['organisations', organisations && JSON.stringify(organisations)],
    ['address_ranges', addressRanges && JSON.stringify(addressRanges)],
    ['disabled_at', disabledAt],
  ];
  return all.flatMap(([column, value]) => (value === undefined ? [] : [[column, value]]));
};
