import { type Language, TankError } from '../../shared/domain/errors.ts';
import { describePasswordFault, passwordFault } from '../../shared/domain/password-rule.ts';
import type { AuthPorts } from './auth-ports.ts';
import { issueToken } from './login.ts';

interface PasswordChange {
  readonly accountId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly language: Language;
}

/** Every older token ends, so the reply brings a fresh one. */
export const changePassword = async (ports: AuthPorts, change: PasswordChange) => {
  const [accounts, passwords] = await Promise.all([ports.accounts(), ports.passwords()]);
  const account = await accounts.byId(change.accountId);
  if (!account) throw new TankError('forbidden');
  assertUsable(change, account.name);
  if (!(await passwords.matches(change.currentPassword, account.passwordHash)))
    throw new TankError('wrong_credentials');
  const changed = await accounts.changePassword(
    account.id,
    await passwords.hash(change.newPassword),
    account.epoch,
  );
  if (!changed) throw new TankError('unauthenticated');
  return issueToken(ports, { ...account, epoch: account.epoch + 1, mustChangePassword: false });
};

const assertUsable = ({ currentPassword, newPassword, language }: PasswordChange, name: string): void => {
  const fault =
    passwordFault(newPassword, name) ?? (newPassword === currentPassword ? 'unchanged' : undefined);
  if (!fault) return;
  throw new TankError(
    'invalid_request',
    {},
    { fields: [{ field: 'newPassword', problem: describePasswordFault(fault, language) }] },
  );
};
