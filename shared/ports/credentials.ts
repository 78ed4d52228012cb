import type { Provider } from '../domain/access-rules.ts';
import type { Role } from '../domain/permissions.ts';
import type { Account } from './accounts.ts';

/** A token for a program, for ever the same until it expires or is revoked. */
export interface ApiToken {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  /** `resource:action`, within what the account's role may. */
  readonly scopes: readonly string[];
  readonly addressRanges: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly seenAt?: number;
}

export interface ApiTokens {
  add(token: ApiToken, secretHash: string): Promise<void>;
  /** Unless it expired, was revoked, or its account may not be used. */
  present(
    secretHash: string,
    now: number,
  ): Promise<{ readonly token: ApiToken; readonly account: Account } | undefined>;
  seen(id: string, at: number): Promise<void>;
  ofAccount(accountId: string): Promise<readonly ApiToken[]>;
  revoke(id: string, accountId: string): Promise<boolean>;
}

export interface Invitation {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly role: Role;
  readonly organisations: readonly string[];
  readonly addressRanges: readonly string[];
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface Invitations {
  add(invitation: Invitation, secretHash: string): Promise<void>;
  open(now: number): Promise<readonly Invitation[]>;
  bySecret(secretHash: string, now: number): Promise<Invitation | undefined>;
  /** The invitation is used up and the account there, or neither. False: used, revoked, or the name is taken. */
  accept(id: string, account: Account): Promise<boolean>;
  revoke(id: string): Promise<boolean>;
}

/** The second factor of an account: a secret that lies encrypted, and the step whose code was used last. */
export interface SecondFactor {
  readonly secret: Uint8Array;
  readonly confirmed: boolean;
}

export interface SecondFactors {
  find(accountId: string): Promise<SecondFactor | undefined>;
  /** Replaces one that was not confirmed; false: there is a confirmed one. */
  propose(accountId: string, secret: Uint8Array): Promise<boolean>;
  confirm(accountId: string, step: number, recoveryHashes: readonly string[]): Promise<boolean>;
  /** A code counts once: false for a step that is not after the last one. */
  useStep(accountId: string, step: number): Promise<boolean>;
  useRecoveryCode(accountId: string, hash: string, at: number): Promise<boolean>;
  recoveryCodesLeft(accountId: string): Promise<number>;
  remove(accountId: string): Promise<boolean>;
}

/** Browsers that somebody has signed in with: they go on working while others guess at the account. */
export interface Devices {
  add(
    device: { readonly id: string; readonly accountId: string; readonly at: number },
    secretHash: string,
  ): Promise<void>;
  find(secretHash: string): Promise<{ readonly id: string; readonly accountId: string } | undefined>;
}

export interface SignInLock {
  /** What is locked: a name at an address, or a device. */
  readonly id: string;
  readonly nameHash: string;
  readonly address: string;
  readonly until: number;
}

export interface SignInLocks {
  find(id: string, now: number): Promise<SignInLock | undefined>;
  /** False: it was locked already. */
  add(lock: SignInLock, now: number): Promise<boolean>;
  ofName(nameHash: string, now: number): Promise<readonly SignInLock[]>;
  list(now: number): Promise<readonly SignInLock[]>;
  /** Those of a name, which are gone then. */
  lift(nameHash: string): Promise<readonly SignInLock[]>;
}

/** What a sign-in by a provider remembers between leaving and coming back. */
export interface Departure {
  readonly provider: Provider;
  readonly nonce: string;
  readonly verifier: string;
  /** Ties it to the browser that left. */
  readonly bindingHash: string;
  readonly expiresAt: number;
}

export interface Federation {
  depart(stateHash: string, departure: Departure): Promise<void>;
  /** Once: the second to ask finds nothing. */
  comeBack(stateHash: string, now: number): Promise<Departure | undefined>;
  accountOf(provider: Provider, subject: string): Promise<Account | undefined>;
  /** False: this identity belongs to somebody. */
  link(provider: Provider, subject: string, accountId: string): Promise<boolean>;
}
