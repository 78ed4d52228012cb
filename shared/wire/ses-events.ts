import { z } from 'zod';

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
  messageId: z.string().min(1).max(200),
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
  subscription: detail({}),
});

type Notification = z.output<typeof Notification>;

/** An event, once for each recipient that it is about. Nothing but what Tank works with; `raw` is the whole of it. */
export interface SesEvent {
  readonly type: string;
  readonly subtype?: string;
  readonly messageId: string;
  readonly attemptId?: string;
  readonly feedbackId?: string;
  readonly occurredAt?: number;
  /** Empty when SES names none. */
  readonly recipients: readonly string[];
  readonly raw: unknown;
}

const SnsEnvelope = z.looseObject({ Type: z.literal('Notification'), Message: z.string() });

/** What SES sends once, when a topic is set up: a text of its own, or a notification about the subscription. */
const SETUP_TEXT = 'Successfully validated SNS topic';
const SetupNotification = z.looseObject({ notificationType: z.literal('AmazonSnsSubscriptionSucceeded') });

/** Undefined: a greeting of the set-up, of which there is nothing to take in. */
export const SesEventMessage = z.unknown().transform((value, context): SesEvent | undefined => {
  const envelope = SnsEnvelope.safeParse(value).data;
  if (envelope?.Message.startsWith(SETUP_TEXT)) return undefined;
  const raw = envelope ? parseJson(envelope.Message) : value;
  if (SetupNotification.safeParse(raw).success) return undefined;
  const parsed = Notification.safeParse(raw);
  const type = parsed.data?.eventType ?? parsed.data?.notificationType;
  if (parsed.success && type) return toEvent(parsed.data, type, raw);
  for (const path of parsed.error?.issues.map((issue) => issue.path) ?? [['eventType']]) {
    context.issues.push({ code: 'custom', path, message: 'is missing', input: undefined });
  }
  return z.NEVER;
});

/** Raw delivery is the notification itself; otherwise it is a text in the envelope of SNS. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const toEvent = (notification: Notification, type: string, raw: unknown): SesEvent => {
  const { mail, bounce, complaint } = notification;
  return {
    type: type.slice(0, MAX_WORD),
    messageId: mail.messageId,
    recipients: recipientsOf(notification),
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
const subtypeOf = ({ bounce, complaint, deliveryDelay }: Notification): string | undefined => {
  const words = [
    bounce?.bounceType,
    bounce?.bounceSubType,
    complaint?.complaintFeedbackType,
    complaint?.complaintSubType,
    deliveryDelay?.delayType,
  ];
  return words.filter(Boolean).join('/').slice(0, MAX_WORD) || undefined;
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
