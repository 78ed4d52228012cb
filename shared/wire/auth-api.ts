import { z } from 'zod';
import { PROVIDERS } from '../domain/access-rules.ts';
import { ROLES } from '../domain/permissions.ts';
import { route } from './api.ts';
import { pageOf } from './replies.ts';
import { line } from './text.ts';

const name = line(1, 100);
/** As typed. Longer than a password may be, so that the rule answers and not the schema; bounded, because it is hashed. */
export const password = z.string().min(1).max(1000);
/** Six digits of an authenticator, or a recovery code. */
const code = z.string().min(6).max(20);
export const SMALL_BODY = 16 * 1024;
const small = { bodyLimit: SMALL_BODY } as const;
const time = z.iso.datetime();
const none = { reply: z.void(), status: 204 } as const;

/** browser: the session is a cookie, and the reply holds the word for X-CSRF-Token · program: tokens. */
const kind = z.enum(['browser', 'program']).default('program');

const SignInReply = z.strictObject({
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  csrfToken: z.string().optional(),
  tokenType: z.literal('Bearer'),
  /** Seconds until the access token, or the session of a browser, ends. */
  expiresIn: z.int(),
  mustChangePassword: z.boolean(),
  mustEnrolSecondFactor: z.boolean(),
});

const PrincipalReply = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  organisations: z.union([z.literal('all'), z.array(z.string())]),
  permissions: z.array(z.string()),
  mustChangePassword: z.boolean(),
  mustEnrolSecondFactor: z.boolean(),
});

const SessionReply = z.strictObject({
  id: z.string(),
  kind: z.enum(['browser', 'program']),
  device: z.string(),
  address: z.string(),
  begunAt: time,
  seenAt: time,
  endsAt: time,
  current: z.boolean(),
});

const KeysReply = z.strictObject({
  keys: z.array(
    z.strictObject({
      kid: z.string(),
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
    }),
  ),
});

const ApiTokenReply = z.strictObject({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  addressRanges: z.array(z.string()),
  createdAt: time,
  expiresAt: time,
  seenAt: time.optional(),
});

const scope = z.string().regex(/^([a-z-]{1,40}|\*):([a-z-]{1,40}|\*)$/);
const range = z.string().min(2).max(50);

const ProviderParams = z.strictObject({ provider: z.enum(PROVIDERS) });
const idParams = z.strictObject({ id: z.string().min(1).max(100) });
const own = { permission: 'session' } as const;

export const authApi = {
  login: route('POST', '/api/v1/auth/login', 'Sign in with name and password', {
    permission: 'public',
    limit: 'login',
    body: z.strictObject({
      name,
      password,
      code: code.optional(),
      captcha: z.string().max(4000).optional(),
      kind,
    }),
    ...small,
    reply: SignInReply,
  }),
  refresh: route('POST', '/api/v1/auth/refresh', 'Exchange a refresh token, which is good for one use', {
    permission: 'public',
    body: z.strictObject({ refreshToken: z.string().min(1).max(200) }),
    ...small,
    reply: SignInReply,
  }),
  me: route('GET', '/api/v1/auth/me', 'Who the token stands for', {
    permission: 'token',
    reply: PrincipalReply,
  }),
  csrf: route('GET', '/api/v1/auth/csrf', 'The word for X-CSRF-Token of this session', {
    ...own,
    duringSetup: true,
    reply: z.strictObject({ csrfToken: z.string() }),
  }),
  logout: route('POST', '/api/v1/auth/logout', 'End this session and the token of this request', {
    permission: 'token',
    duringSetup: true,
    ...none,
  }),
  logoutEverywhere: route('POST', '/api/v1/auth/logout/everywhere', 'End all sessions and tokens', {
    ...own,
    duringSetup: true,
    ...none,
  }),
  confirm: route('POST', '/api/v1/auth/confirm', 'Prove again who one is, from here and with this browser', {
    ...own,
    duringSetup: true,
    limit: 'login',
    body: z.strictObject({ password: password.optional(), code: code.optional() }),
    ...small,
    ...none,
  }),
  changePassword: route('POST', '/api/v1/auth/password', 'Change the own password; ends every older token', {
    ...own,
    duringSetup: true,
    limit: 'login',
    body: z.strictObject({ currentPassword: password, newPassword: password }),
    ...small,
    reply: SignInReply,
  }),
  listSessions: route('GET', '/api/v1/auth/sessions', 'The own sessions, newest first', {
    ...own,
    duringSetup: true,
    reply: pageOf(SessionReply),
  }),
  endSession: route('DELETE', '/api/v1/auth/sessions/{id}', 'End one of the own sessions', {
    ...own,
    duringSetup: true,
    params: idParams,
    ...none,
  }),
  enrolSecondFactor: route('POST', '/api/v1/auth/totp', 'Begin to set up a second factor', {
    ...own,
    duringSetup: true,
    sensitive: true,
    limit: 'login',
    body: z.strictObject({ password }),
    ...small,
    reply: z.strictObject({ secret: z.string(), uri: z.string() }),
    status: 201,
  }),
  confirmSecondFactor: route('POST', '/api/v1/auth/totp/confirm', 'Switch it on with a first code', {
    ...own,
    duringSetup: true,
    limit: 'login',
    body: z.strictObject({ code }),
    ...small,
    reply: z.strictObject({ recoveryCodes: z.array(z.string()) }),
  }),
  removeSecondFactor: route('POST', '/api/v1/auth/totp/remove', 'Switch the second factor off', {
    ...own,
    sensitive: true,
    limit: 'login',
    body: z.strictObject({ password, code }),
    ...small,
    ...none,
  }),
  listApiTokens: route('GET', '/api/v1/auth/api-tokens', 'The own API tokens', {
    ...own,
    reply: pageOf(ApiTokenReply),
  }),
  makeApiToken: route('POST', '/api/v1/auth/api-tokens', 'Make an API token; it is shown once', {
    ...own,
    sensitive: true,
    body: z.strictObject({
      name,
      scopes: z.array(scope).min(1).max(50),
      addressRanges: z.array(range).max(50).default([]),
      days: z.int().min(1).max(366).default(90),
    }),
    ...small,
    reply: ApiTokenReply.extend({ token: z.string() }),
    status: 201,
  }),
  revokeApiToken: route('DELETE', '/api/v1/auth/api-tokens/{id}', 'Revoke one of the own API tokens', {
    ...own,
    params: idParams,
    ...none,
  }),
  keys: route('GET', '/api/v1/auth/jwks.json', 'Public keys that verify access tokens', {
    permission: 'public',
    reply: KeysReply,
  }),
  listProviders: route('GET', '/api/v1/auth/oauth', 'Providers that one may sign in with', {
    permission: 'public',
    reply: z.strictObject({ providers: z.array(z.enum(PROVIDERS)) }),
  }),
  startFederation: route('GET', '/api/v1/auth/oauth/{provider}/start', 'Leave for the provider', {
    permission: 'public',
    limit: 'login',
    params: ProviderParams,
    reply: z.void(),
    status: 302,
  }),
  endFederation: route('GET', '/api/v1/auth/oauth/{provider}/callback', 'Come back from the provider', {
    permission: 'public',
    limit: 'login',
    params: ProviderParams,
    query: z.strictObject({
      state: z.string().min(1).max(200),
      code: z.string().min(1).max(4000).optional(),
      error: z.string().max(200).optional(),
      error_description: z.string().max(2000).optional(),
      error_uri: z.string().max(2000).optional(),
      iss: z.string().max(500).optional(),
      session_state: z.string().max(500).optional(),
      scope: z.string().max(2000).optional(),
      authuser: z.string().max(20).optional(),
      prompt: z.string().max(100).optional(),
      hd: z.string().max(200).optional(),
    }),
    reply: z.void(),
    status: 302,
  }),
};
