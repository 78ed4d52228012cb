import { beforeEach, describe, expect, it } from 'vitest';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { createSqlAccounts } from '../../shared/adapters/sql/identity/accounts.ts';
import type { Account, Accounts } from '../../shared/ports/accounts.ts';
import { madeUpRuntime } from '../fixtures/made-up-runtime.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const account = (name: string): Account => ({
  id: `id-${name}`,
  name,
  role: 'operator',
  organisations: ['retail'],
  addressRanges: [],
  passwordHash: '$scrypt$x',
  epoch: 1,
  mustChangePassword: true,
  createdAt: 1_772_668_800_000,
});

describe.each([
  [
    'sql on sqlite',
    async () => createSqlAccounts(await openTestStore(), sqliteDialect, madeUpRuntime().runtime.clock),
  ],
])('accounts: %s', (_, open) => {
  let accounts: Accounts;
  beforeEach(async () => {
    accounts = await open();
  });

  it('are found by name and by id, exactly', async () => {
    expect(await accounts.add(account('jimin'))).toBe(true);
    expect(await accounts.byName('jimin')).toEqual(account('jimin'));
    expect(await accounts.byId('id-jimin')).toEqual(account('jimin'));
    for (const name of ['Jimin', 'jimi', 'jimin ', "' OR 1=1 --", '%'])
      expect(await accounts.byName(name)).toBeUndefined();
  });

  it('are listed by name', async () => {
    await accounts.add(account('b'));
    await accounts.add(account('a'));
    expect((await accounts.list()).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('do not share a name', async () => {
    await accounts.add(account('jimin'));
    expect(await accounts.add({ ...account('jimin'), id: 'another' })).toBe(false);
    expect(await accounts.list()).toHaveLength(1);
  });

  it('count up their epoch with the password, and only from the epoch that was seen', async () => {
    await accounts.add(account('jimin'));
    expect(await accounts.changePassword('id-jimin', 'new', 1)).toBe(true);
    expect(await accounts.byId('id-jimin')).toMatchObject({
      passwordHash: 'new',
      epoch: 2,
      mustChangePassword: false,
    });
    expect(await accounts.changePassword('id-jimin', 'late', 1)).toBe(false);
    expect(await accounts.changePassword('nobody', 'x', 1)).toBe(false);
    expect(await accounts.byId('id-jimin')).toMatchObject({ passwordHash: 'new' });
  });

  it('remember ended tokens, also when told twice', async () => {
    expect(await accounts.isRevoked('t1')).toBe(false);
    await accounts.revokeToken('t1', 5);
    await accounts.revokeToken('t1', 5);
    expect(await accounts.isRevoked('t1')).toBe(true);
    expect(await accounts.isRevoked('t2')).toBe(false);
  });
});
