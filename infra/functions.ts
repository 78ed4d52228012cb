import { resolve } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionEntry } from '../functions/manifest.ts';
import type { KeyName } from '../shared/config/keys.ts';
import { instancesOf } from './concurrency.ts';
import type { DeployOptions } from './options.ts';

/** The very folder that the daemon hosts: one build, two hosts. */
const ARTIFACT = resolve(import.meta.dirname, '../dist');

export interface FunctionsContext {
  readonly options: DeployOptions;
  readonly key: IKey;
  readonly environment: Readonly<Partial<Record<KeyName, string>>>;
  readonly network?: { readonly vpc: IVpc; readonly securityGroup: ISecurityGroup };
}

export const makeFunction = (
  scope: Construct,
  entry: FunctionEntry,
  context: FunctionsContext,
): LambdaFunction => {
  const { options, key, environment, network } = context;
  const name = `${options.prefix}-${entry.name}`;
  const logGroup = new LogGroup(scope, `${entry.name}-log`, {
    logGroupName: `/tank/${name}`,
    retention: options.logDays,
    encryptionKey: key,
  });
  const role = new Role(scope, `${entry.name}-role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  const handler = new LambdaFunction(scope, `${entry.name}-function`, {
    functionName: name,
    description: entry.about,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(ARTIFACT, { exclude: ['local/**', '**/*.map', 'meta.json', '.built'] }),
    handler: `functions/${entry.name}/index.handler`,
    timeout: Duration.seconds(entry.timeoutSeconds),
    memorySize: entry.memoryMb,
    reservedConcurrentExecutions: instancesOf(entry),
    environment,
    environmentEncryption: key,
    role,
    logGroup,
    tracing: Tracing.DISABLED,
    ...(network ? { vpc: network.vpc, securityGroups: [network.securityGroup] } : {}),
  });
  // Network interfaces are made by the function, and have no name before.
  if (network) allow(handler, NETWORK_INTERFACES, ['*']);
  return handler;
};

const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

export const allow = (
  handler: LambdaFunction,
  actions: readonly string[],
  resources: readonly string[],
): void => {
  handler.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
};
