import { TankError } from '../../../domain/errors.ts';
import { isRole } from '../../../domain/permissions.ts';
import type { Account } from '../../../ports/accounts.ts';
import type { SqlRow, SqlValue } from '../../../ports/database.ts';
import { number, text } from '../ledger/context.ts';

const NAMES = [
  'id',
  'name',
  'email',
  'role',
  'organisations',
  'address_ranges',
  'password_hash',
  'epoch',
  'must_change_password',
  'disabled_at',
  'created_at',
] as const;

export const ACCOUNT_COLUMNS = NAMES.join(', ');
/** For a join: `a.id AS a_id, …`. */
export const ACCOUNT_JOINED = NAMES.map((name) => `a.${name} AS a_${name}`).join(', ');

export const accountValues = (account: Account): readonly SqlValue[] => [
  account.id,
  account.name,
  account.email ?? null,
  account.role,
  JSON.stringify(account.organisations),
  JSON.stringify(account.addressRanges),
  account.passwordHash ?? null,
  account.epoch,
  account.mustChangePassword ? 1 : 0,
  account.disabledAt ?? null,
  account.createdAt,
];

/** Every new account begins without sessions. */
export const INSERT_ACCOUNT = `INSERT INTO account (${ACCOUNT_COLUMNS}, sessions_begun) VALUES (${NAMES.map(() => '?').join(', ')}, 0)`;

export const toAccount = (row: SqlRow, prefix = ''): Account => {
  const column = (name: (typeof NAMES)[number]) => row[`${prefix}${name}`];
  const role = text(column('role'));
  if (!isRole(role))
    throw new TankError('internal', {}, { cause: new Error('an account has an unknown role') });
  return {
    id: text(column('id')),
    name: text(column('name')),
    ...(column('email') ? { email: text(column('email')) } : {}),
    role,
    organisations: toList(column('organisations')),
    addressRanges: toList(column('address_ranges')),
    ...(column('password_hash') ? { passwordHash: text(column('password_hash')) } : {}),
    epoch: number(column('epoch')),
    mustChangePassword: number(column('must_change_password')) === 1,
    ...(column('disabled_at') === null ? {} : { disabledAt: number(column('disabled_at')) }),
    createdAt: number(column('created_at')),
  };
};

export const toList = (value: SqlValue | undefined): readonly string[] => {
  const list: unknown = JSON.parse(text(value) || '[]');
  return Array.isArray(list) ? list.map(String) : [];
};
