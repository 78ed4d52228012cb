import { CfnOutput, Validations } from 'aws-cdk-lib';
import { CfnStage, DomainName, HttpApi, HttpMethod, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { FunctionEntry } from '../functions/manifest.ts';
import type { DeployOptions } from './options.ts';

interface Hosted {
  readonly entry: FunctionEntry;
  readonly handler: LambdaFunction;
}

/** One route for each door of the manifest: what is not in it does not exist, on AWS as on-prem. */
export const openHttpDoor = (
  scope: Construct,
  options: DeployOptions,
  hosted: readonly Hosted[],
  accessLog: LogGroup,
): HttpApi => {
  const api = new HttpApi(scope, 'api', { apiName: options.prefix });
  addRoutes(api, hosted, 'people');
  finish(api, accessLog);
  new CfnOutput(scope, 'ApiUrl', { value: api.apiEndpoint });
  return api;
};

/**
 * Other systems come in by their certificates alone, through a domain of their own: mutual TLS holds for a whole
 * domain, and people have none. Without the domain nobody can show a certificate, and there is no such door.
 */
export const openGatewayDoor = (
  scope: Construct,
  { prefix, domain }: DeployOptions,
  hosted: readonly Hosted[],
  accessLog: LogGroup,
): void => {
  if (!domain) return;
  const api = new HttpApi(scope, 'gateway', {
    apiName: `${prefix}-gateway`,
    // The default endpoint would be the way around mutual TLS.
    disableExecuteApiEndpoint: true,
    defaultDomainMapping: { domainName: mutualTlsDomain(scope, domain) },
  });
  addRoutes(api, hosted, 'clients');
  finish(api, accessLog);
  new CfnOutput(scope, 'GatewayUrl', { value: `https://${domain.name}` });
};

const addRoutes = (api: HttpApi, hosted: readonly Hosted[], callers: 'people' | 'clients'): void => {
  for (const { entry, handler } of hosted) {
    const routes = Object.values(entry.http ?? {}).filter(
      ({ permission }) => (permission === 'client') === (callers === 'clients'),
    );
    if (routes.length === 0) continue;
    const integration = new HttpLambdaIntegration(`${entry.name}-${callers}-integration`, handler);
    for (const { method, path } of routes)
      api.addRoutes({ path, methods: [HttpMethod[method]], integration });
  }
};

const finish = (api: HttpApi, accessLog: LogGroup): void => {
  logAccess(api, accessLog);
  Validations.of(api).acknowledge({
    id: 'AwsSolutions::AwsSolutions-APIG4',
    reason:
      'The handlers authorise by the permission or the client certificate that each route names, the same on AWS and on-prem; a test denies every route without one.',
  });
};

const mutualTlsDomain = (
  scope: Construct,
  { name, certificateArn, truststore }: NonNullable<DeployOptions['domain']>,
): DomainName => {
  const { hostname: bucket, pathname } = new URL(truststore);
  return new DomainName(scope, 'domain', {
    domainName: name,
    certificate: Certificate.fromCertificateArn(scope, 'certificate', certificateArn),
    securityPolicy: SecurityPolicy.TLS_1_2,
    mtls: { bucket: Bucket.fromBucketName(scope, 'truststore', bucket), key: pathname.slice(1) },
  });
};

/** Who, when, what, how it ended: no header, no query, no body. */
const ACCESS_FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  ms: '$context.responseLatency',
});

const logAccess = (api: HttpApi, log: LogGroup): void => {
  const stage = api.defaultStage?.node.defaultChild;
  if (stage instanceof CfnStage)
    stage.accessLogSettings = { destinationArn: log.logGroupArn, format: ACCESS_FORMAT };
};
