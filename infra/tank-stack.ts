import { CfnOutput, Fn, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type FunctionEntry, MANIFEST } from '../functions/manifest.ts';
import { makeAlarms } from './alarms.ts';
import { demandSessions } from './concurrency.ts';
import { makeFeedback } from './feedback.ts';
import { type FunctionsContext, makeFunction } from './functions.ts';
import { openGatewayDoor, openHttpDoor } from './http-door.ts';
import type { DeployOptions } from './options.ts';
import { makeQueues, openQueueDoor } from './queue-door.ts';
import { grantRights } from './rights.ts';
import { openScheduleDoor } from './schedule-door.ts';

/** The manifest, deployed: what the daemon hosts on one machine, on Lambda. */
export class TankStack extends Stack {
  constructor(scope: Construct, id: string, options: DeployOptions) {
    super(scope, id, { description: 'Tank: personal mail in bulk' });
    demandSessions(MANIFEST, options);
    Tags.of(this).add('product', 'tank');
    Tags.of(this).add('installation', options.prefix);
    const key = this.#makeKey(options);
    const queues = makeQueues(this, options.prefix, key, MANIFEST);
    const events = queues.get('events');
    if (!events) throw new Error('the manifest has no queue for events');
    const configurationSet = makeFeedback(this, options.prefix, key, events).configurationSetName;
    const context = this.#functionsContext(options, key, configurationSet);

    const hosted = MANIFEST.map((entry) => ({ entry, handler: makeFunction(this, entry, context) }));
    for (const { entry, handler } of hosted) {
      grantRights(handler, entry.rights ?? [], { options, key, queues, configurationSet });
      openOwnDoors(this, entry, handler, queues);
    }

    const log = new LogGroup(this, 'access-log', {
      logGroupName: `/tank/${options.prefix}-api`,
      retention: options.logDays,
      encryptionKey: key,
    });
    const withHttp = hosted.filter(({ entry }) => entry.http);
    openHttpDoor(this, options, withHttp, log);
    openGatewayDoor(this, options, withHttp, log);
    makeAlarms(
      this,
      options,
      key,
      queues,
      hosted.map(({ handler }) => handler),
    );
    new CfnOutput(this, 'SecretsPrefix', {
      value: `${options.prefix}/`,
      description: 'master-key, signing-key, store-url and source secrets lie beneath',
    });
  }

  #makeKey(options: DeployOptions): Key {
    const key = new Key(this, 'key', {
      alias: `${options.prefix}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    key.grantEncryptDecrypt(new ServicePrincipal(`logs.${this.region}.amazonaws.com`));
    return key;
  }

  #functionsContext(options: DeployOptions, key: Key, configurationSet: string): FunctionsContext {
    const environment = {
      ...options.settings,
      TANK_DATA_DIR: '/tmp/tank',
      TANK_STORE: 'postgres',
      TANK_STORE_CONNECTIONS: '1',
      TANK_SOURCE_CONNECTIONS: '1',
      TANK_QUEUE: 'sqs',
      TANK_SQS_PREFIX: `${options.prefix}-`,
      TANK_TRANSPORT: 'ses',
      TANK_SES_CONFIGURATION_SET: configurationSet,
      TANK_SES_MIRROR_PAUSE: 'on',
      TANK_SECRETS: 'aws',
      TANK_SECRETS_PREFIX: `${options.prefix}/`,
      ...(options.attachments.length > 0 ? { TANK_S3_PREFIXES: options.attachments.join(',') } : {}),
      ...(options.sendRate ? { TANK_SEND_RATE: String(options.sendRate) } : {}),
    };
    if (!options.network) return { options, key, environment };
    const { vpcId, subnetIds } = options.network;
    const vpc = Vpc.fromVpcAttributes(this, 'vpc', {
      vpcId,
      availabilityZones: subnetIds.map((_, zone) => Fn.select(zone, Fn.getAzs())),
      privateSubnetIds: [...subnetIds],
    });
    const securityGroup = new SecurityGroup(this, 'functions', {
      vpc,
      description: 'Tank functions: outbound only',
    });
    return { options, key, environment, network: { vpc, securityGroup } };
  }
}

/** Queues and schedule of one function. */
const openOwnDoors = (
  stack: TankStack,
  { name, queues: doors = [], schedule }: FunctionEntry,
  handler: ReturnType<typeof makeFunction>,
  queues: ReturnType<typeof makeQueues>,
): void => {
  for (const door of doors) {
    const pair = queues.get(door.queue);
    if (pair) openQueueDoor(handler, pair, door);
  }
  if (schedule) openScheduleDoor(stack, name, handler, schedule);
};
