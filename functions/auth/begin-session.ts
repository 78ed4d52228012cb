import { makeCsrfToken } from '../../shared/domain/csrf-token.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { joinHalves } from '../../shared/domain/session-secret.ts';
import type { Account } from '../../shared/ports/accounts.ts';
import type { Session, SessionKind } from '../../shared/ports/sessions.ts';
import { SESSION_COOKIE, writeCookie } from '../../shared/wire/cookies.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';
import { recordEnd } from './record.ts';

/** E6: the oldest leaves when there are more. */
const MOST_SESSIONS = 5;

export interface SessionOrder {
  readonly account: Account;
  readonly kind: SessionKind;
  readonly secondFactor: boolean;
  /** A provider vouched, and the second factor of this account is still to come. */
  readonly unconfirmed?: true;
  readonly caller: Caller;
}

export interface SignedIn {
  readonly accessToken?: string;
  readonly refreshToken?: string;
  readonly csrfToken?: string;
  readonly tokenType: 'Bearer';
  readonly expiresIn: number;
  readonly mustChangePassword: boolean;
  readonly mustEnrolSecondFactor: boolean;
}

/** A cookie for a browser, tokens for a program. */
export const beginSession = async (
  ports: AuthPorts,
  order: SessionOrder,
  cookies: string[],
): Promise<SignedIn> => {
  const { account, kind, secondFactor, caller } = order;
  const { runtime, access, secretMaker } = ports;
  const now = runtime.clock.now();
  const lifetimeMs = kind === 'browser' ? access.sessions.absoluteMs : access.sessions.refreshMs;
  const session: Session = {
    id: runtime.id(),
    accountId: account.id,
    kind,
    epoch: account.epoch,
    address: caller.address,
    agent: caller.agent.slice(0, MOST_OF_AGENT),
    begunAt: now,
    seenAt: now,
    endsAt: now + lifetimeMs,
    confirmedAt: order.unconfirmed ? 0 : now,
    secondFactor,
  };
  const halves = { family: secretMaker.make(), proof: secretMaker.make() };
  const hashes = { family: secretMaker.hash(halves.family), proof: secretMaker.hash(halves.proof) };
  const left = await (await ports.sessions()).begin(session, hashes, MOST_SESSIONS);
  if (!left) throw new TankError('unauthenticated');
  for (const id of left) await recordEnd(ports, caller, { accountId: account.id, id, reason: 'too_many' });
  if (kind === 'program') return tokensFor(ports, account, session, joinHalves(halves));
  const maxAgeSeconds = Math.floor(lifetimeMs / 1000);
  cookies.push(writeCookie(SESSION_COOKIE, joinHalves(halves), { maxAgeSeconds }));
  return {
    ...dutiesOf(ports, account, session),
    csrfToken: await csrfTokenOf(ports, session.id),
    expiresIn: maxAgeSeconds,
  };
};

const MOST_OF_AGENT = 300;

export const tokensFor = async (
  ports: AuthPorts,
  account: Account,
  session: Session,
  refreshToken: string,
): Promise<SignedIn> => {
  const tokens = await ports.tokens();
  const claims = { subject: account.id, epoch: account.epoch, sessionId: session.id };
  const { token, lifetimeSeconds } = await tokens.issue(claims);
  return {
    ...dutiesOf(ports, account, session),
    accessToken: token,
    refreshToken,
    expiresIn: lifetimeSeconds,
  };
};

export const csrfTokenOf = async (ports: AuthPorts, sessionId: string): Promise<string> => {
  const hasher = await (await ports.vault()).hasher();
  return makeCsrfToken(sessionId, ports.secretMaker.make(), ports.runtime.clock.now(), (value) =>
    hasher('csrf', value),
  );
};

const dutiesOf = ({ access }: AuthPorts, account: Account, session: Session) => ({
  tokenType: 'Bearer' as const,
  mustChangePassword: account.mustChangePassword,
  mustEnrolSecondFactor: access.ownerSecondFactor && account.role === 'owner' && !session.secondFactor,
});
