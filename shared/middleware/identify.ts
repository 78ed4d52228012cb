import { TankError, toTankError } from '../domain/errors.ts';
import { API_TOKEN_PREFIX } from '../domain/session-secret.ts';
import { isOpen } from '../wire/api.ts';
import { readCookie, SESSION_COOKIE } from '../wire/cookies.ts';
import type { ChainPorts, Credential, HttpEvent, HttpMiddleware } from './call.ts';

const BEARER = /^Bearer ([\w.~+/-]{1,4096}=*)$/i;

/** Looks at what the caller shows, without asking the store: who it is said to be is what the limits count. */
export const identify = (ports: ChainPorts): HttpMiddleware => ({
  before: async ({ event, context: { call } }) => {
    if (call.match && !isOpen(call.match.route)) call.credential = await credentialOf(event, ports);
  },
});

const refused: Credential = { kind: 'refused', fault: new TankError('unauthenticated') };

/** A header is meant by a program, so it goes before a cookie, which a browser adds by itself. */
const credentialOf = async ({ headers, cookies }: HttpEvent, ports: ChainPorts): Promise<Credential> => {
  const authorization = headers?.authorization;
  if (authorization === undefined) {
    const secret = readCookie(cookies, SESSION_COOKIE);
    return secret ? { kind: 'cookie', secret } : refused;
  }
  const token = BEARER.exec(authorization)?.[1];
  if (!token) return refused;
  if (token.startsWith(API_TOKEN_PREFIX)) return { kind: 'api-token', secret: token };
  try {
    return { kind: 'access', claims: await (await ports.tokens()).verify(token) };
  } catch (thrown) {
    return { kind: 'refused', fault: toTankError(thrown) };
  }
};
