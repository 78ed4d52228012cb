import type { SecondFactors } from '../../../ports/credentials.ts';
import { type Database, UniqueViolation } from '../../../ports/database.ts';
import { bytes, number } from '../ledger/context.ts';

export const createSqlSecondFactors = (database: Database): SecondFactors => ({
  find: async (accountId) => {
    const sql = 'SELECT secret, confirmed FROM second_factor WHERE account_id = ?';
    const [row] = await database.all(sql, [accountId]);
    return row && { secret: bytes(row.secret), confirmed: number(row.confirmed) === 1 };
  },

  propose: async (accountId, secret) => {
    try {
      await database.atomic([
        { sql: 'DELETE FROM second_factor WHERE account_id = ? AND confirmed = 0', values: [accountId] },
        {
          sql: 'INSERT INTO second_factor (account_id, secret, confirmed, last_step) VALUES (?, ?, 0, 0)',
          values: [accountId, secret],
        },
      ]);
      return true;
    } catch (thrown) {
      if (thrown instanceof UniqueViolation) return false;
      throw thrown;
    }
  },

  confirm: async (accountId, step, recoveryHashes) => {
    const confirmed = await database.atomic([
      {
        sql: 'UPDATE second_factor SET confirmed = 1, last_step = ? WHERE account_id = ? AND confirmed = 0',
        values: [step, accountId],
        expect: 1,
      },
      { sql: 'DELETE FROM recovery_code WHERE account_id = ?', values: [accountId] },
      {
        sql: 'INSERT INTO recovery_code (hash, account_id, used_at) VALUES (?, ?, NULL)',
        rows: recoveryHashes.map((hash) => [hash, accountId]),
      },
    ]);
    return confirmed.committed;
  },

  useStep: async (accountId, step) => {
    const sql =
      'UPDATE second_factor SET last_step = ? WHERE account_id = ? AND confirmed = 1 AND last_step < ?';
    return (await database.run(sql, [step, accountId, step])) === 1;
  },

  useRecoveryCode: async (accountId, hash, at) => {
    const sql = 'UPDATE recovery_code SET used_at = ? WHERE hash = ? AND account_id = ? AND used_at IS NULL';
    return (await database.run(sql, [at, hash, accountId])) === 1;
  },

  recoveryCodesLeft: async (accountId) => {
    const sql = 'SELECT COUNT(*) AS total FROM recovery_code WHERE account_id = ? AND used_at IS NULL';
    return number((await database.all(sql, [accountId]))[0]?.total);
  },

  remove: async (accountId) => {
    const removed = await database.atomic([
      { sql: 'DELETE FROM second_factor WHERE account_id = ?', values: [accountId], expect: 1 },
      { sql: 'DELETE FROM recovery_code WHERE account_id = ?', values: [accountId] },
    ]);
    return removed.committed;
  },
});
