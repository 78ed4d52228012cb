import { TankError } from '../../shared/domain/errors.ts';
import { GRANTS, type Principal, ROLES } from '../../shared/domain/permissions.ts';
import type { HttpEvent } from '../../shared/middleware/call.ts';
import { httpChain } from '../../shared/middleware/http-chain.ts';
import type { Account } from '../../shared/ports/accounts.ts';
import { authApi } from '../../shared/wire/auth-api.ts';
import { securityApi } from '../../shared/wire/security-api.ts';
import { usersApi } from '../../shared/wire/users-api.ts';
import { listApiTokens, makeApiToken, revokeApiToken } from './api-tokens.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';
import { csrfTokenOf } from './begin-session.ts';
import { changePassword } from './change-password.ts';
import { createFirstAdministrator } from './create-first-administrator.ts';
import { comeBackFrom, departTo } from './federation.ts';
import { acceptInvitation, invite, listInvitations, revokeInvitation } from './invitations.ts';
import { confirmEnrolment, enrol, removeSecondFactor } from './second-factor.ts';
import { listAudit, securityPage, verifyAudit } from './security.ts';
import { confirmSession, endSession, listSessions, refresh, signOut, signOutEverywhere } from './sessions.ts';
import { signIn } from './sign-in.ts';
import {
  addUser,
  changeUser,
  endUserSessions,
  getUser,
  listUsers,
  removeUser,
  resetPassword,
  resetSecondFactor,
  unlockUser,
} from './users.ts';

const api = { ...authApi, ...usersApi, ...securityApi };

export const createAuthHandler = (ports: AuthPorts) =>
  httpChain(
    api,
    {
      login: (request) =>
        signIn(
          ports,
          {
            ...request.body,
            caller: callerOf(request),
            cookies: request.event.cookies,
            headers: request.event.headers,
          },
          request.extras.cookies,
        ),
      refresh: (request) => refresh(ports, request.body.refreshToken, callerOf(request)),
      me: async ({ principal }) => describePrincipal(principal),
      csrf: async ({ principal }) => ({ csrfToken: await csrfTokenOf(ports, principal.sessionId ?? '') }),
      logout: (request) => signOut(ports, request.principal, callerOf(request), request.extras.cookies),
      logoutEverywhere: (request) =>
        signOutEverywhere(ports, request.principal, callerOf(request), request.extras.cookies),
      confirm: async (request) => {
        const account = await ownAccount(ports, request.principal);
        return confirmSession(ports, account, request.principal.sessionId, request.body, callerOf(request));
      },
      changePassword: (request) => {
        const { body, principal, language, event, extras } = request;
        const kind = event.headers.authorization === undefined ? 'browser' : 'program';
        const change = {
          ...body,
          accountId: principal.id,
          language,
          kind,
          caller: callerOf(request),
        } as const;
        return changePassword(ports, change, extras.cookies);
      },
      listSessions: ({ principal }) => listSessions(ports, principal),
      endSession: (request) => endSession(ports, request.principal, request.params.id, callerOf(request)),
      enrolSecondFactor: async ({ principal, body }) =>
        enrol(ports, await ownAccount(ports, principal), body.password),
      confirmSecondFactor: async (request) => {
        const account = await ownAccount(ports, request.principal);
        const { sessionId } = request.principal;
        return confirmEnrolment(ports, account, sessionId, request.body.code, callerOf(request));
      },
      removeSecondFactor: async (request) => {
        const account = await ownAccount(ports, request.principal);
        return removeSecondFactor(ports, account, request.body, callerOf(request));
      },
      listApiTokens: ({ principal }) => listApiTokens(ports, principal),
      makeApiToken: (request) => makeApiToken(ports, request.principal, request.body, callerOf(request)),
      revokeApiToken: (request) =>
        revokeApiToken(ports, request.principal, request.params.id, callerOf(request)),
      keys: async () => ({ keys: [...(await (await ports.tokens()).publicKeys())] }),
      listProviders: async () => ({ providers: [...ports.access.federation.providers] }),
      startFederation: async ({ params, extras }) => {
        extras.headers.location = await departTo(ports, params.provider, extras.cookies);
      },
      endFederation: async (request) => {
        const { params, query, event, extras } = request;
        const { rawQueryString, cookies } = event;
        const back = { ...params, ...query, rawQueryString, cookies, caller: callerOf(request) };
        await comeBackFrom(ports, back, extras.cookies);
        extras.headers.location = '/';
      },

      firstAdministrator: () => createFirstAdministrator(ports),
      listUsers: ({ query }) => listUsers(ports, query),
      getUser: ({ params }) => getUser(ports, params.id),
      addUser: ({ principal, body }) => addUser(ports, principal, body),
      changeUser: ({ principal, params, body }) => changeUser(ports, principal, params.id, body),
      removeUser: ({ principal, params }) => removeUser(ports, principal, params.id),
      unlockUser: ({ params }) => unlockUser(ports, params.id),
      resetPassword: ({ principal, params }) => resetPassword(ports, principal, params.id),
      resetSecondFactor: ({ principal, params }) => resetSecondFactor(ports, principal, params.id),
      endUserSessions: ({ principal, params }) => endUserSessions(ports, principal, params.id),
      listRoles: async () => ({
        items: ROLES.map((role) => ({ role, permissions: [...GRANTS[role]] })),
        nextCursor: null,
      }),
      listInvitations: () => listInvitations(ports),
      invite: ({ principal, body }) => invite(ports, principal, body),
      revokeInvitation: ({ params }) => revokeInvitation(ports, params.id),
      acceptInvitation: (request) =>
        acceptInvitation(ports, { ...request.body, language: request.language, caller: callerOf(request) }),

      getSecurity: ({ query }) => securityPage(ports, query.hours),
      listAudit: ({ query }) => listAudit(ports, query),
      verifyAudit: ({ principal, query }) => verifyAudit(ports, principal, query.last),
    },
    ports,
  );

interface Request {
  readonly address: string;
  readonly requestId: string;
  readonly event: HttpEvent;
}

const callerOf = ({ address, requestId, event }: Request): Caller => ({
  address,
  requestId,
  agent: event.requestContext?.http?.userAgent ?? '',
});

const describePrincipal = ({
  id,
  name,
  role,
  organisations,
  scopes,
  mustChangePassword,
  mustEnrol,
}: Principal) => ({
  id,
  name,
  role,
  organisations: organisations === 'all' ? ('all' as const) : [...organisations],
  permissions: [...(scopes ?? GRANTS[role])],
  mustChangePassword,
  mustEnrolSecondFactor: mustEnrol,
});

/** The machine's administrator has none. */
const ownAccount = async (ports: AuthPorts, { id }: Principal): Promise<Account> => {
  const account = await (await ports.accounts()).byId(id);
  if (!account) throw new TankError('forbidden');
  return account;
};
