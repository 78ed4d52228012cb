import type { AuthPorts } from './auth-ports.ts';
import { newAccount } from './users.ts';

export interface FirstAdministrator {
  readonly name: string;
  /** Shown once, to be replaced at the first sign-in; null: there is somebody already. */
  readonly password: string | null;
}

const NAME = 'admin';

/** Only where nobody is there yet; of two processes that start at once, one creates it. */
export const createFirstAdministrator = async (ports: AuthPorts): Promise<FirstAdministrator> => {
  const [accounts, passwords] = await Promise.all([ports.accounts(), ports.passwords()]);
  if ((await accounts.list({ limit: 1 })).length > 0) return { name: NAME, password: null };
  const password = passwords.generate();
  const user = { name: NAME, role: 'owner', organisations: [], addressRanges: [] } as const;
  const proof = { passwordHash: await passwords.hash(password), mustChangePassword: true };
  const added = await accounts.add(newAccount(ports, user, proof));
  return { name: NAME, password: added ? password : null };
};
