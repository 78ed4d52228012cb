import { TankError } from '../domain/errors.ts';
import type { Principal } from '../domain/permissions.ts';
import { type AccessClaims, OS_SUBJECT } from '../ports/identity.ts';
import { type ChainPorts, type HttpMiddleware, routeOf } from './call.ts';

const BEARER = /^Bearer ([\w.~+/-]{1,4096}=*)$/i;

/** A bearer token becomes a principal. The account is read at each request, so a role or an ended token acts on the next one. */
export const authenticate = (ports: ChainPorts): HttpMiddleware => ({
  before: async ({ event, context }) => {
    if (routeOf(context.call).route.permission === 'public') return;
    const token = BEARER.exec(event.headers?.authorization ?? '')?.[1];
    if (!token) throw new TankError('unauthenticated');
    const tokens = await ports.tokens();
    context.call.principal = await principalOf(await tokens.verify(token), ports);
  },
});

const principalOf = async (claims: AccessClaims, ports: ChainPorts): Promise<Principal> => {
  const accounts = await ports.accounts();
  const token = { tokenId: claims.tokenId, tokenExpiresAt: claims.expiresAt };
  if (await accounts.isRevoked(claims.tokenId)) throw new TankError('unauthenticated');
  if (claims.subject.startsWith(OS_SUBJECT)) {
    return { id: claims.subject, name: claims.subject, role: 'owner', mustChangePassword: false, ...token };
  }
  const account = await accounts.byId(claims.subject);
  if (!account || account.epoch !== claims.epoch) throw new TankError('unauthenticated');
  const { id, name, role, mustChangePassword } = account;
  return { id, name, role, mustChangePassword, ...token };
};
