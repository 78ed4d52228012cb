import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, it } from 'vitest';
import { MANIFEST } from '../../functions/manifest.ts';
import { BadOption } from '../../infra/bad-option.ts';
import { readOptions } from '../../infra/options.ts';
import { TankStack } from '../../infra/tank-stack.ts';

const synthesize = (context: Record<string, string> = {}) => {
  const app = new App({ context });
  const stack = new TankStack(app, 'tank', readOptions(app.node));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
  return Template.fromStack(stack);
};

interface Policy {
  readonly Properties: {
    readonly PolicyDocument: {
      readonly Statement: readonly { Action: string | string[]; Resource: unknown }[];
    };
    readonly Roles: unknown;
  };
}

describe('the stack', { timeout: 60_000 }, () => {
  let template: Template;
  beforeAll(() => {
    template = synthesize();
  }, 60_000);

  it('has one function for each entry of the manifest, from the artifact that the daemon hosts', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    const handlers = functions.map((one) => one.Properties.Handler).sort();
    expect(handlers).toEqual(MANIFEST.map(({ name }) => `functions/${name}/index.handler`).sort());
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(Properties.Code).toEqual(functions[0]?.Properties.Code);
    }
  });

  it('has one route for each door of people in the manifest, and no other', () => {
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(
      (one) => one.Properties.RouteKey,
    );
    const doors = MANIFEST.flatMap(({ http }) =>
      Object.values(http ?? {})
        .filter(({ permission }) => permission !== 'client')
        .map(({ method, path }) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual(doors.sort());
  });

  it('gives each queue a visibility of six time-outs and its window, five tries and a queue for what is dead', () => {
    for (const { queues = [], timeoutSeconds } of MANIFEST) {
      for (const { queue, maxReceiveCount, windowSeconds = 0 } of queues) {
        const found = Object.values(
          template.findResources('AWS::SQS::Queue', { Properties: { QueueName: `tank-${queue}` } }),
        );
        expect(found, queue).toHaveLength(1);
        expect(found[0]?.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(
          6 * timeoutSeconds + windowSeconds,
        );
        expect(found[0]?.Properties.RedrivePolicy.maxReceiveCount).toBe(maxReceiveCount);
        expect(maxReceiveCount).toBeGreaterThanOrEqual(5);
      }
    }
  });

  it('reports failures record by record and bounds what runs side by side', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::EventSourceMapping'))) {
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(Properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    }
  });

  it('fills batches as the manifest says, and as the daemon does', () => {
    const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
    const batches = mappings.map(({ Properties }) => ({
      queue: /^(.+?)queue/.exec(JSON.stringify(Properties.EventSourceArn).split('"')[3] ?? '')?.[1],
      batchSize: Properties.BatchSize,
      windowSeconds: Properties.MaximumBatchingWindowInSeconds,
    }));
    const doors = MANIFEST.flatMap(({ queues = [] }) => queues);
    expect(new Set(batches)).toEqual(
      new Set(
        doors.map(({ queue, batchSize, windowSeconds }) => ({
          queue: queue.replace('-', ''),
          batchSize,
          windowSeconds,
        })),
      ),
    );
  });

  it('lets only those send mail who must, and that only as the own identity', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')) as [string, Policy][];
    const senders = policies.filter(([, policy]) =>
      JSON.stringify(policy.Properties.PolicyDocument).includes('ses:SendEmail'),
    );
    const roles = senders.map(
      ([, policy]) => /"(\w+?role)/.exec(JSON.stringify(policy.Properties.Roles))?.[1],
    );
    expect(roles.sort()).toEqual(['sendbatchrole', 'testsendrole']);
    for (const [, policy] of senders) {
      const statement = policy.Properties.PolicyDocument.Statement.find(({ Action }) =>
        Action.includes('ses:SendEmail'),
      );
      expect(JSON.stringify(statement?.Resource)).toContain('identity/example.com');
      expect(JSON.stringify(statement?.Resource)).not.toContain('"*"');
    }
  });

  it('lets Lambda start no more instances of all functions together than there are sessions', () => {
    const instances = Object.values(template.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.ReservedConcurrentExecutions,
    );
    expect(Math.min(...instances)).toBeGreaterThan(0);
    const declared = readOptions(new App().node).databaseSessions;
    expect(instances.reduce((sum, own) => sum + own, 0)).toBeLessThanOrEqual(declared);
  });

  it('lets no function read the secrets of sources but those that open them', () => {
    const readers = Object.entries(template.findResources('AWS::IAM::Policy'))
      .filter(([, policy]) => JSON.stringify(policy).includes(':secret:tank/source/*'))
      .map(([name]) => name.replace(/role.*/, ''));
    expect(readers.sort()).toEqual(['admin', 'enqueue', 'sendbatch', 'testsend', 'writeback']);
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain(':secret:tank/*');
  });

  it('names the product and the installation on everything that costs', () => {
    const tags = [
      { Key: 'installation', Value: 'tank' },
      { Key: 'product', Value: 'tank' },
    ];
    for (const type of ['Lambda::Function', 'SQS::Queue', 'SNS::Topic', 'KMS::Key', 'Logs::LogGroup'])
      for (const { Properties } of Object.values(template.findResources(`AWS::${type}`)))
        expect(Properties.Tags, type).toEqual(expect.arrayContaining(tags));
  });

  it('tells SES events to the queue that the bounce handler takes from', () => {
    const [destination] = Object.values(template.findResources('AWS::SES::ConfigurationSetEventDestination'));
    const { Enabled, MatchingEventTypes } = destination?.Properties.EventDestination ?? {};
    expect(Enabled).toBe(true);
    expect(MatchingEventTypes).toEqual(
      expect.arrayContaining(['send', 'delivery', 'bounce', 'complaint', 'reject']),
    );
    const [subscription] = Object.values(
      template.findResources('AWS::SNS::Subscription', { Properties: { Protocol: 'sqs' } }),
    );
    expect(subscription?.Properties).toMatchObject({ RawMessageDelivery: true });
    expect(JSON.stringify(subscription?.Properties.Endpoint)).toContain('eventsqueue');
  });

  it('raises an alarm for waiting and dead messages, errors, bounces, complaints and silence', () => {
    const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm')).join(' ');
    for (const what of [
      'bulkage',
      'bulkdead',
      'sendbatchfunctionerrors',
      'bouncerate',
      'complaintrate',
      'noevents',
      'alerts',
    ])
      expect(alarms).toContain(what);
  });

  it('keeps logs encrypted and for a while only', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::Logs::LogGroup'))) {
      expect(Properties.RetentionInDays).toBe(30);
      expect(Properties.KmsKeyId).toBeDefined();
    }
  });
});

describe('options', { timeout: 60_000 }, () => {
  it('refuse more functions than the database has sessions', () => {
    expect(() => synthesize({ databaseSessions: '10' })).toThrow(BadOption);
  });

  it('refuse half of a mutual TLS domain, and close the default endpoint with a whole one', () => {
    expect(() => synthesize({ domain: 'api.example.com' })).toThrow(BadOption);
    const template = synthesize({
      domain: 'api.example.com',
      certificateArn: 'arn:aws:acm:ap-northeast-2:111111111111:certificate/1',
      truststore: 's3://trust/ca.pem',
    });
    const apis = template.findResources('AWS::ApiGatewayV2::Api');
    const [gateway = ''] = Object.keys(apis).filter((id) => apis[id]?.Properties.Name === 'tank-gateway');
    expect(apis[gateway]?.Properties.DisableExecuteApiEndpoint).toBe(true);
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));
    const ofGateway = routes.filter(({ Properties }) => Properties.ApiId.Ref === gateway);
    expect(ofGateway.map(({ Properties }) => Properties.RouteKey).sort()).toEqual([
      'GET /api/v1/messages/{id}',
      'POST /api/v1/messages',
    ]);
    const [domain] = Object.values(template.findResources('AWS::ApiGatewayV2::DomainName'));
    expect(domain?.Properties.MutualTlsAuthentication).toEqual({ TruststoreUri: 's3://trust/ca.pem' });
  });

  it('put the functions into a VPC, with one session to the database for each instance', () => {
    expect(() => synthesize({ vpcId: 'vpc-1' })).toThrow(BadOption);
    const template = synthesize({ vpcId: 'vpc-1', subnets: 'subnet-a,subnet-b' });
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function'))) {
      expect(Properties.VpcConfig.SubnetIds).toEqual(['subnet-a', 'subnet-b']);
      expect(Properties.Environment.Variables).toMatchObject({
        TANK_STORE_CONNECTIONS: '1',
        TANK_SOURCE_CONNECTIONS: '1',
      });
    }
  });

  it('let the functions that handle files read beneath the named prefixes, and no other function', () => {
    expect(() => synthesize({ attachments: 's3://bank' })).toThrow(BadOption);
    const template = synthesize({ attachments: 's3://bank/statement/' });
    const readers = Object.entries(template.findResources('AWS::IAM::Policy') as Record<string, Policy>)
      .filter(([, policy]) =>
        policy.Properties.PolicyDocument.Statement.some(({ Action }) => Action === 's3:GetObject'),
      )
      .map(([name, policy]) => {
        const { Statement } = policy.Properties.PolicyDocument;
        const { Resource } = Statement.find(({ Action }) => Action === 's3:GetObject') ?? {};
        expect(JSON.stringify(Resource)).toContain(':s3:::bank/statement/*');
        return name.replace(/role.*/, '');
      });
    expect(readers.sort()).toEqual(['admin', 'enqueue', 'sendbatch']);
  });

  it('hand settings to every function, and refuse what is unknown, secret or decided here', () => {
    const settings = (name: string) => ({ settings: JSON.stringify({ [name]: 'https://tank.example.com' }) });
    const template = synthesize(settings('TANK_PUBLIC_URL'));
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function')))
      expect(Properties.Environment.Variables.TANK_PUBLIC_URL).toBe('https://tank.example.com');
    for (const name of ['TANK_PUBLIC', 'TANK_MASTER_KEY', 'TANK_STORE_CONNECTIONS', 'TANK_QUEUE'])
      expect(() => synthesize(settings(name)), name).toThrow(BadOption);
    expect(() => synthesize({ settings: 'TANK_PUBLIC_URL=https://tank.example.com' })).toThrow(BadOption);
  });

  it('refuse a number that is none', () => {
    expect(() => synthesize({ logDays: 'many' })).toThrow(BadOption);
  });
});
