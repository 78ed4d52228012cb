import { z } from 'zod';
import { route } from './api.ts';

/** The pages' whole style: the policy below allows exactly this text, by its hash. */
export const UNSUBSCRIBE_STYLE =
  'body{font:18px/1.6 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1.5rem;color:#1b1f24;text-align:center;word-break:keep-all}button{font:inherit;padding:.6rem 2rem;border:0;border-radius:.4rem;background:#1a56b0;color:#fff;cursor:pointer}';

const POLICY = [
  "default-src 'none'",
  "style-src 'sha256-2Qrre7nDm7E3Xd/u5kJPhBLu2Rjrr7vG2SPEYxIDkaQ='",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/** The token is the permission: it names one recipient and one organisation, and nobody can make another. */
const page = {
  permission: 'public',
  params: z.strictObject({ token: z.string().min(1).max(1_000) }),
  reply: z.string(),
  produces: 'text/html; charset=utf-8',
  replyHeaders: { 'content-security-policy': POLICY },
} as const;

export const unsubscribeApi = {
  /** Mail scanners follow every link: looking must not unsubscribe anybody. */
  askToUnsubscribe: route('GET', '/u/{token}', 'A page with a button to unsubscribe', page),
  /** RFC 8058: the mail program posts `List-Unsubscribe=One-Click`, signed in nowhere. */
  unsubscribe: route('POST', '/u/{token}', 'Unsubscribe, with one click', page),
};
