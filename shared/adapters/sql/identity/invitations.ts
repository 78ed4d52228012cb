import type { Role } from '../../../domain/permissions.ts';
import type { Invitation, Invitations } from '../../../ports/credentials.ts';
import { type Database, type SqlRow, UniqueViolation } from '../../../ports/database.ts';
import { number, text } from '../ledger/context.ts';
import { accountValues, INSERT_ACCOUNT, toList } from './account-row.ts';

const COLUMNS = 'id, name, email, role, organisations, address_ranges, created_by, created_at, expires_at';
const OPEN = 'closed = 0 AND expires_at > ?';
const CLOSE = 'UPDATE invitation SET closed = 1 WHERE id = ? AND closed = 0';

export const createSqlInvitations = (database: Database): Invitations => ({
  add: async (one, secretHash) => {
    const sql = `INSERT INTO invitation (${COLUMNS}, secret_hash, closed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`;
    await database.run(sql, [
      one.id,
      one.name,
      one.email ?? null,
      one.role,
      JSON.stringify(one.organisations),
      JSON.stringify(one.addressRanges),
      one.createdBy,
      one.createdAt,
      one.expiresAt,
      secretHash,
    ]);
  },

  open: async (now) => {
    const sql = `SELECT ${COLUMNS} FROM invitation WHERE ${OPEN} ORDER BY created_at, id`;
    return (await database.all(sql, [now])).map(toInvitation);
  },

  bySecret: async (secretHash, now) => {
    const sql = `SELECT ${COLUMNS} FROM invitation WHERE secret_hash = ? AND ${OPEN}`;
    const [row] = await database.all(sql, [secretHash, now]);
    return row && toInvitation(row);
  },

  accept: async (id, account) => {
    try {
      const accepted = await database.atomic([
        { sql: CLOSE, values: [id], expect: 1 },
        { sql: INSERT_ACCOUNT, values: accountValues(account) },
      ]);
      return accepted.committed;
    } catch (thrown) {
      if (thrown instanceof UniqueViolation) return false;
      throw thrown;
    }
  },

  revoke: async (id) => (await database.run(CLOSE, [id])) === 1,
});

const toInvitation = (row: SqlRow): Invitation => ({
  id: text(row.id),
  name: text(row.name),
  ...(row.email ? { email: text(row.email) } : {}),
  role: text(row.role) as Role,
  organisations: toList(row.organisations),
  addressRanges: toList(row.address_ranges),
  createdBy: text(row.created_by),
  createdAt: number(row.created_at),
  expiresAt: number(row.expires_at),
});
