import { z } from 'zod';
import { route } from './api.ts';

/** Only what this host serves itself, nothing inline, and no text that becomes markup. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const file = (path: string, summary: string, type: string) =>
  route('GET', path, summary, {
    permission: 'public',
    reply: z.string(),
    produces: `${type}; charset=utf-8`,
    replyHeaders: { 'content-security-policy': POLICY },
  });

const script = (name: string, summary: string) => file(`/console/${name}.mjs`, summary, 'text/javascript');

/** The files of the console. They hold nothing of anybody's; what they show, they ask the API for. */
export const consoleApi = {
  page: file('/', 'The console', 'text/html'),
  style: file('/console/style.css', 'How the console looks', 'text/css'),
  app: script('app', 'The console: who is signed in, and which view is shown'),
  api: script('api', 'The console: calls of the API'),
  dom: script('dom', 'The console: elements'),
  words: script('words', 'The console: Korean and English'),
  signInView: script('sign-in-view', 'The console: sign-in'),
  runsView: script('runs-view', 'The console: all runs'),
  runView: script('run-view', 'The console: one run'),
  automationsView: script('automations-view', 'The console: automations'),
};
