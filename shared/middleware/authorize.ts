import { TankError } from '../domain/errors.ts';
import { isAllowed, type Principal } from '../domain/permissions.ts';
import type { Permission } from '../wire/api.ts';
import { type HttpMiddleware, routeOf } from './call.ts';

/** Deny by default: a route opens to nobody, to anybody signed in, or to the roles that hold its permission. */
export const authorize = (): HttpMiddleware => ({
  before: ({ context: { call } }) => {
    assertAllowed(routeOf(call).route.permission, call.principal);
  },
});

const assertAllowed = (permission: Permission, principal: Principal | undefined): void => {
  if (permission === 'public') return;
  if (!principal) throw new TankError('unauthenticated');
  if (permission === 'token') return;
  if (principal.mustChangePassword) throw new TankError('password_change_required');
  if (!isAllowed(principal.role, permission)) throw new TankError('forbidden');
};
