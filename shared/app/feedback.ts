import { readFile } from 'node:fs/promises';
import type { Dialect } from '../adapters/sql/dialect.ts';
import type { Settings } from '../config/load.ts';
import type { AlertChannel } from '../ports/alerts.ts';
import type { Database } from '../ports/database.ts';
import type { Lazy, Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { SendingSwitch } from '../ports/sending-switch.ts';
import type { Sns } from '../ports/sns.ts';
import { once } from './once.ts';

type FeedbackPorts = Pick<
  Ports,
  'events' | 'feedback' | 'suppressions' | 'alerts' | 'sns' | 'sendingSwitch' | 'blockLists' | 'publicWeb'
>;

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
  blockLists: once(async () =>
    (await import('../adapters/sql/block-lists.ts')).createSqlBlockLists(await store(), await dialect()),
  ),
  publicWeb: once(async () => (await import('../adapters/web/web.ts')).createWeb({ reach: 'public' })),
  sns: once(() => openSns(settings, runtime)),
  sendingSwitch: once(() => openSwitch(settings)),
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

const openSwitch = async ({
  sesMirrorsPause,
  awsRegion,
  sesConfigurationSet,
  sesEndpoint,
}: Settings): Promise<SendingSwitch | undefined> => {
  if (!sesMirrorsPause || !awsRegion || !sesConfigurationSet) return undefined;
  const { createSendingSwitch } = await import('../adapters/ses/sending-switch.ts');
  const endpoint = sesEndpoint ? { endpoint: sesEndpoint } : {};
  return createSendingSwitch({ region: awsRegion, configurationSet: sesConfigurationSet, ...endpoint });
};

const openSns = async ({ snsTopics, snsCaFile }: Settings, { clock }: Runtime): Promise<Sns> => {
  const [{ createSns }, { createSigningCertificates }, { createWeb }] = await Promise.all([
    import('../adapters/sns/sns.ts'),
    import('../adapters/sns/certificates.ts'),
    import('../adapters/web/web.ts'),
  ]);
  // Not only the public reach: within a VPC, the host of SNS has a private address.
  const web = createWeb({ reach: 'anywhere' });
  const anchors = snsCaFile ? certificatesIn(await readFile(snsCaFile, 'utf8')) : [];
  const certificates = createSigningCertificates({ web, clock, anchors });
  return createSns({ topics: snsTopics, web, certificates });
};

const certificatesIn = (pem: string): readonly string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];

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
