import type { AuthPorts } from './auth-ports.ts';

export interface FirstAdministrator {
  readonly name: string;
  /** Shown once; the first sign-in must replace it. */
  readonly password: string;
}

const NAME = 'admin';

/** Only where nobody is there yet; of two processes that start at once, one creates it. */
export const createFirstAdministrator = async (ports: AuthPorts): Promise<FirstAdministrator | undefined> => {
  const [accounts, passwords] = await Promise.all([ports.accounts(), ports.passwords()]);
  if ((await accounts.list()).length > 0) return undefined;
  const password = passwords.generate();
  const added = await accounts.add({
    id: ports.runtime.id(),
    name: NAME,
    role: 'owner',
    passwordHash: await passwords.hash(password),
    epoch: 1,
    mustChangePassword: true,
    createdAt: ports.runtime.clock.now(),
  });
  return added ? { name: NAME, password } : undefined;
};
