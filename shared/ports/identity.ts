import type { Provider } from '../domain/access-rules.ts';

/** Hashes of passwords: slow on purpose, and never more at once than the machine's memory allows. */
export interface Passwords {
  /** Throws too_many_requests when too many are waiting already: before anything else is done for one more. */
  demandRoom(): void;
  /** Throws too_many_requests when too many are waiting already. */
  hash(password: string): Promise<string>;
  /** Takes as long without a hash as with one: whether the account exists does not show. */
  matches(password: string, hash: string | undefined): Promise<boolean>;
  /** A one-time password that a person can type. */
  generate(): string;
}

/** A puzzle that a person solves and a tool hardly does; some provider's. */
export interface Captcha {
  /** False also when the provider cannot be asked: sign-in stays shut for those who have failed before. */
  solved(answer: string, address: string): Promise<boolean>;
}

export interface AccessClaims {
  /** Id of an account, or `os:<user>`. */
  readonly subject: string;
  /** The account's epoch when the token was made. */
  readonly epoch: number;
  readonly tokenId: string;
  readonly expiresAt: number;
  /** None: it stands by itself, as those of the machine's administrator do. */
  readonly sessionId?: string;
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
  issue(claims: Pick<AccessClaims, 'subject' | 'epoch' | 'sessionId'>): Promise<AccessToken>;
  /** Throws unauthenticated, whatever is wrong with it. */
  verify(token: string): Promise<AccessClaims>;
  publicKeys(): Promise<readonly PublicKey[]>;
}

/** Random secrets that are shown once, and the hashes by which they are known again. */
export interface SecretMaker {
  /** HMAC-SHA256 in hexadecimal: whoever has the secret can tell that we said so. */
  sign(secret: string, text: string): string;
  /** 32 random bytes: 43 characters of base64url. */
  make(): string;
  hash(secret: string): string;
}

/** The codes of a second factor, which change every 30 seconds (RFC 6238). */
export interface OneTimeCodes {
  newSecret(): Uint8Array;
  /** What a QR code shows to an authenticator. */
  uri(account: string, secret: Uint8Array): string;
  /** The same for a person to type. */
  legible(secret: Uint8Array): string;
  /** The step of time that this code belongs to; undefined: it is not right now. */
  stepOf(code: string, secret: Uint8Array, now: number): number | undefined;
  newRecoveryCodes(): readonly string[];
}

export interface Departing {
  /** Where the browser is sent. */
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What a provider says about somebody. */
export interface Vouched {
  readonly subject: string;
  /** Only one that the provider has verified. */
  readonly email?: string;
}

/** Sign-in by others: OpenID Connect, and GitHub, which speaks OAuth 2. */
export interface Providers {
  leave(provider: Provider, redirectUri: string): Promise<Departing>;
  /** Exchanges the code; throws provider_refused when anything about the answer is not right. */
  comeBack(
    provider: Provider,
    callbackUrl: string,
    departing: Pick<Departing, 'state' | 'nonce' | 'verifier'>,
  ): Promise<Vouched>;
}

/** Subjects of tokens that stand for the machine's own administrator; no account id looks like this. */
export const OS_SUBJECT = 'os:';
