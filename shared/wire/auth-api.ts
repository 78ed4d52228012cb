import { z } from 'zod';
import { ROLES } from '../domain/permissions.ts';
import { route } from './api.ts';
import { line } from './text.ts';

const name = line(1, 100);
/** As typed. Longer than a password may be, so that the rule answers and not the schema; bounded, because it is hashed. */
const password = z.string().min(1).max(1000);
const SMALL_BODY = 16 * 1024;

const LoginBody = z.strictObject({ name, password });
const PasswordBody = z.strictObject({ currentPassword: password, newPassword: password });

const TokenReply = z.strictObject({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int(),
  mustChangePassword: z.boolean(),
});

const PrincipalReply = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  mustChangePassword: z.boolean(),
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

export const authApi = {
  login: route('POST', '/api/v1/auth/login', 'Sign in with name and password', {
    permission: 'public',
    body: LoginBody,
    bodyLimit: SMALL_BODY,
    reply: TokenReply,
  }),
  me: route('GET', '/api/v1/auth/me', 'Who the token stands for', {
    permission: 'token',
    reply: PrincipalReply,
  }),
  logout: route('POST', '/api/v1/auth/logout', 'End the token of this request', {
    permission: 'token',
    reply: z.void(),
    status: 204,
  }),
  changePassword: route('POST', '/api/v1/auth/password', 'Change the own password; ends every older token', {
    permission: 'token',
    body: PasswordBody,
    bodyLimit: SMALL_BODY,
    reply: TokenReply,
  }),
  keys: route('GET', '/api/v1/auth/jwks.json', 'Public keys that verify access tokens', {
    permission: 'public',
    reply: KeysReply,
  }),
  firstAdministrator: route(
    'POST',
    '/api/v1/users/first',
    'Make the first administrator, where there is nobody',
    {
      permission: 'users:write',
      reply: z.strictObject({ name: z.string(), password: z.string().nullable() }),
    },
  ),
};
