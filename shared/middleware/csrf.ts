import { isCsrfToken } from '../domain/csrf-token.ts';
import { TankError } from '../domain/errors.ts';
import { isOwnOrigin } from '../domain/own-origin.ts';
import { type ChainPorts, type HttpMiddleware, routeOf } from './call.ts';

const HARMLESS = ['GET', 'HEAD'];

/** A browser adds its cookie to whatever any page sends; what changes something must come from a page of ours. */
export const csrf = (ports: ChainPorts): HttpMiddleware => ({
  before: async ({ event, context: { call } }) => {
    if (call.credential?.kind !== 'cookie' || HARMLESS.includes(routeOf(call).route.method)) return;
    if (!isOwnOrigin(event.headers, ports.access)) throw new TankError('csrf_refused');
    const hasher = await (await ports.vault()).hasher();
    const token = event.headers?.['x-csrf-token'] ?? '';
    const sessionId = call.principal?.sessionId ?? '';
    if (!isCsrfToken(token, sessionId, ports.runtime.clock.now(), (value) => hasher('csrf', value)))
      throw new TankError('csrf_refused');
  },
});
