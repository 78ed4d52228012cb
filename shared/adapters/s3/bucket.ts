import { createHash } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-s3';
import { TankError } from '../../domain/errors.ts';
import { type FaultText, faultText } from '../../domain/fault-text.ts';
import { HEAD_BYTES } from '../../domain/magic-bytes.ts';
import { type Reason, reasonFacts } from '../../domain/reason.ts';
import { addressOf, type S3Place } from './places.ts';

export interface S3Options {
  readonly region: string;
  /** Another store that speaks S3; it is addressed by path. */
  readonly endpoint?: string;
  /** Without them the SDK finds its own. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const CONNECTION_TIMEOUT_MS = 3_000;
/** A file of 30 MB at 1 MB/s. */
const REQUEST_TIMEOUT_MS = 30_000;
const SOCKETS = { maxSockets: 64, keepAlive: true };

export interface S3Bucket {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.S3Client;
}

/** The SDK is loaded when the first folder lies on S3. */
export const connectS3 = async ({ region, endpoint, credentials }: S3Options): Promise<S3Bucket> => {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    region,
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
    // Every byte is hashed here anyway, against the pin and the manifest.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
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

export const unreachable = (place: S3Place, reason: Reason): TankError =>
  new TankError('folder_unreachable', { folder: addressOf(place), ...reasonFacts(reason) });

const statusOf = (thrown: unknown): number | undefined =>
  thrown instanceof Error && '$metadata' in thrown
    ? (thrown as { $metadata: { httpStatusCode?: number } }).$metadata.httpStatusCode
    : undefined;

const REASONS: Readonly<Record<number, FaultText>> = {
  403: faultText('Tank may not read it', 'Tank에 읽기 권한이 없습니다'),
  404: faultText('the bucket does not exist', '버킷이 없습니다'),
};

/** The vendor's own text may hold names of files: only its kind is told. */
const toFault = (place: S3Place, thrown: unknown): TankError => {
  const status = statusOf(thrown);
  const kind = thrown instanceof Error ? thrown.name : 'unknown';
  return unreachable(place, REASONS[status ?? 0] ?? kind);
};

/** Names of the files that lie directly in the place. */
export const listNames = async (
  { sdk, client }: S3Bucket,
  place: S3Place,
  most = Infinity,
): Promise<string[]> => {
  const names: string[] = [];
  let token: string | undefined;
  do {
    const page = await client
      .send(
        new sdk.ListObjectsV2Command({
          Bucket: place.bucket,
          Prefix: place.prefix,
          Delimiter: '/',
          ...(most === Infinity ? {} : { MaxKeys: most }),
          ...(token ? { ContinuationToken: token } : {}),
        }),
      )
      .catch((thrown: unknown) => {
        throw toFault(place, thrown);
      });
    const found = (page.Contents ?? []).map(({ Key = '' }) => Key.slice(place.prefix.length));
    names.push(...found.filter((name) => name !== ''));
    token = page.NextContinuationToken;
  } while (token && names.length < most);
  return names;
};

/** gone: no such file · changed: another ETag than asked for · tooLarge: not read at all */
export type ObjectLook =
  | {
      readonly kind: 'read';
      readonly state: ObjectState;
      readonly head: Uint8Array;
      readonly content: Uint8Array;
    }
  | { readonly kind: 'gone' | 'changed' | 'tooLarge' };

export interface ObjectState {
  readonly size: number;
  readonly modifiedAt: number;
  readonly identity: string;
  readonly sha256: string;
}

export interface ReadOptions {
  readonly maxBytes: number;
  /** The ETag that the file must still have. */
  readonly ifMatch?: string;
}

export const readObject = async (
  { sdk, client }: S3Bucket,
  place: S3Place,
  name: string,
  { maxBytes, ifMatch }: ReadOptions,
): Promise<ObjectLook> => {
  try {
    const command = { Bucket: place.bucket, Key: place.prefix + name, ...(ifMatch && { IfMatch: ifMatch }) };
    const {
      Body,
      ContentLength = 0,
      ETag = '',
      LastModified,
    } = await client.send(new sdk.GetObjectCommand(command));
    if (!Body) return { kind: 'gone' };
    if (ContentLength > maxBytes) {
      if ('destroy' in Body) Body.destroy();
      return { kind: 'tooLarge' };
    }
    const content = await Body.transformToByteArray();
    const sha256 = createHash('sha256').update(content).digest('hex');
    const modifiedAt = LastModified?.getTime() ?? 0;
    const state = { size: content.length, modifiedAt, identity: ETag, sha256 };
    return { kind: 'read', state, head: content.slice(0, HEAD_BYTES), content };
  } catch (thrown) {
    const status = statusOf(thrown);
    if (status === 404) return { kind: 'gone' };
    if (status === 412) return { kind: 'changed' };
    throw toFault(place, thrown);
  }
};
