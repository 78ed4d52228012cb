import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Right } from '../functions/manifest.ts';
import { allow } from './functions.ts';
import type { DeployOptions } from './options.ts';
import type { QueuePair } from './queue-door.ts';

export interface RightsContext {
  readonly options: DeployOptions;
  readonly key: IKey;
  readonly queues: ReadonlyMap<string, QueuePair>;
  readonly configurationSet: string;
}

/** Evidence for each wildcard that remains; a new one fails the synthesis until it has its own. */
const acknowledgeWildcards = (handler: LambdaFunction, { prefix, attachments }: DeployOptions): void => {
  const wildcard = (resource: string, reason: string) => ({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
    reason,
  });
  const sources = `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${prefix}/source/`;
  const added =
    'Sources and providers of sign-in are added without a deployment, all beneath the own prefix.';
  Validations.of(handler.role ?? handler).acknowledge(
    wildcard(`${sources}*`, added),
    wildcard(`${sources}oidc-*`, added),
    wildcard('*', 'ses:GetAccount and the network interfaces of a VPC know no resources.'),
    ...attachments.map((prefix) =>
      wildcard(`${objectsOf(prefix)}`, 'The files of a day lie beneath a prefix that the deployment names.'),
    ),
  );
};

/** Secrets Manager ends the name of a secret with six characters of its own. */
const ANY_ENDING = '-??????';
const OWN_SECRETS = ['master-key', 'signing-key', 'store-url'];

/** Every function reads the installation's own secrets, and nothing else of the account but what the manifest names. */
export const grantRights = (
  handler: LambdaFunction,
  rights: readonly Right[],
  context: RightsContext,
): void => {
  const { options, key } = context;
  readSecrets(
    handler,
    options,
    OWN_SECRETS.map((name) => name + ANY_ENDING),
  );
  key.grantDecrypt(handler);
  for (const right of rights) grantRight(handler, right, context);
  acknowledgeWildcards(handler, options);
};

const grantRight = (
  handler: LambdaFunction,
  right: Right,
  { options, key, queues, configurationSet }: RightsContext,
): void => {
  const { partition, region, account } = Stack.of(handler);
  const ses = (resource: string) => `arn:${partition}:ses:${region}:${account}:${resource}`;
  if (right === 'send-mail') {
    allow(
      handler,
      ['ses:SendEmail', 'ses:SendRawEmail'],
      [ses(`identity/${options.sesIdentity}`), ses(`configuration-set/${configurationSet}`)],
    );
  } else if (right === 'pause-sending') {
    allow(handler, ['ses:PutConfigurationSetSendingOptions'], [ses(`configuration-set/${configurationSet}`)]);
  } else if (right === 'read-quota') {
    // GetAccount knows no resources.
    allow(handler, ['ses:GetAccount'], ['*']);
  } else if (right === 'open-sources') {
    readSecrets(handler, options, ['source/*']);
  } else if (right === 'ask-sign-in-providers') {
    readSecrets(handler, options, ['source/oidc-*', `source/captcha${ANY_ENDING}`]);
  } else if (right === 'read-attachments') {
    readAttachments(handler, options.attachments);
  } else if (right === 'tend-queues') {
    tendQueues(handler, [...queues.values()]);
    key.grant(handler, 'kms:Decrypt', 'kms:GenerateDataKey');
  } else {
    const queue = queues.get(right.slice('enqueue:'.length))?.living;
    if (!queue) throw new Error(`${right}: no function takes from that queue`);
    allow(handler, ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], [queue.queueArn]);
    key.grant(handler, 'kms:Decrypt', 'kms:GenerateDataKey');
  }
};

const readSecrets = (handler: LambdaFunction, { prefix }: DeployOptions, names: readonly string[]): void => {
  const { partition, region, account } = Stack.of(handler);
  const secrets = `arn:${partition}:secretsmanager:${region}:${account}:secret:${prefix}/`;
  allow(
    handler,
    ['secretsmanager:GetSecretValue'],
    names.map((name) => secrets + name),
  );
};

const tendQueues = (handler: LambdaFunction, pairs: readonly QueuePair[]): void => {
  const arnsOf = (kind: keyof QueuePair) => pairs.map((pair) => pair[kind].queueArn);
  const look = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];
  allow(handler, [...look, 'sqs:SendMessage'], arnsOf('living'));
  allow(
    handler,
    [...look, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
    arnsOf('dead'),
  );
};

/** Of an s3://bucket/prefix/ all that lies beneath it. */
const objectsOf = (prefix: string): string => `arn:<AWS::Partition>:s3:::${prefix.slice('s3://'.length)}*`;

const readAttachments = (handler: LambdaFunction, prefixes: readonly string[]): void => {
  const { partition } = Stack.of(handler);
  for (const prefix of prefixes) {
    const [, bucket = '', folder = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(prefix) ?? [];
    allow(handler, ['s3:GetObject'], [`arn:${partition}:s3:::${bucket}/${folder}*`]);
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [`arn:${partition}:s3:::${bucket}`],
        conditions: { StringLike: { 's3:prefix': `${folder}*` } },
      }),
    );
  }
};
