import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADDRESS, addressKey } from '../../shared/domain/address-key.ts';
import { feedbackWorld, RECORDED_RUN, RECORDED_SEND } from '../fixtures/feedback-world.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const FOLDER = new URL('../fixtures/ses-events/', import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(`${name}.json`, FOLDER), 'utf8');

/** delivery of the send · counted by the pause rule as · suppressed for · whether the send weighs as resolved */
type Effect = readonly [
  delivery: 'none' | 'delivered' | 'delayed' | 'bounced' | 'complained',
  counted: '-' | 'bounce' | 'complaint',
  suppressed: '-' | 'bounce *' | 'complaint *' | 'complaint retail' | 'unsubscribe retail',
  resolved: 'resolved' | 'open',
];

/** Every type and subtype in the documents of SES, and what follows from it. */
const EFFECTS: Readonly<Record<string, Effect | 'nothing'>> = {
  send: ['none', '-', '-', 'open'],
  delivery: ['delivered', '-', '-', 'resolved'],
  open: ['delivered', '-', '-', 'resolved'],
  click: ['delivered', '-', '-', 'resolved'],
  subscription: ['delivered', '-', 'unsubscribe retail', 'resolved'],
  'subscription-one-topic': ['delivered', '-', '-', 'resolved'],
  reject: ['bounced', '-', '-', 'open'],
  'rendering-failure': ['bounced', '-', '-', 'open'],

  'bounce-permanent': ['bounced', 'bounce', 'bounce *', 'resolved'],
  'bounce-no-email': ['bounced', 'bounce', 'bounce *', 'resolved'],
  'bounce-globally-suppressed': ['bounced', 'bounce', 'bounce *', 'resolved'],
  'bounce-suppressed': ['bounced', '-', 'bounce *', 'open'],
  'bounce-tenant-suppressed': ['bounced', '-', 'bounce *', 'open'],
  'bounce-validation-suppressed': ['bounced', '-', '-', 'open'],
  'bounce-unsubscribed-recipient': ['bounced', '-', 'unsubscribe retail', 'open'],
  'bounce-transient': ['bounced', '-', '-', 'resolved'],
  'bounce-transient-general': ['bounced', '-', '-', 'resolved'],
  'bounce-message-too-large': ['bounced', '-', '-', 'resolved'],
  'bounce-content-rejected': ['bounced', '-', '-', 'resolved'],
  'bounce-attachment-rejected': ['bounced', '-', '-', 'resolved'],
  'bounce-custom-timeout': ['bounced', '-', '-', 'resolved'],
  'bounce-undetermined': ['bounced', '-', '-', 'resolved'],

  complaint: ['complained', 'complaint', 'complaint retail', 'resolved'],
  'complaint-auth-failure': ['complained', 'complaint', 'complaint retail', 'resolved'],
  'complaint-fraud': ['complained', 'complaint', 'complaint retail', 'resolved'],
  'complaint-other': ['complained', 'complaint', 'complaint retail', 'resolved'],
  'complaint-virus': ['complained', 'complaint', 'complaint retail', 'resolved'],
  'complaint-without-report': ['complained', 'complaint', 'complaint retail', 'resolved'],
  'complaint-not-spam': ['delivered', '-', '-', 'resolved'],
  'complaint-suppressed': ['complained', '-', 'complaint *', 'open'],

  'complaint-tenant-suppressed': ['complained', '-', 'complaint *', 'open'],

  'delivery-delay': ['delayed', '-', '-', 'open'],
  'delivery-delay-internal-failure': ['delayed', '-', '-', 'open'],
  'delivery-delay-general': ['delayed', '-', '-', 'open'],
  'delivery-delay-mailbox-full': ['delayed', '-', '-', 'open'],
  'delivery-delay-spam-detected': ['delayed', '-', '-', 'open'],
  'delivery-delay-recipient-server-error': ['delayed', '-', '-', 'open'],
  'delivery-delay-ip-failure': ['delayed', '-', '-', 'open'],
  'delivery-delay-host-name-lookup': ['delayed', '-', '-', 'open'],
  'delivery-delay-undetermined': ['delayed', '-', '-', 'open'],
  'delivery-delay-sending-deferral': ['delayed', '-', '-', 'open'],

  'notification-bounce': ['bounced', 'bounce', 'bounce *', 'resolved'],
  'notification-complaint': ['complained', 'complaint', 'complaint retail', 'resolved'],
  'notification-delivery': ['delivered', '-', '-', 'resolved'],
  'notification-set-up': 'nothing',
  'sns-envelope-delivery': ['delivered', '-', '-', 'resolved'],
  'sns-envelope-set-up': 'nothing',
  'eventbridge-bounce': ['bounced', 'bounce', 'bounce *', 'resolved'],
  'eventbridge-account': 'nothing',
};

/** https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html, and its page about tenants. */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  Send: ['-'],
  Delivery: ['-'],
  Open: ['-'],
  Click: ['-'],
  Reject: ['-'],
  'Rendering Failure': ['-'],
  Subscription: ['-'],
  Bounce: [
    'Undetermined/Undetermined',
    'Permanent/General',
    'Permanent/NoEmail',
    'Permanent/Suppressed',
    'Permanent/OnAccountSuppressionList',
    'Permanent/OnTenantSuppressionList',
    'Permanent/EmailValidationSuppressed',
    'Transient/General',
    'Transient/MailboxFull',
    'Transient/MessageTooLarge',
    'Transient/CustomTimeoutExceeded',
    'Transient/ContentRejected',
    'Transient/AttachmentRejected',
  ],
  Complaint: [
    '-',
    'abuse',
    'auth-failure',
    'fraud',
    'not-spam',
    'other',
    'virus',
    'OnAccountSuppressionList',
    'OnTenantSuppressionList',
  ],
  DeliveryDelay: [
    'InternalFailure',
    'General',
    'MailboxFull',
    'SpamDetected',
    'RecipientServerError',
    'IPFailure',
    'TransientCommunicationFailure',
    'BYOIPHostNameLookupUnavailable',
    'Undetermined',
    'SendingDeferral',
  ],
};

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html */
const BRIDGED: Readonly<Record<string, string>> = {
  delivery: 'Email Delivered',
  'bounce-no-email': 'Email Bounced',
  complaint: 'Email Complaint Received',
  reject: 'Email Rejected',
  send: 'Email Sent',
  open: 'Email Opened',
  'rendering-failure': 'Email Rendering Failed',
  click: 'Email Clicked',
  'delivery-delay': 'Email Delivery Delayed',
  subscription: 'Email Subscribed',
};

/** The vendor's words in a recorded event of event publishing; of other forms nothing. */
const documentedIn = (name: string): string[] => {
  const { eventType, bounce, complaint, deliveryDelay } = JSON.parse(fixture(name));
  if (typeof eventType !== 'string') return [];
  const words = bounce
    ? [bounce.bounceType, bounce.bounceSubType]
    : [complaint?.complaintFeedbackType, complaint?.complaintSubType, deliveryDelay?.delayType];
  return [`${eventType} ${words.filter(Boolean).join('/') || '-'}`];
};

/** The store after the one event, put into words. */
const effectOf = async (body: string): Promise<Effect | 'nothing'> => {
  const world = feedbackWorld(await openTestStore());
  await world.sentRun(43, { id: RECORDED_RUN });
  const message = JSON.parse(fixture('delivery')).mail.messageId;
  await world.database.run('UPDATE email_send_log SET message_id = ? WHERE id = ?', [message, RECORDED_SEND]);
  expect(await world.handle(body)).toEqual([]);
  if ((await world.events.count()) === 0) return 'nothing';
  const send = await world.sendOf(RECORDED_SEND);
  const bounces = await world.feedback.window('bounce', { scope: 'account', id: '*' });
  const complaints = await world.feedback.window('complaint', { scope: 'account', id: '*' });
  const counted = bounces.events === 1 ? 'bounce' : complaints.events === 1 ? 'complaint' : '-';
  const hash = (await world.vault.hasher())(ADDRESS, addressKey('jimin.park@example.com'));
  const [entry] = await world.suppressions.list({ limit: 10, addressHash: hash });
  const suppressed = entry ? `${entry.reason} ${entry.scope}` : '-';
  const resolved = bounces.sends === 1 ? 'resolved' : 'open';
  return [send?.delivery ?? 'none', counted, suppressed, resolved] as Effect;
};

describe('recorded events of SES', () => {
  it('stand in the table, all of them', () => {
    const recorded = readdirSync(FOLDER).map((file) => file.replace('.json', ''));
    expect(Object.keys(EFFECTS).sort()).toEqual(recorded.sort());
  });

  it.each(Object.entries(EFFECTS))('%s has its effect', async (name, effect) => {
    expect(await effectOf(fixture(name))).toEqual(effect);
  });

  it('are there of every type and subtype that the vendor documents', () => {
    const documented = Object.entries(DOCUMENTED).flatMap(([type, subtypes]) =>
      subtypes.map((subtype) => `${type} ${subtype}`),
    );
    const recorded = Object.keys(EFFECTS).flatMap(documentedIn);
    expect(documented.filter((words) => !recorded.includes(words))).toEqual([]);
  });

  it.each(Object.entries(BRIDGED))(
    '%s has the same effect out of the envelopes of SNS and of EventBridge, as "%s"',
    async (name, detailType) => {
      const effect = EFFECTS[name];
      const message = fixture(name);
      const sns = { Type: 'Notification', MessageId: 'm', TopicArn: 't', Message: message };
      const bridge = {
        version: '0',
        source: 'aws.ses',
        'detail-type': detailType,
        detail: JSON.parse(message),
      };
      expect(await effectOf(JSON.stringify(sns))).toEqual(effect);
      expect(await effectOf(JSON.stringify(bridge))).toEqual(effect);
    },
  );
});
