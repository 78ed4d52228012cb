import { TankError } from '../domain/errors.ts';
import { mayDo, type Principal } from '../domain/permissions.ts';
import { isOpen, type Route } from '../wire/api.ts';
import { type HttpMiddleware, routeOf } from './call.ts';

/** Deny by default: a route opens to nobody, to anybody signed in, or to the roles that hold its permission. */
export const authorize = (): HttpMiddleware => ({
  before: ({ context: { call } }) => {
    assertAllowed(routeOf(call).route, call.principal);
  },
});

const assertAllowed = (route: Route, principal: Principal | undefined): void => {
  const { permission } = route;
  if (isOpen(route)) return;
  if (!principal) throw new TankError('unauthenticated');
  // Who has stolen an API token must not get at the account with it.
  if (permission === 'session' && principal.via === 'api-token') throw new TankError('forbidden');
  if (permission === 'token' || (permission === 'session' && route.duringSetup)) return;
  if (principal.mustChangePassword) throw new TankError('password_change_required');
  if (principal.mustEnrol) throw new TankError('second_factor_enrolment_required');
  if (permission !== 'session' && !mayDo(principal, permission)) throw new TankError('forbidden');
};
