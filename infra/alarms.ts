import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { DeployOptions } from './options.ts';
import type { QueuePair } from './queue-door.ts';

const FIVE_MINUTES = Duration.minutes(5);
/** The queue carries two minutes of work; what waits longer than ten is not being done. */
const OLDEST_MESSAGE_SECONDS = 600;
/** Half of what AWS reviews at: 5% bounces, 0.1% complaints. */
const BOUNCE_RATE = 0.025;
const COMPLAINT_RATE = 0.0005;

export const makeAlarms = (
  scope: Construct,
  options: DeployOptions,
  key: Key,
  queues: ReadonlyMap<string, QueuePair>,
  functions: readonly LambdaFunction[],
): void => {
  key.grant(new ServicePrincipal('cloudwatch.amazonaws.com'), 'kms:Decrypt', 'kms:GenerateDataKey*');
  const topic = new Topic(scope, 'alarms', {
    topicName: `${options.prefix}-alarms`,
    masterKey: key,
    enforceSSL: true,
  });
  if (options.alarmEmail) topic.addSubscription(new EmailSubscription(options.alarmEmail));
  const alarm = (
    id: string,
    alarmDescription: string,
    metric: IMetric,
    threshold: number,
    treatMissingData = TreatMissingData.NOT_BREACHING,
  ) => {
    const made = new Alarm(scope, id, {
      alarmDescription,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData,
    });
    made.addAlarmAction(new SnsAction(topic));
  };
  for (const [name, { living, dead }] of queues) {
    const age = living.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES, statistic: 'Maximum' });
    alarm(`${name}-age`, `The oldest message of ${name} waits too long`, age, OLDEST_MESSAGE_SECONDS);
    const count = dead.metricApproximateNumberOfMessagesVisible({
      period: FIVE_MINUTES,
      statistic: 'Maximum',
    });
    alarm(`${name}-dead`, `${name} has dead messages: see "tank queue dlq list ${name}"`, count, 0);
  }
  for (const handler of functions) {
    alarm(
      `${handler.node.id}-errors`,
      `${handler.node.id} fails`,
      handler.metricErrors({ period: FIVE_MINUTES }),
      0,
    );
  }
  const reputation = (metricName: string) =>
    new Metric({ namespace: 'AWS/SES', metricName, period: Duration.hours(1), statistic: 'Maximum' });
  alarm(
    'bounce-rate',
    'The bounce rate nears the line at which AWS reviews',
    reputation('Reputation.BounceRate'),
    BOUNCE_RATE,
  );
  alarm(
    'complaint-rate',
    'The complaint rate nears the line at which AWS reviews',
    reputation('Reputation.ComplaintRate'),
    COMPLAINT_RATE,
  );
  alarm(
    'alerts',
    'Tank has raised an alert: its line "alert_raised" in the log says which',
    alerts(functions, options),
    0,
  );
  alarm(
    'no-events',
    'Mails went out and no event came back: doubtful sends cannot be settled',
    silence(queues),
    0,
  );
};

/** On AWS the log is where Tank's own alerts are told, whichever function raises them. */
const alerts = (functions: readonly LambdaFunction[], { prefix }: DeployOptions): IMetric => {
  const [metricNamespace, metricName] = [`Tank/${prefix}`, 'alerts'];
  for (const handler of functions)
    handler.logGroup.addMetricFilter('alerts', {
      metricNamespace,
      metricName,
      filterPattern: FilterPattern.stringValue('$.event', '=', 'alert_raised'),
    });
  return new Metric({ namespace: metricNamespace, metricName, period: FIVE_MINUTES, statistic: 'Sum' });
};

/** Mails were sent in a quarter of an hour in which the events queue stayed empty. */
const silence = (queues: ReadonlyMap<string, QueuePair>): IMetric => {
  const period = Duration.minutes(15);
  const sent = new Metric({ namespace: 'AWS/SES', metricName: 'Send', period, statistic: 'Sum' });
  const events = queues.get('events');
  if (!events) return sent;
  const received = events.living.metricNumberOfMessagesSent({ period, statistic: 'Sum' });
  return new MathExpression({
    expression: 'IF(FILL(received, 0) == 0, sent, 0)',
    usingMetrics: { sent, received },
    period,
  });
};
