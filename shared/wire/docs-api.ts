import { z } from 'zod';
import { route } from './api.ts';

/** The page's whole style: the policy below allows exactly this text, by its hash. */
export const DOCS_STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}h2{margin-top:2rem;border-bottom:1px solid #ccc}summary{cursor:pointer;padding:.3rem 0}details{border-bottom:1px solid #eee}pre{background:#f6f8fa;padding:.8rem;overflow:auto;max-height:24rem;font-size:13px}table{border-collapse:collapse}td,th{border:1px solid #ddd;padding:.2rem .5rem;text-align:left;vertical-align:top}nav a{margin-right:.6rem}';

const POLICY = [
  "default-src 'none'",
  "style-src 'sha256-MbJ7RfUw2MtBqqenTSvbnD/OD04VGT9g9GLewuXow2w='",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export const docsApi = {
  openApi: route('GET', '/api/openapi.json', 'The OpenAPI document of all this', {
    permission: 'public',
    reply: z.looseObject({ openapi: z.string() }),
  }),
  docs: route('GET', '/api/docs', 'The same for people', {
    permission: 'public',
    reply: z.string(),
    produces: 'text/html; charset=utf-8',
    replyHeaders: { 'content-security-policy': POLICY },
  }),
};
