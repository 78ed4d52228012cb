export const SNS_TYPES = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const;
export type SnsType = (typeof SNS_TYPES)[number];

/** A message of SNS as it arrives over HTTPS, nothing of it believed yet. */
export interface SnsMessage {
  readonly Type: SnsType;
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Message: string;
  readonly Timestamp: string;
  readonly SignatureVersion: string;
  readonly Signature: string;
  readonly SigningCertURL: string;
  readonly Subject?: string | undefined;
  readonly Token?: string | undefined;
  readonly SubscribeURL?: string | undefined;
}

const SIGNED_FIELDS: Readonly<Record<SnsType, readonly (keyof SnsMessage)[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

/** https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
export const textToSign = (message: SnsMessage): string =>
  SIGNED_FIELDS[message.Type]
    .filter((field) => message[field] !== undefined)
    .map((field) => `${field}\n${message[field]}\n`)
    .join('');

/** Version 1 is the default of every topic to this day; version 2 must be chosen there. */
const HASHES: Readonly<Record<string, 'sha1' | 'sha256'>> = { 1: 'sha1', 2: 'sha256' };
export const hashOfVersion = (version: string): 'sha1' | 'sha256' | undefined =>
  Object.hasOwn(HASHES, version) ? HASHES[version] : undefined;

const TOPIC = /^arn:aws[a-z-]*:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[A-Za-z0-9_-]{1,256}$/;
export const regionOfTopic = (topicArn: string): string | undefined => TOPIC.exec(topicArn)?.[1];

export const hostOfRegion = (region: string): string => `sns.${region}.amazonaws.com`;

/**
 * Compared as a whole and before anything parses it: what two parsers read differently (userinfo, ports, dots,
 * escapes, backslashes) cannot be written in this form. CVE-2026-32096, CVE-2026-42193 are such readings.
 */
export const isSigningCertUrl = (url: string, region: string): boolean => {
  const start = `https://${hostOfRegion(region)}/SimpleNotificationService-`;
  return url.startsWith(start) && /^[0-9a-f]{16,64}\.pem$/.test(url.slice(start.length));
};

/** SNS repeats a delivery for an hour at most, and the time stays that of the first one. */
const MAX_AGE_MS = 65 * 60_000;
const MAX_AHEAD_MS = 5 * 60_000;
/** Longer than any message can be young enough. */
export const REMEMBER_NOTICE_MS = 2 * MAX_AGE_MS;

const SNS_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

export const isTimely = (timestamp: string, now: number): boolean => {
  const at = SNS_TIME.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  return now - at <= MAX_AGE_MS && at - now <= MAX_AHEAD_MS;
};
