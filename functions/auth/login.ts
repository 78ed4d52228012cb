import { TankError } from '../../shared/domain/errors.ts';
import type { Account } from '../../shared/ports/accounts.ts';
import type { AuthPorts } from './auth-ports.ts';

interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** One answer, after one hash, for an unknown name and for a wrong password. */
export const login = async (ports: AuthPorts, { name, password }: Credentials) => {
  const [accounts, passwords] = await Promise.all([ports.accounts(), ports.passwords()]);
  const account = await accounts.byName(name);
  const matches = await passwords.matches(password, account?.passwordHash);
  if (!account || !matches) throw new TankError('wrong_credentials');
  return issueToken(ports, account);
};

export const issueToken = async (
  ports: AuthPorts,
  account: Pick<Account, 'id' | 'epoch' | 'mustChangePassword'>,
) => {
  const tokens = await ports.tokens();
  const { token, lifetimeSeconds } = await tokens.issue({ subject: account.id, epoch: account.epoch });
  return {
    accessToken: token,
    tokenType: 'Bearer' as const,
    expiresIn: lifetimeSeconds,
    mustChangePassword: account.mustChangePassword,
  };
};
