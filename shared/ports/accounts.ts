import type { Role } from '../domain/permissions.ts';

export interface Account {
  readonly id: string;
  readonly name: string;
  /** For sign-in by a provider, in lower case. */
  readonly email?: string;
  readonly role: Role;
  /** Of operators and viewers; `*` are all. */
  readonly organisations: readonly string[];
  /** Where it may be used from; none: everywhere. */
  readonly addressRanges: readonly string[];
  /** None: it signs in by a provider only. */
  readonly passwordHash?: string;
  /** Counts up when everything issued before must end: password change, sign-out everywhere. */
  readonly epoch: number;
  /** A one-time password must be replaced at the first sign-in. */
  readonly mustChangePassword: boolean;
  readonly disabledAt?: number;
  readonly createdAt: number;
}

export interface AccountChange {
  readonly email?: string | null;
  readonly role?: Role;
  readonly organisations?: readonly string[];
  readonly addressRanges?: readonly string[];
  /** A moment, or null for an account that may be used again. */
  readonly disabledAt?: number | null;
}

export interface Accounts {
  byName(name: string): Promise<Account | undefined>;
  byId(id: string): Promise<Account | undefined>;
  byEmail(email: string): Promise<Account | undefined>;
  /** By name. */
  list(page?: { readonly limit: number; readonly after?: string }): Promise<readonly Account[]>;
  /** False when the name or the mail address is taken. */
  add(account: Account): Promise<boolean>;
  /** False: no such account. Throws a UniqueViolation for a mail address that is taken. */
  change(id: string, change: AccountChange): Promise<boolean>;
  /** With everything that belongs to it. False: the last owner stays, or there is none of this id. */
  remove(id: string): Promise<boolean>;
  /** Ends every older token by raising the epoch, and the duty to change. False when the account has moved on from this epoch. */
  changePassword(id: string, passwordHash: string, epoch: number, mustChange?: boolean): Promise<boolean>;
  /** Ends every token and session there is. */
  endEverything(id: string): Promise<boolean>;
  /** Remembers a token as ended until it would have expired anyway. */
  revokeToken(jti: string, expiresAt: number): Promise<void>;
  isRevoked(jti: string): Promise<boolean>;
}
