import { resolve } from 'node:path';
import type { AccessRules } from '../domain/access-rules.ts';
import type { TransportName } from '../domain/automation.ts';
import { nearest } from '../domain/nearest.ts';
import { checkKey } from './check-key.ts';
import { conflicts, DKIM_KEYS } from './conflicts.ts';
import type { ConfigFault, Key } from './key.ts';
import { KEYS, type KeyName, type Read } from './keys.ts';
import { accessFaults, accessRules } from './load-access.ts';
import { type GatewaySettings, gatewaySettings } from './load-gateway.ts';

export interface Settings {
  readonly dataDir: string;
  readonly http: { readonly host: string; readonly port: number };
  readonly workerPort: number;
  readonly gateway: GatewaySettings;
  readonly store: 'sqlite' | 'postgres' | 'oracle';
  readonly storeUrl?: string;
  readonly storeConnections: number;
  readonly sourceConnections: number;
  readonly queue: 'embedded' | 'sqs';
  readonly sqsPrefix: string;
  readonly sqsEndpoint?: string;
  readonly transport: TransportName;
  readonly smtpUrl?: string;
  readonly smtpCaFile?: string;
  readonly smtpPlain: 'never' | 'loopback';
  readonly smtpConnections: number;
  readonly dkim?: { readonly domain: string; readonly selector: string; readonly keyFile: string };
  readonly sesConfigurationSet?: string;
  readonly sesMirrorsPause: boolean;
  readonly sesEndpoint?: string;
  readonly awsRegion?: string;
  readonly fileRoot?: string;
  readonly s3Prefixes: readonly string[];
  readonly s3Endpoint?: string;
  readonly testDomains: readonly string[];
  readonly sendRate?: number;
  readonly dailyQuota?: number;
  readonly stopAfterRejected: number;
  readonly masterKey?: string;
  readonly secrets: 'files' | 'aws';
  readonly secretsPrefix: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly sendWorkers: number;
  readonly wave: number;
  readonly callTimeoutMs: number;
  readonly leaseMs: number;
  readonly queueWindowMs: number;
  readonly retryWaitsMs: readonly number[];
  readonly inDoubtWaitMs: number;
  readonly messageContentMs: number;
  readonly access: AccessRules;
  /** Where recipients reach this installation: the links of their mails begin so. */
  readonly publicUrl?: string;
  readonly snsTopics: readonly string[];
  readonly snsCaFile?: string;
  readonly alertMail?: { readonly url: string; readonly from: string; readonly to: readonly string[] };
  readonly alertWebhookUrl?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;
export type Loaded =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** Reads the whole environment at once, so that all faults come in one list. */
export const loadSettings = (environment: Environment): Loaded => {
  const read = (name: KeyName) =>
    environment[name]?.trim() || (KEYS.find((k) => k.name === name) as Key).fallback;
  const unreadable = KEYS.flatMap((key) => checkKey(key, environment[key.name]?.trim()));
  const faults = [
    ...unreadable,
    ...unknownKeys(environment),
    // What cannot be read cannot be in conflict either.
    ...[...conflicts(read), ...accessFaults(read), ...alertFaults(read)].filter(
      ({ key }) => !unreadable.some((fault) => fault.key === key),
    ),
  ];
  return faults.length > 0 ? { ok: false, faults } : { ok: true, settings: toSettings(read) };
};

const unknownKeys = (environment: Environment): ConfigFault[] => {
  const known = new Set<string>(KEYS.map((key) => key.name));
  return Object.keys(environment)
    .filter((name) => name.startsWith('TANK_') && !name.startsWith('TANK_TEST_') && !known.has(name))
    .map((name) => {
      const meant = nearest(name, known);
      return {
        key: name,
        problem: 'is not a setting of Tank',
        mend: `${meant ? `Did you mean ${meant}? ` : ''}Remove it, or correct its name; .env.example lists all of them.`,
      };
    });
};

/** Over the relay of the mails, nobody would hear that this relay has failed. */
const alertFaults = (read: Read): ConfigFault[] => {
  const url = read('TANK_ALERT_SMTP_URL');
  if (!url || !URL.canParse(url)) return [];
  const missing = (['TANK_ALERT_FROM', 'TANK_ALERT_TO'] as const).filter((name) => !read(name));
  const mails = read('TANK_SMTP_URL');
  const same = mails && URL.canParse(mails) && new URL(mails).host === new URL(url).host;
  return [
    ...missing.map((key) => ({
      key,
      problem: 'is missing, and TANK_ALERT_SMTP_URL needs it',
      mend: `Set ${key}, or remove TANK_ALERT_SMTP_URL.`,
    })),
    ...(same
      ? [
          {
            key: 'TANK_ALERT_SMTP_URL',
            problem: 'names the same relay as TANK_SMTP_URL',
            mend: 'Give another relay: alerts must arrive when that one fails.',
          },
        ]
      : []),
  ];
};

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

const alertMail = (read: Read): Pick<Settings, 'alertMail'> => {
  const [url, from, to] = [
    read('TANK_ALERT_SMTP_URL'),
    read('TANK_ALERT_FROM'),
    listOf(read('TANK_ALERT_TO')),
  ];
  return url && from && to.length > 0 ? { alertMail: { url, from, to } } : {};
};

/** `conflicts` has made sure that all three are there, or none. */
const dkimOf = (read: Read): Pick<Settings, 'dkim'> => {
  const [domain, selector, keyFile] = DKIM_KEYS.map(read);
  return domain && selector && keyFile ? { dkim: { domain, selector, keyFile } } : {};
};

const toSettings = (read: Read): Settings => {
  const number = (name: KeyName) => Number(read(name));
  const list = (name: KeyName) => read(name)?.split(',') ?? [];
  const optional = <N extends string>(field: N, name: KeyName) =>
    read(name) ? ({ [field]: read(name) } as Record<N, string>) : {};
  return {
    dataDir: resolve(read('TANK_DATA_DIR') as string),
    http: { host: read('TANK_HTTP_HOST') as string, port: number('TANK_HTTP_PORT') },
    workerPort: number('TANK_WORKER_PORT'),
    gateway: gatewaySettings(read),
    store: read('TANK_STORE') as Settings['store'],
    ...optional('storeUrl', 'TANK_STORE_URL'),
    storeConnections: number('TANK_STORE_CONNECTIONS'),
    sourceConnections: number('TANK_SOURCE_CONNECTIONS'),
    queue: read('TANK_QUEUE') as Settings['queue'],
    transport: read('TANK_TRANSPORT') as TransportName,
    ...optional('smtpUrl', 'TANK_SMTP_URL'),
    ...optional('smtpCaFile', 'TANK_SMTP_CA_FILE'),
    smtpPlain: read('TANK_SMTP_PLAIN') as Settings['smtpPlain'],
    smtpConnections: number('TANK_SMTP_CONNECTIONS'),
    ...dkimOf(read),
    ...optional('sesConfigurationSet', 'TANK_SES_CONFIGURATION_SET'),
    sesMirrorsPause: read('TANK_SES_MIRROR_PAUSE') === 'on',
    sqsPrefix: read('TANK_SQS_PREFIX') as string,
    ...optional('sqsEndpoint', 'AWS_ENDPOINT_URL_SQS'),
    ...optional('sesEndpoint', 'AWS_ENDPOINT_URL_SESV2'),
    ...optional('awsRegion', 'AWS_REGION'),
    ...(read('TANK_FILE_ROOT') ? { fileRoot: resolve(read('TANK_FILE_ROOT') as string) } : {}),
    s3Prefixes: list('TANK_S3_PREFIXES'),
    ...optional('s3Endpoint', 'AWS_ENDPOINT_URL_S3'),
    testDomains: list('TANK_TEST_DOMAINS').map((domain) => domain.toLowerCase()),
    ...(read('TANK_SEND_RATE') ? { sendRate: number('TANK_SEND_RATE') } : {}),
    ...(read('TANK_DAILY_QUOTA') ? { dailyQuota: number('TANK_DAILY_QUOTA') } : {}),
    stopAfterRejected: number('TANK_STOP_AFTER_REJECTED'),
    ...optional('masterKey', 'TANK_MASTER_KEY'),
    secrets: read('TANK_SECRETS') as Settings['secrets'],
    secretsPrefix: read('TANK_SECRETS_PREFIX') as string,
    logLevel: read('TANK_LOG_LEVEL') as Settings['logLevel'],
    sendWorkers: number('TANK_SEND_WORKERS'),
    wave: number('TANK_WAVE'),
    callTimeoutMs: number('TANK_CALL_TIMEOUT_SECONDS') * 1000,
    leaseMs: number('TANK_LEASE_SECONDS') * 1000,
    queueWindowMs: number('TANK_QUEUE_WINDOW_SECONDS') * 1000,
    retryWaitsMs: (read('TANK_RETRY_MINUTES') as string)
      .split(',')
      .map((minutes) => Number(minutes) * 60_000),
    inDoubtWaitMs: number('TANK_IN_DOUBT_WAIT_MINUTES') * 60_000,
    messageContentMs: number('TANK_MESSAGE_CONTENT_DAYS') * 86_400_000,
    access: accessRules(read),
    ...(read('TANK_PUBLIC_URL')
      ? { publicUrl: (read('TANK_PUBLIC_URL') as string).replace(/\/+$/, '') }
      : {}),
    snsTopics: listOf(read('TANK_SNS_TOPICS')),
    ...optional('snsCaFile', 'TANK_SNS_CA_FILE'),
    ...alertMail(read),
    ...optional('alertWebhookUrl', 'TANK_ALERT_WEBHOOK_URL'),
  };
};
