/** Hashes of passwords: slow on purpose, and never more at once than the machine's memory allows. */
export interface Passwords {
  /** Throws too_many_requests when too many are waiting already. */
  hash(password: string): Promise<string>;
  /** Takes as long without a hash as with one: whether the account exists does not show. */
  matches(password: string, hash: string | undefined): Promise<boolean>;
  /** A one-time password that a person can type. */
  generate(): string;
}

export interface AccessClaims {
  /** Id of an account, or `os:<user>`. */
  readonly subject: string;
  /** The account's epoch when the token was made. */
  readonly epoch: number;
  readonly tokenId: string;
  readonly expiresAt: number;
}

interface AccessToken {
  readonly token: string;
  readonly lifetimeSeconds: number;
}

export interface PublicKey {
  readonly kid: string;
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** Access tokens: short-lived, signed, checked without asking anybody; whether they were ended is asked of Accounts. */
export interface Tokens {
  issue(claims: Pick<AccessClaims, 'subject' | 'epoch'>): Promise<AccessToken>;
  /** Throws unauthenticated, whatever is wrong with it. */
  verify(token: string): Promise<AccessClaims>;
  publicKeys(): Promise<readonly PublicKey[]>;
}

/** Subjects of tokens that stand for the machine's own administrator; no account id looks like this. */
export const OS_SUBJECT = 'os:';
