import type { Dialect } from '../adapters/sql/dialect.ts';
import type { Settings } from '../config/load.ts';
import type { AlertChannel } from '../ports/alerts.ts';
import type { Database } from '../ports/database.ts';
import type { Lazy, Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { once } from './once.ts';

type FeedbackPorts = Pick<Ports, 'events' | 'feedback' | 'suppressions' | 'alerts'>;

/** What becomes of mails after they left, and whom to tell of it. */
export const feedbackPorts = (
  settings: Settings,
  runtime: Runtime,
  store: Lazy<Database>,
  dialect: Lazy<Dialect>,
): FeedbackPorts => ({
  events: once(async () =>
    (await import('../adapters/sql/events.ts')).createSqlEvents(await store(), await dialect()),
  ),
  feedback: once(async () =>
    (await import('../adapters/sql/feedback.ts')).createSqlFeedback(await store(), await dialect()),
  ),
  suppressions: once(async () =>
    (await import('../adapters/sql/suppressions.ts')).createSqlSuppressions(await store(), await dialect()),
  ),
  alerts: once(async () => {
    const { createAlerts } = await import('../adapters/alerts/alerts.ts');
    const { createSqlAlertMemory } = await import('../adapters/sql/alert-memory.ts');
    return createAlerts({
      channels: await alertChannels(settings),
      memory: async () => createSqlAlertMemory(await store(), await dialect()),
      runtime,
    });
  }),
});

/** Neither of them uses the transport of the mails. */
const alertChannels = async ({ alertMail, alertWebhookUrl }: Settings): Promise<AlertChannel[]> => {
  const channels: AlertChannel[] = [];
  if (alertMail) {
    const { createMailChannel } = await import('../adapters/alerts/mail.ts');
    channels.push(createMailChannel(alertMail));
  }
  if (alertWebhookUrl) {
    const { createWebhookChannel } = await import('../adapters/alerts/webhook.ts');
    const { createWeb } = await import('../adapters/web/web.ts');
    channels.push(createWebhookChannel(alertWebhookUrl, createWeb({ reach: 'anywhere' })));
  }
  return channels;
};
