import type { Role } from '../domain/permissions.ts';

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly passwordHash: string;
  /** Counts up when everything issued before must end: password change, sign-out everywhere. */
  readonly epoch: number;
  /** A one-time password must be replaced at the first sign-in. */
  readonly mustChangePassword: boolean;
  readonly createdAt: number;
}

export interface Accounts {
  byName(name: string): Promise<Account | undefined>;
  byId(id: string): Promise<Account | undefined>;
  list(): Promise<readonly Account[]>;
  /** False when the name is taken. */
  add(account: Account): Promise<boolean>;
  /** Ends every older token by raising the epoch, and the duty to change. False when the account has moved on from this epoch. */
  changePassword(id: string, passwordHash: string, epoch: number): Promise<boolean>;
  /** Remembers a token as ended until it would have expired anyway. */
  revokeToken(jti: string, expiresAt: number): Promise<void>;
  isRevoked(jti: string): Promise<boolean>;
}
