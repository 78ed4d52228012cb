import { type Language, TankError } from '../../shared/domain/errors.ts';
import { describePasswordFault, passwordFault } from '../../shared/domain/password-rule.ts';
import type { SessionKind } from '../../shared/ports/sessions.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { prove } from './prove.ts';
import { recordFirst } from './record.ts';
import { demandPassword } from './second-factor.ts';

interface PasswordChange {
  readonly accountId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly language: Language;
  readonly kind: SessionKind;
  readonly caller: Caller;
}

/** Every older session and token ends, so the reply brings a fresh one. */
export const changePassword = async (
  ports: AuthPorts,
  change: PasswordChange,
  setCookies: string[],
): Promise<SignedIn> => {
  const { currentPassword, newPassword, caller, kind } = change;
  const [accounts, passwords] = await Promise.all([ports.accounts(), ports.passwords()]);
  const account = await accounts.byId(change.accountId);
  if (!account) throw new TankError('forbidden');
  assertGoodPassword(newPassword, account.name, change.language, 'newPassword', currentPassword);
  await prove(ports, account, () => demandPassword(ports, account, currentPassword));
  await recordFirst(ports, caller, { event: 'password.changed', actor: account.id });
  const hash = await passwords.hash(newPassword);
  if (!(await accounts.changePassword(account.id, hash, account.epoch)))
    throw new TankError('unauthenticated');
  const changed = { ...account, epoch: account.epoch + 1, mustChangePassword: false };
  const factor = await (await ports.secondFactors()).find(account.id);
  // Whoever has one has given it to get here.
  const order = { account: changed, kind, secondFactor: factor?.confirmed === true, caller };
  return beginSession(ports, order, setCookies);
};

export const assertGoodPassword = (
  password: string,
  name: string,
  language: Language,
  field: string,
  before?: string,
): void => {
  const fault = passwordFault(password, name) ?? (password === before ? 'unchanged' : undefined);
  if (!fault) return;
  throw new TankError(
    'invalid_request',
    {},
    { fields: [{ field, problem: describePasswordFault(fault, language) }] },
  );
};
