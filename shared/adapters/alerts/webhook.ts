import { TankError } from '../../domain/errors.ts';
import type { AlertChannel } from '../../ports/alerts.ts';
import type { Web } from '../../ports/web.ts';

const TIMEOUT_MS = 10_000;
const MAX_REPLY = 64 * 1024;

/** The form that Slack, Mattermost and their like take. */
export const createWebhookChannel = (url: string, web: Web): AlertChannel => ({
  name: 'webhook',
  tell: async ({ subject, text }) => {
    const { status } = await web.exchange({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: `*${subject}*\n${text}` }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_REPLY,
    });
    if (status < 200 || status > 299)
      throw new TankError('web_failed', { host: new URL(url).hostname, reason: `it answered ${status}` });
  },
});
