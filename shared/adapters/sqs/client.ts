import type * as Sdk from '@aws-sdk/client-sqs';
import { toTankFault } from './faults.ts';

export interface SqsClientOptions {
  readonly region: string;
  readonly endpoint?: string;
  /** Without them the SDK finds its own. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A long poll takes 20 s; a peer that says nothing for longer is gone. */
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTION_TIMEOUT_MS = 3000;
/** Each worker holds a socket in its long poll, and the sends need theirs. */
const SOCKETS = { maxSockets: 200, keepAlive: true };

export interface SqsClient {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.SQSClient;
}

/** The SDK is loaded when there is a queue to talk to. */
export const connectSqs = async ({ region, endpoint, credentials }: SqsClientOptions): Promise<SqsClient> => {
  const sdk = await import('@aws-sdk/client-sqs');
  const client = new sdk.SQSClient({
    region,
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: SOCKETS,
      httpsAgent: SOCKETS,
    },
  });
  return { sdk, client };
};

/** The SDK's faults under one name. */
export const asking = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (thrown) {
    throw toTankFault(thrown);
  }
};
