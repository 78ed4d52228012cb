import { z } from 'zod';
import { route } from './api.ts';

export const LoginBody = z.strictObject({
  name: z.string().min(1).max(100),
  password: z.string().min(1).max(200),
});

export const TokenReply = z.strictObject({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int(),
  mustChangePassword: z.boolean(),
});

export const PrincipalReply = z.strictObject({ id: z.string(), name: z.string(), role: z.string() });

export const authApi = {
  login: route('POST', '/api/v1/auth/login', 'Sign in with name and password', {
    permission: 'public',
    body: LoginBody,
    reply: TokenReply,
  }),
  me: route('GET', '/api/v1/auth/me', 'Who the token stands for', {
    permission: 'token',
    reply: PrincipalReply,
  }),
};
