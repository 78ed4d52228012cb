import type { Account } from './accounts.ts';

/** browser: a cookie · program: an access token and a refresh token that changes at each use. */
export type SessionKind = 'browser' | 'program';

export interface Session {
  readonly id: string;
  readonly accountId: string;
  readonly kind: SessionKind;
  /** Of the account when it began; another one ends it. */
  readonly epoch: number;
  /** From where, and with what, somebody last proved who he is. */
  readonly address: string;
  readonly agent: string;
  readonly begunAt: number;
  readonly seenAt: number;
  readonly endsAt: number;
  readonly confirmedAt: number;
  readonly secondFactor: boolean;
}

/** Two hashes of two random halves: one finds the session, the other proves it and changes. */
export interface SessionSecret {
  readonly family: string;
  readonly proof: string;
}

export interface Present {
  readonly account: Account;
  readonly session?: Session;
}

export interface FoundSession {
  readonly account: Account;
  readonly session: Session;
  readonly proof: string;
  readonly ended: boolean;
}

export interface Sessions {
  /**
   * Of more than `most` the oldest leave, in the same step: their ids. Undefined: the account has moved on from
   * this epoch, and nothing has begun.
   */
  begin(session: Session, secret: SessionSecret, most: number): Promise<readonly string[] | undefined>;
  /** By the account of an access token, its session if it has one, and unless one of the three has ended. */
  present(claims: {
    readonly accountId: string;
    readonly tokenId: string;
    readonly sessionId?: string;
  }): Promise<Present | undefined>;
  byFamily(family: string): Promise<FoundSession | undefined>;
  /** Of many at once with the same proof, one is told true. */
  rotate(id: string, from: string, to: string, at: number): Promise<boolean>;
  seen(id: string, at: number): Promise<void>;
  /** Somebody proved who he is, here and now. */
  confirm(
    id: string,
    proof: {
      readonly address: string;
      readonly agent: string;
      readonly at: number;
      readonly secondFactor: boolean;
    },
  ): Promise<void>;
  /** Those that have not ended, newest first. */
  ofAccount(accountId: string, now: number): Promise<readonly Session[]>;
  /** False: it is not there, not of this account, or ended before. */
  end(id: string, accountId: string, reason: string, at: number): Promise<boolean>;
}
