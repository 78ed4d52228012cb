import { TankError } from '../../shared/domain/errors.ts';
import { isTimely, REMEMBER_NOTICE_MS, type SnsMessage } from '../../shared/domain/sns.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { type FeedbackPorts, takeInFeedback } from '../../shared/use-cases/take-in-feedback.ts';
import { SesEventMessage } from '../../shared/wire/ses-events.ts';
import { SnsMessageBody } from '../../shared/wire/sns-message.ts';

export type SnsPorts = FeedbackPorts & Pick<Ports, 'sns'>;

export interface SnsRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What is refused is counted: many refusals are somebody's attempt. */
export const takeSnsMessage = async (ports: SnsPorts, request: SnsRequest): Promise<void> => {
  try {
    await take(ports, request);
  } catch (thrown) {
    if (thrown instanceof TankError && thrown.code === 'notification_refused') {
      ports.runtime.log.warn('sns_message_refused', { reason: String(thrown.facts.reason) });
      await (await ports.alerts()).signal('attack_signals', 'sns');
    }
    throw thrown;
  }
};

/** The cheap questions first: nothing is fetched, and the store is not asked, before the topic is known to be ours. */
const take = async (ports: SnsPorts, request: SnsRequest): Promise<void> => {
  const sns = await ports.sns();
  refuseIf(request.headers['x-amz-sns-rawdelivery'] !== undefined, 'raw delivery cannot be verified');
  const message = readMessage(request.body);
  refuseIf(!sns.isAllowed(message.TopicArn), 'its topic is not one of ours');
  refuseContradictions(request.headers, message);
  refuseIf(!isTimely(message.Timestamp, ports.runtime.clock.now()), 'its time is not now');
  const events = await ports.events();
  refuseIf(await events.isNoticeKnown(message.MessageId), 'it has been here before');
  await sns.verify(message);
  await dispatch(ports, message);
  await events.rememberNotice(message.MessageId, REMEMBER_NOTICE_MS);
};

const refuseIf = (condition: boolean, reason: string): void => {
  if (condition) throw new TankError('notification_refused', { reason });
};

const readMessage = (body: string): SnsMessage => {
  const parsed = SnsMessageBody.safeParse(parseJson(body));
  if (!parsed.success) throw new TankError('notification_refused', { reason: 'it is not a message of SNS' });
  return parsed.data;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The headers are not signed; where they say something else than the message, somebody has pieced it together. */
const refuseContradictions = (headers: SnsRequest['headers'], message: SnsMessage): void => {
  const pairs = [
    ['x-amz-sns-message-type', message.Type],
    ['x-amz-sns-message-id', message.MessageId],
    ['x-amz-sns-topic-arn', message.TopicArn],
  ] as const;
  const told = pairs.filter(([name]) => headers[name] !== undefined);
  refuseIf(
    told.some(([name, value]) => headers[name] !== value),
    'its headers contradict it',
  );
};

const dispatch = async (ports: SnsPorts, message: SnsMessage): Promise<void> => {
  const alerts = await ports.alerts();
  const about = message.TopicArn;
  switch (message.Type) {
    case 'Notification':
      return takeIn(ports, message);
    case 'SubscriptionConfirmation':
      refuseIf(!message.Token, 'it brings no token');
      await (await ports.sns()).confirm(message.TopicArn, message.Token ?? '');
      return alerts.raise({ kind: 'topic_confirmed', about });
    case 'UnsubscribeConfirmation':
      return alerts.raise({ kind: 'topic_unsubscribed', about });
  }
};

/** Verified, and still not to be understood: SNS does not repeat what is answered with 400, and it would be no better. */
const takeIn = async (ports: SnsPorts, { Type, Message, MessageId }: SnsMessage): Promise<void> => {
  const parsed = SesEventMessage.safeParse({ Type, Message });
  if (!parsed.success) throw new TankError('invalid_message', { reason: `message ${MessageId} is no event` });
  if (parsed.data) await takeInFeedback(ports, [parsed.data]);
};
