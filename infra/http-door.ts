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

/** One route for each door of the manifest: what is not in it does not exist, on AWS as on-prem. */
export const openHttpDoor = (
  scope: Construct,
  options: DeployOptions,
  hosted: readonly { readonly entry: FunctionEntry; readonly handler: LambdaFunction }[],
  accessLog: LogGroup,
): HttpApi => {
  const api = new HttpApi(scope, 'api', {
    apiName: options.prefix,
    // With mutual TLS the default endpoint would be the way around it.
    disableExecuteApiEndpoint: options.domain !== undefined,
    ...(options.domain
      ? { defaultDomainMapping: { domainName: mutualTlsDomain(scope, options.domain) } }
      : {}),
  });
  for (const { entry, handler } of hosted) {
    const integration = new HttpLambdaIntegration(`${entry.name}-integration`, handler);
    for (const { method, path } of Object.values(entry.http ?? {})) {
      api.addRoutes({ path, methods: [HttpMethod[method]], integration });
    }
  }
  logAccess(api, accessLog);
  Validations.of(api).acknowledge({
    id: 'AwsSolutions::AwsSolutions-APIG4',
    reason:
      'The handlers authorise by the permission that each route names, the same on AWS and on-prem; a test denies every route without a token.',
  });
  new CfnOutput(scope, 'ApiUrl', {
    value: options.domain ? `https://${options.domain.name}` : api.apiEndpoint,
  });
  return api;
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
