import type { ApiToken, ApiTokens } from '../../../ports/credentials.ts';
import type { Database, SqlRow } from '../../../ports/database.ts';
import { number, text } from '../ledger/context.ts';
import { ACCOUNT_JOINED, toAccount, toList } from './account-row.ts';

const COLUMNS = 'id, account_id, name, scopes, address_ranges, created_at, expires_at, seen_at';
const JOINED = COLUMNS.split(', ')
  .map((column) => `t.${column} AS t_${column}`)
  .join(', ');

export const createSqlApiTokens = (database: Database): ApiTokens => ({
  add: async (token, secretHash) => {
    const sql = `INSERT INTO api_token (${COLUMNS}, secret_hash, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, 0)`;
    await database.run(sql, [
      token.id,
      token.accountId,
      token.name,
      JSON.stringify(token.scopes),
      JSON.stringify(token.addressRanges),
      token.createdAt,
      token.expiresAt,
      secretHash,
    ]);
  },

  present: async (secretHash, now) => {
    const sql = `SELECT ${JOINED}, ${ACCOUNT_JOINED} FROM api_token t JOIN account a ON a.id = t.account_id
      WHERE t.secret_hash = ? AND t.revoked = 0 AND t.expires_at > ? AND a.disabled_at IS NULL`;
    const [row] = await database.all(sql, [secretHash, now]);
    return row && { token: toToken(row, 't_'), account: toAccount(row, 'a_') };
  },

  seen: async (id, at) => {
    await database.run('UPDATE api_token SET seen_at = ? WHERE id = ?', [at, id]);
  },

  ofAccount: async (accountId) => {
    const sql = `SELECT ${COLUMNS} FROM api_token WHERE account_id = ? AND revoked = 0 ORDER BY created_at, id`;
    return (await database.all(sql, [accountId])).map((row) => toToken(row));
  },

  revoke: async (id, accountId) =>
    (await database.run('UPDATE api_token SET revoked = 1 WHERE id = ? AND account_id = ? AND revoked = 0', [
      id,
      accountId,
    ])) === 1,
});

const toToken = (row: SqlRow, prefix = ''): ApiToken => {
  const seenAt = row[`${prefix}seen_at`];
  return {
    id: text(row[`${prefix}id`]),
    accountId: text(row[`${prefix}account_id`]),
    name: text(row[`${prefix}name`]),
    scopes: toList(row[`${prefix}scopes`]),
    addressRanges: toList(row[`${prefix}address_ranges`]),
    createdAt: number(row[`${prefix}created_at`]),
    expiresAt: number(row[`${prefix}expires_at`]),
    ...(seenAt === null || seenAt === undefined ? {} : { seenAt: number(seenAt) }),
  };
};
