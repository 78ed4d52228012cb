import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3Attachments } from '../../shared/adapters/s3/attachments.ts';
import { attachmentsContract } from '../contract/attachments-contract.ts';
import { startMoto } from './moto-server.ts';

const REGION = 'ap-northeast-2';
const PDF = '%PDF-1.7\n';
const credentials = { accessKeyId: 'made-up', secretAccessKey: 'made-up' };

let moto: Awaited<ReturnType<typeof startMoto>>;
let client: S3Client;
beforeAll(async () => {
  moto = await startMoto();
  client = new S3Client({ region: REGION, endpoint: moto.endpoint, forcePathStyle: true, credentials });
}, 60_000);
afterAll(async () => {
  client.destroy();
  await moto.stop();
});

let buckets = 0;

const setUp = async () => {
  buckets += 1;
  const Bucket = `statements-${buckets}`;
  const prefix = 'batch/statement/20261105/';
  await client.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
  );
  const putAt = async (Key: string, content: Uint8Array | string) => {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: content }));
  };
  const remove = async (Key: string) => {
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
  };
  await putAt(`${prefix}README.txt`, 'made up');
  await putAt(`${prefix}deeper/b.pdf`, PDF);
  await putAt('other/a.pdf', PDF);
  const attachments = await createS3Attachments({
    prefixes: [`s3://${Bucket}/batch/`],
    region: REGION,
    endpoint: moto.endpoint,
    credentials,
    maxBytes: 1_000_000,
  });
  return {
    attachments,
    folder: `s3://${Bucket}/${prefix.slice(0, -1)}`,
    outside: `s3://${Bucket}/other`,
    put: (name: string, content: Uint8Array | string) => putAt(prefix + name, content),
    remove: (name: string) => remove(prefix + name),
    removeFolder: async () => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
      for (const { Key } of Contents) await remove(Key ?? '');
    },
  };
};

attachmentsContract('S3, as moto has it', setUp);

describe('S3, as moto has it', () => {
  it('lists a folder of more than one page', async () => {
    const driver = await setUp();
    const names = Array.from({ length: 1_050 }, (_, n) => `statement_${n}.pdf`);
    for (let at = 0; at < names.length; at += 25)
      await Promise.all(names.slice(at, at + 25).map((name) => driver.put(name, PDF)));
    const folder = await driver.attachments.open(driver.folder);
    for (const n of [0, 999, 1_049])
      expect((await folder.find(`statement_${n}.pdf`, String(n))).kind).toBe('found');
    expect((await folder.find('b.pdf', undefined)).kind).toBe('notFound');
  });

  it('names a bucket that is not there', async () => {
    const attachments = await createS3Attachments({
      prefixes: ['s3://nowhere/batch/'],
      region: REGION,
      endpoint: moto.endpoint,
      credentials,
    });
    await expect(attachments.open('s3://nowhere/batch/x')).rejects.toMatchObject({
      code: 'folder_unreachable',
      facts: { reason: 'the bucket does not exist', reason_ko: '버킷이 없습니다' },
    });
  });
});
