import type { Import } from './imports.ts';
import type { Place, Room } from './rooms.ts';

/** Node's own modules that read neither clock, disk nor network. */
export const PURE_NODE: readonly string[] = ['node:buffer', 'node:util'];

/** Every package that Tank ships, and where it may be used: a room, or one adapter or kind of source. */
export const PACKAGES: Readonly<Record<string, readonly (Room | `${'adapter' | 'source'}:${string}`)[]>> = {
  '@asteasolutions/zod-to-openapi': ['wire'],
  '@aws-sdk/client-s3': ['adapter:s3'],
  '@aws-sdk/client-secrets-manager': ['adapter:secrets'],
  '@aws-sdk/client-sesv2': ['adapter:ses'],
  '@aws-sdk/client-sqs': ['adapter:sqs'],
  '@middy/core': ['middleware', 'handler'],
  '@middy/http-json-body-parser': ['middleware', 'handler'],
  '@middy/http-security-headers': ['middleware', 'handler'],
  '@middy/sqs-partial-batch-failure': ['middleware', 'handler'],
  '@photostructure/sqlite': ['adapter:sqlite'],
  '@peculiar/x509': ['local'],
  'aws-cdk-lib': ['infra'],
  'aws-lambda': ['middleware', 'handler', 'local'],
  'cdk-nag': ['infra'],
  'cli-progress': ['local'],
  commander: ['local'],
  constructs: ['infra'],
  esbuild: ['bootstrap'],
  'iconv-lite': ['source:csv'],
  jose: ['adapter:identity'],
  nodemailer: ['adapter:alerts', 'adapter:smtp'],
  'openid-client': ['adapter:identity'],
  otpauth: ['adapter:identity'],
  oracledb: ['source:oracle', 'adapter:oracle'],
  pg: ['source:postgres', 'adapter:postgres'],
  pino: ['adapter:log'],
  'prom-client': ['local'],
  'reflect-metadata': ['local'],
  yaml: ['wire', 'local'],
  zod: ['wire', 'middleware'],
};

/** Packages of which a type may be named elsewhere: whoever reads a schema may say what it yields. */
const TYPES: Readonly<Record<string, readonly Room[]>> = {
  zod: ['use-case', 'verb', 'handler', 'local'],
};

export const isPackageOpenTo = (name: string, { room, owner }: Place, how: Import['how']): boolean => {
  const types = how === 'type' ? (TYPES[name] ?? []) : [];
  const places: readonly string[] = [...(PACKAGES[name] ?? []), ...types];
  return places.includes(room) || places.includes(`${room}:${owner}`);
};

/** `@scope/name` or `name`, without the path inside the package. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
