import type { Node } from 'constructs';
import { BadOption } from './bad-option.ts';
import { readSettings, type Settings } from './settings.ts';

/** What a deployment may choose, by `cdk deploy -c name=value`; everything has a safe default. */
export interface DeployOptions {
  /** Start of all names: several installations may share an account. */
  readonly prefix: string;
  /** Identity in SES that mail is sent from. */
  readonly sesIdentity: string;
  readonly sendRate?: number;
  readonly logDays: number;
  /** Functions run in this VPC, next to the customer's databases. */
  readonly network?: { readonly vpcId: string; readonly subnetIds: readonly string[] };
  /** Where attachments may lie, and nowhere else: s3://bucket/prefix/ */
  readonly attachments: readonly string[];
  /** Sessions that the store's database can spare; the concurrency of all functions together must fit. */
  readonly databaseSessions: number;
  /** Domain of the API with mutual TLS, its certificate and the truststore on S3. */
  readonly domain?: { readonly name: string; readonly certificateArn: string; readonly truststore: string };
  readonly alarmEmail?: string;
  /** Settings of Tank that the deployment does not decide itself. */
  readonly settings: Settings;
}

export const readOptions = (node: Node): DeployOptions => {
  const text = (name: string): string | undefined => {
    const value: unknown = node.tryGetContext(name);
    return value === undefined || value === '' ? undefined : String(value);
  };
  const number = (name: string, fallback: number): number => {
    const value = Number(text(name) ?? fallback);
    if (!Number.isInteger(value) || value < 1)
      throw new BadOption(`-c ${name}: a whole number from 1 is expected`);
    return value;
  };
  return {
    prefix: text('prefix') ?? 'tank',
    sesIdentity: text('sesIdentity') ?? 'example.com',
    logDays: number('logDays', 30),
    databaseSessions: number('databaseSessions', 70),
    attachments: readAttachments(text('attachments')),
    settings: readSettings(node.tryGetContext('settings')),
    ...optional('network', readNetwork(text)),
    ...optional('alarmEmail', text('alarmEmail')),
    ...optional('sendRate', text('sendRate') === undefined ? undefined : number('sendRate', 1)),
    ...optional('domain', readDomain(text)),
  };
};

const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });

const readDomain = (text: (name: string) => string | undefined): DeployOptions['domain'] => {
  const [name, certificateArn, truststore] = [text('domain'), text('certificateArn'), text('truststore')];
  if (!name && !certificateArn && !truststore) return undefined;
  if (!name || !certificateArn || !truststore) {
    throw new BadOption('-c domain, -c certificateArn and -c truststore (s3://bucket/key) go together');
  }
  return { name, certificateArn, truststore };
};

/** Given, not looked up: a synthesis needs no credentials. */
const readNetwork = (text: (name: string) => string | undefined): DeployOptions['network'] => {
  const [vpcId, subnets] = [text('vpcId'), text('subnets')];
  if (!vpcId && !subnets) return undefined;
  const subnetIds = (subnets ?? '').split(',').filter(Boolean);
  if (
    !vpcId?.startsWith('vpc-') ||
    subnetIds.length === 0 ||
    subnetIds.some((id) => !id.startsWith('subnet-'))
  )
    throw new BadOption('-c vpcId=vpc-… and -c subnets=subnet-…,subnet-… go together');
  return { vpcId, subnetIds };
};

const S3_PREFIX = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/(?:[^*?]+\/)?$/;

const readAttachments = (given: string | undefined): readonly string[] => {
  const prefixes = (given ?? '').split(',').filter(Boolean);
  const wrong = prefixes.find((prefix) => !S3_PREFIX.test(prefix));
  if (wrong) throw new BadOption(`-c attachments: ${wrong} is not of the form s3://bucket/prefix/`);
  return prefixes;
};
