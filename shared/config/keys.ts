import { integer, type Key, text } from './key.ts';
import { ACCESS_KEYS } from './keys-access.ts';
import { GATEWAY_KEYS } from './keys-gateway.ts';

const port = integer(1, 65_535);

/** Every setting there is. `.env.example`, the check at start, doctor and infra read this list. */
export const KEYS = [
  {
    name: 'TANK_DATA_DIR',
    type: text(),
    fallback: './.tank',
    about: 'Folder of the store, the queue, the keys, the outbox and the logs; on a local disk',
  },
  { name: 'TANK_HTTP_HOST', type: text(), fallback: '127.0.0.1', about: 'Address on which the API listens' },
  { name: 'TANK_HTTP_PORT', type: port, fallback: '3000', about: 'Port of the API and the console' },
  {
    name: 'TANK_WORKER_PORT',
    type: port,
    fallback: '3001',
    about: 'Port of /metrics and /health of the worker, on loopback',
  },
  {
    name: 'TANK_STORE',
    type: { kind: 'choice', of: ['sqlite', 'postgres', 'oracle'] },
    fallback: 'sqlite',
    about: 'Where runs and sends are kept',
  },
  {
    name: 'TANK_STORE_URL',
    type: { kind: 'url', schemes: ['postgres:', 'postgresql:', 'oracle:', 'oracles:'] },
    secret: true,
    about:
      'postgres://user:password@host:5432/database, or oracle://user:password@host:1521/service (oracles:// with TLS); needed by the stores postgres and oracle',
  },
  {
    name: 'TANK_STORE_CONNECTIONS',
    type: integer(1, 100),
    fallback: '8',
    about: 'Sessions that one process may open to the store; 1 on Lambda',
  },
  {
    name: 'TANK_SOURCE_CONNECTIONS',
    type: integer(1, 100),
    fallback: '4',
    about: 'Sessions that one process may open to each source; 1 on Lambda',
  },
  {
    name: 'TANK_QUEUE',
    type: { kind: 'choice', of: ['embedded', 'sqs'] },
    fallback: 'embedded',
    about: 'What carries the work of the next two minutes',
  },
  {
    name: 'TANK_SQS_PREFIX',
    type: text(/^[A-Za-z0-9_-]{0,60}$/, 'letters, digits, _ and -'),
    fallback: 'tank-',
    about: 'Start of the names of the SQS queues: tank-bulk, tank-bulk-dead …; they are made when missing',
  },
  {
    name: 'TANK_TRANSPORT',
    type: { kind: 'choice', of: ['outbox', 'ses', 'smtp'] },
    fallback: 'outbox',
    about: 'How mail leaves: outbox writes files and sends nothing',
  },
  {
    name: 'TANK_SMTP_URL',
    type: { kind: 'url', schemes: ['smtp:', 'smtps:'] },
    secret: true,
    about: 'smtp://user:password@host:587 (STARTTLS) or smtps://host:465; needed by the transport smtp',
  },
  {
    name: 'TANK_SMTP_CA_FILE',
    type: text(),
    about: "Certificates (PEM) to trust for the relay instead of the system's",
  },
  {
    name: 'TANK_SMTP_PLAIN',
    type: { kind: 'choice', of: ['never', 'loopback'] },
    fallback: 'never',
    about: 'loopback: a relay on this very machine may be spoken to without TLS',
  },
  {
    name: 'TANK_SMTP_CONNECTIONS',
    type: integer(1, 100),
    fallback: '5',
    about: 'Conversations with the relay at the same time',
  },
  {
    name: 'TANK_DKIM_DOMAIN',
    type: text(/^[A-Za-z0-9.-]{1,253}$/, 'a domain'),
    about: 'Domain for which the transport smtp signs mail (DKIM); needs selector and key',
  },
  {
    name: 'TANK_DKIM_SELECTOR',
    type: text(/^[A-Za-z0-9._-]{1,63}$/, 'a DNS label'),
    about: 'Name of the DKIM key in the DNS',
  },
  { name: 'TANK_DKIM_KEY_FILE', type: text(), about: 'Private key (PEM) of DKIM' },
  {
    name: 'TANK_SES_CONFIGURATION_SET',
    type: text(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, _ and -'),
    about: 'SES configuration set whose events settle doubtful sends',
  },
  {
    name: 'TANK_SES_MIRROR_PAUSE',
    type: { kind: 'choice', of: ['off', 'on'] },
    fallback: 'off',
    about:
      'on: when the bounce or complaint rule pauses the account, TANK_SES_CONFIGURATION_SET is turned off in SES too (needs ses:PutConfigurationSetSendingOptions)',
  },
  {
    name: 'TANK_FILE_ROOT',
    type: text(),
    about: 'Folder beneath which all attachments lie; anything outside is refused',
  },
  {
    name: 'TANK_S3_PREFIXES',
    type: text(
      /^s3:\/\/[a-z0-9.-]{3,63}\/[^,\s]*(,s3:\/\/[a-z0-9.-]{3,63}\/[^,\s]*)*$/,
      's3://bucket/prefix/, several separated by commas',
    ),
    about: 'Places on S3 beneath which attachments may lie as well; anything outside is refused',
  },
  {
    name: 'TANK_TEST_DOMAINS',
    type: text(/^[A-Za-z0-9.-]+(,[A-Za-z0-9.-]+)*$/, 'domains separated by commas'),
    about: 'Domains to which test mails may go, besides the one of their sender',
  },
  {
    name: 'TANK_SEND_RATE',
    type: { kind: 'number', min: 0.1, max: 100_000 },
    about: 'Mails per second at most, over all processes; none: 90% of what the transport allows',
  },
  {
    name: 'TANK_DAILY_QUOTA',
    type: integer(1, 1_000_000_000),
    about: 'Mails in 24 hours at most; none: what the transport allows',
  },
  {
    name: 'TANK_STOP_AFTER_REJECTED',
    type: integer(0, 10_000),
    fallback: '20',
    about: 'Mails refused in a row, across recipients, that stop a run; 0: never',
  },
  {
    name: 'TANK_MASTER_KEY',
    type: text(/^[A-Za-z0-9+/]{43}=$/, '32 random bytes in base64'),
    secret: true,
    about: 'Key that wraps all data keys; none: made on the first start into the data folder',
  },
  {
    name: 'TANK_SECRETS',
    type: { kind: 'choice', of: ['files', 'aws'] },
    fallback: 'files',
    about: 'Where keys and passwords lie: files in the data folder, or AWS Secrets Manager',
  },
  {
    name: 'TANK_SECRETS_PREFIX',
    type: text(/^[A-Za-z0-9/_+=.@-]{0,100}$/, 'letters, digits and / _ + = . @ -'),
    fallback: 'tank/',
    about:
      'Start of the names in Secrets Manager: tank/master-key, tank/signing-key, tank/store-url, tank/source/<name>',
  },
  {
    name: 'TANK_LOG_LEVEL',
    type: { kind: 'choice', of: ['debug', 'info', 'warn', 'error', 'silent'] },
    fallback: 'info',
    about: 'What the log tells',
  },
  {
    name: 'TANK_SEND_WORKERS',
    type: integer(1, 64),
    fallback: '4',
    about: 'Batches of 50 that are sent side by side',
  },
  {
    name: 'TANK_WAVE',
    type: integer(1, 50),
    fallback: '16',
    about: 'Sends marked and called at once: the most that a crash can leave in doubt per worker',
  },
  {
    name: 'TANK_CALL_TIMEOUT_SECONDS',
    type: integer(1, 120),
    fallback: '20',
    about: 'After so long a call to the transport is given up as doubtful',
  },
  {
    name: 'TANK_LEASE_SECONDS',
    type: integer(10, 900),
    fallback: '60',
    about: 'How long a batch belongs to a worker that gives no sign of life; longer than the call time-out',
  },
  {
    name: 'TANK_QUEUE_WINDOW_SECONDS',
    type: integer(10, 900),
    fallback: '120',
    about: 'How much work the queue carries; older work is enqueued again',
  },
  {
    name: 'TANK_RETRY_MINUTES',
    type: { kind: 'minutes' },
    fallback: '1,5,15',
    about: 'Waits before the tries that follow a temporary failure',
  },
  {
    name: 'TANK_IN_DOUBT_WAIT_MINUTES',
    type: integer(0, 10_080),
    fallback: '60',
    about: 'How long a doubtful send waits for evidence before the policy decides',
  },
  {
    name: 'TANK_PUBLIC_URL',
    type: { kind: 'url', schemes: ['https:', 'http:'] },
    about:
      'Address under which people reach this installation, such as https://tank.example.com; links, cookies and single sign-on rely on it',
  },
  {
    name: 'TANK_SNS_TOPICS',
    type: text(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\s*,\s*arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256})*$/,
      'topic ARNs separated by commas',
    ),
    about: 'SNS topics whose notifications are taken in over HTTPS; none: none',
  },
  {
    name: 'TANK_SNS_CA_FILE',
    type: text(),
    about: 'PEM file of further certificates that may stand above the signing certificates of SNS',
  },
  {
    name: 'TANK_ALERT_SMTP_URL',
    type: { kind: 'url', schemes: ['smtp:', 'smtps:'] },
    secret: true,
    about: 'Relay for alerts by mail; another one than TANK_SMTP_URL',
  },
  { name: 'TANK_ALERT_FROM', type: text(), about: 'Sender of alerts' },
  { name: 'TANK_ALERT_TO', type: text(), about: 'Receivers of alerts, separated by commas' },
  {
    name: 'TANK_ALERT_WEBHOOK_URL',
    type: { kind: 'url', schemes: ['https:', 'http:'] },
    secret: true,
    about: 'Slack-compatible webhook for alerts',
  },
  {
    name: 'AWS_REGION',
    type: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'such as ap-northeast-2'),
    about: 'Region of SES, SQS and S3; needed by the transport ses and by TANK_S3_PREFIXES',
  },
  { name: 'AWS_ACCESS_KEY_ID', type: text(), secret: true, about: 'Read by the AWS SDK' },
  { name: 'AWS_SECRET_ACCESS_KEY', type: text(), secret: true, about: 'Read by the AWS SDK' },
  {
    name: 'AWS_ENDPOINT_URL_SQS',
    type: { kind: 'url', schemes: ['http:', 'https:'] },
    about: 'Another endpoint for SQS: a compatible broker',
  },
  {
    name: 'AWS_ENDPOINT_URL_SESV2',
    type: { kind: 'url', schemes: ['http:', 'https:'] },
    about: 'Another endpoint for SES, for tests',
  },
  {
    name: 'AWS_ENDPOINT_URL_S3',
    type: { kind: 'url', schemes: ['http:', 'https:'] },
    about: 'Another endpoint for S3, for stores that are compatible with it',
  },
  ...ACCESS_KEYS,
  ...GATEWAY_KEYS,
] as const satisfies readonly Key[];

export type KeyName = (typeof KEYS)[number]['name'];

export type Read = (name: KeyName) => string | undefined;
