import { TankError } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import { assessRisk } from '../../shared/domain/session-risk.ts';
import { joinHalves, splitHalves } from '../../shared/domain/session-secret.ts';
import { deviceLabel } from '../../shared/domain/user-agent.ts';
import type { Account } from '../../shared/ports/accounts.ts';
import type { FoundSession } from '../../shared/ports/sessions.ts';
import { dropCookie, SESSION_COOKIE } from '../../shared/wire/cookies.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';
import { type SignedIn, tokensFor } from './begin-session.ts';
import { prove } from './prove.ts';
import { record, recordEnd } from './record.ts';
import { checkCode, demandPassword } from './second-factor.ts';

/** Good for one use: who brings a token that was used before has stolen it, or was stolen from, and all of its family ends. */
export const refresh = async (ports: AuthPorts, token: string, caller: Caller): Promise<SignedIn> => {
  const halves = splitHalves(token);
  const { make, hash } = ports.secretMaker;
  const sessions = await ports.sessions();
  const found = halves && (await sessions.byFamily(hash(halves.family)));
  if (!found || !isUsable(ports, found)) throw new TankError('unauthenticated');
  const { session, account } = found;
  const now = ports.runtime.clock.now();
  const proof = make();
  if (!(await sessions.rotate(session.id, hash(halves.proof), hash(proof), now))) {
    await endFamily(ports, found, caller);
    throw new TankError('unauthenticated');
  }
  await refuseRisk(ports, found, caller);
  await record(ports, caller, {
    event: 'token.refreshed',
    outcome: 'done',
    actor: account.id,
    subject: session.id,
  });
  return tokensFor(ports, account, session, joinHalves({ family: halves.family, proof }));
};

const isUsable = ({ runtime }: AuthPorts, { session, ended }: FoundSession): boolean =>
  !ended && session.kind === 'program' && runtime.clock.now() < session.endsAt;

const endFamily = async (
  ports: AuthPorts,
  { session, account }: FoundSession,
  caller: Caller,
): Promise<void> => {
  const ended = await (await ports.sessions()).end(
    session.id,
    account.id,
    'reused',
    ports.runtime.clock.now(),
  );
  if (!ended) return;
  await (await ports.signals()).note('token_reuse', caller.address);
  await record(ports, caller, {
    event: 'token.reused',
    outcome: 'refused',
    actor: account.id,
    subject: session.id,
  });
  await (await ports.alerts()).raise({ kind: 'refresh_token_reused', about: account.id });
};

/** A program that comes from elsewhere signs in again; as another program it is none. */
const refuseRisk = async (
  ports: AuthPorts,
  { session, account }: FoundSession,
  caller: Caller,
): Promise<void> => {
  const now = ports.runtime.clock.now();
  const facts = { ...session, idleMs: ports.access.sessions.refreshMs };
  const { act } = assessRisk(facts, { address: caller.address, agent: caller.agent, now });
  if (act === 'none' || act === 'confirm_sensitive') return;
  if (act === 'end' && (await (await ports.sessions()).end(session.id, account.id, 'risk', now)))
    await recordEnd(ports, caller, { accountId: account.id, id: session.id, reason: 'risk' });
  throw new TankError('sign_in_again');
};

export const listSessions = async (ports: AuthPorts, { id, sessionId }: Principal) => {
  const sessions = await (await ports.sessions()).ofAccount(id, ports.runtime.clock.now());
  return {
    items: sessions.map((session) => ({
      id: session.id,
      kind: session.kind,
      device: deviceLabel(session.agent),
      address: session.address,
      begunAt: new Date(session.begunAt).toISOString(),
      seenAt: new Date(session.seenAt).toISOString(),
      endsAt: new Date(session.endsAt).toISOString(),
      current: session.id === sessionId,
    })),
    nextCursor: null,
  };
};

export const endSession = async (
  ports: AuthPorts,
  principal: Principal,
  id: string,
  caller: Caller,
): Promise<void> => {
  const ended = await (await ports.sessions()).end(id, principal.id, 'revoked', ports.runtime.clock.now());
  if (!ended) throw new TankError('not_found', { what: 'session' });
  await recordEnd(ports, caller, { accountId: principal.id, id, reason: 'revoked' });
};

export const signOut = async (
  ports: AuthPorts,
  { id, token, sessionId }: Principal,
  caller: Caller,
  setCookies: string[],
): Promise<void> => {
  if (token) await (await ports.accounts()).revokeToken(token.id, token.expiresAt);
  if (sessionId) await (await ports.sessions()).end(sessionId, id, 'signed_out', ports.runtime.clock.now());
  setCookies.push(dropCookie(SESSION_COOKIE));
  await record(ports, caller, { event: 'sign-out', outcome: 'done', actor: id });
};

export const signOutEverywhere = async (
  ports: AuthPorts,
  { id }: Principal,
  caller: Caller,
  setCookies: string[],
): Promise<void> => {
  await (await ports.accounts()).endEverything(id);
  setCookies.push(dropCookie(SESSION_COOKIE));
  await record(ports, caller, { event: 'sign-out', outcome: 'done', actor: id, facts: { everywhere: 1 } });
};

interface Proof {
  readonly password?: string | undefined;
  readonly code?: string | undefined;
}

/** With the password, and with the second factor where there is one; of those who have no password that alone. */
export const confirmSession = async (
  ports: AuthPorts,
  account: Account,
  sessionId: string | undefined,
  { password, code }: Proof,
  caller: Caller,
): Promise<void> => {
  if (!sessionId) throw new TankError('not_found', { what: 'session' });
  const verdict = await prove(ports, account, async () => {
    if (password !== undefined) await demandPassword(ports, account, password);
    const found = await checkCode(ports, account, code);
    if (found === 'missing') throw new TankError('second_factor_required');
    if (found === 'wrong' || (found === 'none' && password === undefined))
      throw new TankError('wrong_credentials');
    return found;
  });
  const at = ports.runtime.clock.now();
  await (await ports.sessions()).confirm(sessionId, { ...caller, at, secondFactor: verdict === 'right' });
  await record(ports, caller, {
    event: 'session.confirmed',
    outcome: 'done',
    actor: account.id,
    subject: sessionId,
  });
};
