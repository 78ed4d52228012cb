import type { AuthPorts } from './auth-ports.ts';

export interface FirstAdministrator {
  readonly name: string;
  /** Shown once, to be replaced at the first sign-in; null: there is somebody already. */
  readonly password: string | null;
}

const NAME = 'admin';

/** Only where nobody is there yet; of two processes that start at once, one creates it. */
export const createFirstAdministrator = async (ports: AuthPorts): Promise<FirstAdministrator> => {
  const [accounts, passwords] = await Promise.all([ports.accounts(), ports.passwords()]);
  if ((await accounts.list()).length > 0) return { name: NAME, password: null };
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
  return { name: NAME, password: added ? password : null };
};
