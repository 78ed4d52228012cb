import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { ConfigurationSet, EmailSendingEvent, EventDestination } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { QueuePair } from './queue-door.ts';

const TOLD = [
  EmailSendingEvent.SEND,
  EmailSendingEvent.DELIVERY,
  EmailSendingEvent.BOUNCE,
  EmailSendingEvent.COMPLAINT,
  EmailSendingEvent.REJECT,
  EmailSendingEvent.RENDERING_FAILURE,
  EmailSendingEvent.DELIVERY_DELAY,
];

/** SES tells SNS, SNS the queue: the way by which doubtful sends are settled. SNS keeps trying SQS for weeks, HTTPS for an hour. */
export const makeFeedback = (
  scope: Construct,
  prefix: string,
  key: Key,
  events: QueuePair,
): ConfigurationSet => {
  for (const service of ['sns.amazonaws.com', 'ses.amazonaws.com'])
    key.grant(new ServicePrincipal(service), 'kms:Decrypt', 'kms:GenerateDataKey*');
  const topic = new Topic(scope, 'ses-events', {
    topicName: `${prefix}-ses-events`,
    masterKey: key,
    enforceSSL: true,
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      actions: ['sns:Publish'],
      principals: [new ServicePrincipal('ses.amazonaws.com')],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'AWS:SourceAccount': Stack.of(scope).account } },
    }),
  );
  topic.addSubscription(
    new SqsSubscription(events.living, { rawMessageDelivery: true, deadLetterQueue: events.dead }),
  );
  const set = new ConfigurationSet(scope, 'configuration-set', {
    configurationSetName: prefix,
    reputationMetrics: true,
  });
  set.addEventDestination('events', { destination: EventDestination.snsTopic(topic), events: TOLD });
  return set;
};
