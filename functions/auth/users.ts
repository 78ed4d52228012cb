import { TankError } from '../../shared/domain/errors.ts';
import { mayManage, type Principal, type Role } from '../../shared/domain/permissions.ts';
import type { Account, AccountChange } from '../../shared/ports/accounts.ts';
import { UniqueViolation } from '../../shared/ports/database.ts';
import type { AuthPorts } from './auth-ports.ts';
import { nameHashOf, unlock } from './sign-in-guard.ts';

interface NewUser {
  readonly name: string;
  readonly email?: string | undefined;
  readonly role: Role;
  readonly organisations: readonly string[];
  readonly addressRanges: readonly string[];
}

type UserChange = {
  readonly [K in 'email' | 'role' | 'organisations' | 'addressRanges']?: AccountChange[K] | undefined;
} & { readonly disabled?: boolean | undefined };

export const listUsers = async (
  ports: AuthPorts,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
) => {
  const found = await (await ports.accounts()).list({ limit, ...(cursor ? { after: cursor } : {}) });
  const items = await Promise.all(found.map((account) => describeUser(ports, account)));
  return { items, nextCursor: found.length === limit ? (found.at(-1)?.name ?? null) : null };
};

export const getUser = async (ports: AuthPorts, id: string) => describeUser(ports, await find(ports, id));

export const addUser = async (ports: AuthPorts, actor: Principal, user: NewUser) => {
  assertManages(actor, user.role);
  const [accounts, passwords] = await Promise.all([ports.accounts(), ports.passwords()]);
  const password = passwords.generate();
  const account = newAccount(ports, user, {
    passwordHash: await passwords.hash(password),
    mustChangePassword: true,
  });
  if (!(await accounts.add(account))) throw taken();
  return { ...(await describeUser(ports, account)), password };
};

/** What every new account begins with. */
export const newAccount = (
  { runtime }: AuthPorts,
  { name, email, role, organisations, addressRanges }: NewUser,
  proof: { readonly passwordHash?: string; readonly mustChangePassword: boolean },
): Account => ({
  id: runtime.id(),
  name,
  ...(email ? { email } : {}),
  role,
  organisations,
  addressRanges,
  epoch: 1,
  createdAt: runtime.clock.now(),
  ...proof,
});

export const changeUser = async (ports: AuthPorts, actor: Principal, id: string, change: UserChange) => {
  const account = await find(ports, id);
  assertManages(actor, account.role);
  if (change.role !== undefined) assertManages(actor, change.role);
  const { disabled, ...rest } = change;
  const accounts = await ports.accounts();
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const shut = disabled === undefined ? {} : { disabledAt: disabled ? ports.runtime.clock.now() : null };
  if (!(await accounts.change(id, { ...given, ...shut }).catch(refuseTaken))) throw lastOwner();
  return getUser(ports, id);
};

export const removeUser = async (ports: AuthPorts, actor: Principal, id: string): Promise<void> => {
  const account = await find(ports, id);
  assertManages(actor, account.role);
  if (!(await (await ports.accounts()).remove(id))) throw lastOwner();
};

export const unlockUser = async (ports: AuthPorts, id: string): Promise<void> =>
  unlock(ports, await nameHashOf(ports, (await find(ports, id)).name));

export const resetPassword = async (ports: AuthPorts, actor: Principal, id: string) => {
  const account = await find(ports, id);
  assertManages(actor, account.role);
  const [accounts, passwords] = await Promise.all([ports.accounts(), ports.passwords()]);
  const password = passwords.generate();
  const hash = await passwords.hash(password);
  if (!(await accounts.changePassword(id, hash, account.epoch, true)))
    throw new TankError('definition_changed');
  await unlockUser(ports, id);
  return { password };
};

export const resetSecondFactor = async (ports: AuthPorts, actor: Principal, id: string): Promise<void> => {
  const account = await find(ports, id);
  assertManages(actor, account.role);
  if (!(await (await ports.secondFactors()).remove(id)))
    throw new TankError('not_found', { what: 'second factor' });
  await (await ports.accounts()).endEverything(id);
};

export const endUserSessions = async (ports: AuthPorts, actor: Principal, id: string): Promise<void> => {
  assertManages(actor, (await find(ports, id)).role);
  await (await ports.accounts()).endEverything(id);
};

const find = async (ports: AuthPorts, id: string): Promise<Account> => {
  const account = await (await ports.accounts()).byId(id);
  if (!account) throw new TankError('not_found', { what: 'account' });
  return account;
};

export const assertManages = (actor: Principal, target: Role): void => {
  if (!mayManage(actor.role, target)) throw new TankError('forbidden');
};

export const taken = (): TankError => new TankError('name_taken', { what: 'account' });
const lastOwner = (): TankError =>
  new TankError('still_in_use', { what: 'account', by: 'it is the last owner' });

const refuseTaken = (thrown: unknown): never => {
  throw thrown instanceof UniqueViolation ? taken() : thrown;
};

const describeUser = async (ports: AuthPorts, account: Account) => {
  const { id, name, email, role, organisations, addressRanges, mustChangePassword } = account;
  const [factor, locks] = await Promise.all([
    (await ports.secondFactors()).find(id),
    (await ports.signInLocks()).ofName(await nameHashOf(ports, name), ports.runtime.clock.now()),
  ]);
  return {
    id,
    name,
    ...(email ? { email } : {}),
    role,
    organisations: [...organisations],
    addressRanges: [...addressRanges],
    disabled: account.disabledAt !== undefined,
    locked: locks.length > 0,
    secondFactor: factor?.confirmed === true,
    mustChangePassword,
    createdAt: new Date(account.createdAt).toISOString(),
  };
};
