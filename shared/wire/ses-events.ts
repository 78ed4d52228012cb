import { z } from 'zod';
import type { FeedbackEvent } from '../domain/feedback.ts';

/**
 * What SES tells about a mail: event publishing says `eventType`, identity notifications say
 * `notificationType`. Only the message id and the type are demanded; unknown types and fields pass, and a
 * field of an unexpected form counts as absent, because a lost event may leave a send in doubt for ever.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
const optionalText = z.string().optional().catch(undefined);
const recipients = z
  .array(z.looseObject({ emailAddress: z.string() }))
  .optional()
  .catch(undefined);
const addresses = z.array(z.string()).optional().catch(undefined);

const Mail = z.looseObject({
  messageId: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  timestamp: optionalText,
  destination: addresses,
  tags: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
  headers: z
    .array(z.looseObject({ name: z.string(), value: z.string() }))
    .optional()
    .catch(undefined),
});

const detail = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z
    .looseObject({ timestamp: optionalText, ...shape })
    .optional()
    .catch(undefined);

const Notification = z.looseObject({
  eventType: optionalText,
  notificationType: optionalText,
  mail: Mail,
  bounce: detail({
    bounceType: optionalText,
    bounceSubType: optionalText,
    bouncedRecipients: recipients,
    feedbackId: optionalText,
  }),
  complaint: detail({
    complaintFeedbackType: optionalText,
    complaintSubType: optionalText,
    complainedRecipients: recipients,
    feedbackId: optionalText,
  }),
  delivery: detail({ recipients: addresses }),
  deliveryDelay: detail({ delayType: optionalText, delayedRecipients: recipients }),
  open: detail({}),
  click: detail({}),
  failure: detail({ errorMessage: optionalText }),
  reject: detail({ reason: optionalText }),
  subscription: detail({
    newTopicPreferences: z
      .looseObject({ unsubscribeAll: z.boolean().optional().catch(undefined) })
      .optional()
      .catch(undefined),
  }),
});

type Notification = z.output<typeof Notification>;

const SnsEnvelope = z.looseObject({ Type: z.literal('Notification'), Message: z.string() });
const EventBridgeEnvelope = z.looseObject({
  source: z.literal('aws.ses'),
  'detail-type': z.string(),
  detail: z.unknown(),
});

/** An event that EventBridge hands to a function by itself. */
export interface BridgedEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: unknown;
}

/** What SES sends once, when a topic is set up: a text of its own, or a notification about the subscription. */
const SETUP_TEXT = 'Successfully validated SNS topic';
const SetupNotification = z.looseObject({ notificationType: z.literal('AmazonSnsSubscriptionSucceeded') });

/** Undefined: a greeting of the set-up, or news of the account, of which there is nothing to take in. */
export const SesEventMessage = z.unknown().transform((value, context): FeedbackEvent | undefined => {
  const raw = unwrap(value);
  if (raw === NOT_ABOUT_MAIL || SetupNotification.safeParse(raw).success) return undefined;
  const parsed = Notification.safeParse(raw);
  const type = parsed.data?.eventType ?? parsed.data?.notificationType;
  if (parsed.success && type) return toEvent(parsed.data, type, raw);
  for (const path of parsed.error?.issues.map((issue) => issue.path) ?? [['eventType']]) {
    context.issues.push({ code: 'custom', path, message: 'is missing', input: undefined });
  }
  return z.NEVER;
});

const NOT_ABOUT_MAIL = Symbol('not about a mail');

/** Raw delivery is the notification itself; SNS puts it as a text into an envelope, EventBridge as an object. */
const unwrap = (value: unknown): unknown => {
  const sns = SnsEnvelope.safeParse(value).data;
  if (sns) return sns.Message.startsWith(SETUP_TEXT) ? NOT_ABOUT_MAIL : unwrap(parseJson(sns.Message));
  const bridge = EventBridgeEnvelope.safeParse(value).data;
  if (!bridge) return value;
  return bridge['detail-type'].startsWith('Email ') ? bridge.detail : NOT_ABOUT_MAIL;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const toEvent = (notification: Notification, type: string, raw: unknown): FeedbackEvent => {
  const { mail, bounce, complaint } = notification;
  return {
    type: plain(type),
    messageId: mail.messageId,
    recipients: recipientsOf(notification),
    destination: mail.destination ?? [],
    source: 'ses',
    raw,
    ...given('subtype', subtypeOf(notification)),
    ...given('attemptId', attemptIdOf(notification)),
    ...given('feedbackId', bounce?.feedbackId ?? complaint?.feedbackId),
    ...given('occurredAt', timeOf(notification)),
  };
};

const given = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);

const MAX_WORD = 60;
/** A NUL or half a character would be refused by the store, again and again. */
const plain = (word: string): string => word.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_WORD);

const ATTEMPT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** The tag comes with event publishing; identity notifications carry the mail's headers at best. */
const attemptIdOf = ({ mail }: Notification): string | undefined =>
  [
    mail.tags?.['tank-attempt-id']?.[0],
    mail.headers?.find(({ name }) => name.toLowerCase() === 'x-tank-attempt-id')?.value,
  ].find((candidate) => candidate !== undefined && ATTEMPT_ID.test(candidate));

const recipientsOf = ({
  mail,
  bounce,
  complaint,
  delivery,
  deliveryDelay,
}: Notification): readonly string[] => {
  const named =
    bounce?.bouncedRecipients ?? complaint?.complainedRecipients ?? deliveryDelay?.delayedRecipients;
  return named?.map(({ emailAddress }) => emailAddress) ?? delivery?.recipients ?? mail.destination ?? [];
};

/** `Permanent/NoEmail`, `abuse`, `MailboxFull`: the vendor's own words. */
const subtypeOf = ({ bounce, complaint, deliveryDelay, subscription }: Notification): string | undefined => {
  const words = [
    bounce?.bounceType,
    bounce?.bounceSubType,
    complaint?.complaintFeedbackType,
    complaint?.complaintSubType,
    deliveryDelay?.delayType,
    subscription?.newTopicPreferences?.unsubscribeAll ? 'UnsubscribeAll' : undefined,
  ];
  return plain(words.filter(Boolean).join('/')) || undefined;
};

const timeOf = ({ mail, ...details }: Notification): number | undefined =>
  [
    details.bounce,
    details.complaint,
    details.delivery,
    details.deliveryDelay,
    details.open,
    details.click,
    details.failure,
    details.reject,
    details.subscription,
    mail,
  ]
    .map((part) => Date.parse(part?.timestamp ?? ''))
    .find((time) => !Number.isNaN(time));
