import { isInRanges, parseRange } from '../domain/address-range.ts';
import { TankError } from '../domain/errors.ts';
import { organisationsOf, type Principal } from '../domain/permissions.ts';
import { splitHalves } from '../domain/session-secret.ts';
import type { Account } from '../ports/accounts.ts';
import { type AccessClaims, OS_SUBJECT } from '../ports/identity.ts';
import type { Session } from '../ports/sessions.ts';
import { isOpen } from '../wire/api.ts';
import {
  type Call,
  type ChainPorts,
  type Credential,
  type HttpEvent,
  type HttpMiddleware,
  routeOf,
} from './call.ts';
import { checkSession } from './check-session.ts';

/** A credential becomes a principal. The account is read at each request, so a role or an ended session acts on the next one. */
export const authenticate = (ports: ChainPorts): HttpMiddleware => ({
  before: async ({ event, context: { call } }) => {
    if (isOpen(routeOf(call).route)) return;
    call.principal = await principalOf(call, event, ports);
  },
});

const principalOf = (call: Call, event: HttpEvent, ports: ChainPorts): Promise<Principal> => {
  const credential: Credential = call.credential ?? {
    kind: 'refused',
    fault: new TankError('unauthenticated'),
  };
  switch (credential.kind) {
    case 'access':
      return ofAccessToken(credential.claims, call, event, ports);
    case 'cookie':
      return ofCookie(credential.secret, call, event, ports);
    case 'api-token':
      return ofApiToken(credential.secret, call, ports);
    case 'refused':
      throw credential.fault;
  }
};

const ofAccessToken = async (
  claims: AccessClaims,
  call: Call,
  event: HttpEvent,
  ports: ChainPorts,
): Promise<Principal> => {
  const { subject, tokenId, expiresAt, sessionId } = claims;
  const token = { id: tokenId, expiresAt };
  if (subject.startsWith(OS_SUBJECT)) return operatingSystem(subject, token);
  const present = await (await ports.sessions()).present({
    accountId: subject,
    tokenId,
    ...(sessionId !== undefined && { sessionId }),
  });
  if (present?.account.epoch !== claims.epoch) throw new TankError('unauthenticated');
  if (present.session) await checkSession(present.session, call, event, ports);
  return { ...toPrincipal(present.account, call, ports, present.session), token };
};

const ofCookie = async (
  secret: string,
  call: Call,
  event: HttpEvent,
  ports: ChainPorts,
): Promise<Principal> => {
  const halves = splitHalves(secret);
  const { hash } = ports.secretMaker;
  const found = halves && (await (await ports.sessions()).byFamily(hash(halves.family)));
  const isRight =
    found && !found.ended && found.session.kind === 'browser' && found.proof === hash(halves.proof);
  if (!isRight) throw new TankError('unauthenticated');
  await checkSession(found.session, call, event, ports);
  return toPrincipal(found.account, call, ports, found.session);
};

/** How exactly an API token's last use is known. */
const SEEN_EVERY_MS = 60_000;

const ofApiToken = async (secret: string, call: Call, ports: ChainPorts): Promise<Principal> => {
  const now = ports.runtime.clock.now();
  const apiTokens = await ports.apiTokens();
  const present = await apiTokens.present(ports.secretMaker.hash(secret), now);
  if (!present) throw new TankError('unauthenticated');
  const { token, account } = present;
  assertAddress(token.addressRanges, call);
  if (now - (token.seenAt ?? 0) > SEEN_EVERY_MS) await apiTokens.seen(token.id, now);
  return { ...toPrincipal(account, call, ports), via: 'api-token', scopes: token.scopes, mustEnrol: false };
};

const operatingSystem = (
  subject: string,
  token: { readonly id: string; readonly expiresAt: number },
): Principal => ({
  id: subject,
  name: subject,
  role: 'owner',
  organisations: 'all',
  via: 'token',
  token,
  mustChangePassword: false,
  mustEnrol: false,
});

const toPrincipal = (account: Account, call: Call, { access }: ChainPorts, session?: Session): Principal => {
  const { id, name, role, organisations, mustChangePassword } = account;
  assertAddress(account.addressRanges, call);
  return {
    id,
    name,
    role,
    organisations: organisationsOf(role, organisations),
    mustChangePassword,
    via: session ? 'session' : 'token',
    ...(session && { sessionId: session.id }),
    mustEnrol: access.ownerSecondFactor && role === 'owner' && session?.secondFactor === false,
  };
};

const assertAddress = (ranges: readonly string[], { address }: Call): void => {
  if (
    ranges.length > 0 &&
    !isInRanges(
      address,
      ranges.flatMap((range) => parseRange(range) ?? []),
    )
  )
    throw new TankError('forbidden');
};
