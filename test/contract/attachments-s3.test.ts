import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3Attachments } from '../../shared/adapters/s3/attachments.ts';
import type { Attachments } from '../../shared/ports/attachments.ts';
import { type S3StandIn, startS3StandIn } from '../fixtures/s3-stand-in.ts';
import { attachmentsContract } from './attachments-contract.ts';

let s3: S3StandIn;
beforeAll(async () => {
  s3 = await startS3StandIn();
});
afterAll(() => s3.close());

let buckets = 0;

const setUp = async () => {
  buckets += 1;
  const bucket = `statements-${buckets}`;
  const prefix = 'batch/statement/20261105/';
  s3.put(bucket, 'batch/statement/20261105/deeper/b.pdf', '%PDF-1.7\n');
  s3.put(bucket, `${prefix}README.txt`, 'made up');
  s3.put(bucket, 'other/a.pdf', '%PDF-1.7\n');
  const attachments = await createS3Attachments({
    prefixes: [`s3://${bucket}/batch/`],
    region: 'ap-northeast-2',
    endpoint: s3.endpoint,
    credentials: { accessKeyId: 'made-up', secretAccessKey: 'made-up' },
    maxBytes: 1_000_000,
  });
  return {
    attachments,
    bucket,
    prefix,
    folder: `s3://${bucket}/${prefix.slice(0, -1)}`,
    outside: `s3://${bucket}/other`,
    put: async (name: string, content: Uint8Array | string) => s3.put(bucket, prefix + name, content),
    remove: async (name: string) => s3.remove(bucket, prefix + name),
    removeFolder: async () => s3.removeBeneath(bucket, prefix),
  };
};

attachmentsContract('s3', setUp);

describe('what S3 does besides', () => {
  const PDF = '%PDF-1.7\n';
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'nothing thrown',
      (thrown: { code?: string }) => thrown.code,
    );

  it('lists a folder over several pages', async () => {
    const driver = await setUp();
    for (let n = 0; n < 10; n++) await driver.put(`statement_${n}.pdf`, PDF);
    const folder = await driver.attachments.open(driver.folder);
    const kinds = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => (await folder.find(`statement_${n}.pdf`, String(n))).kind),
    );
    expect(new Set(kinds)).toEqual(new Set(['found']));
  });

  it('does not look into deeper folders', async () => {
    const driver = await setUp();
    const folder = await driver.attachments.open(driver.folder);
    expect((await folder.find('b.pdf', undefined)).kind).toBe('notFound');
  });

  it('calls a file over the limit invalid', async () => {
    const driver = await setUp();
    await driver.put('big.pdf', Buffer.concat([Buffer.from(PDF), Buffer.alloc(1_000_001)]));
    const folder = await driver.attachments.open(driver.folder);
    expect(await folder.find('big.pdf', undefined)).toMatchObject({ kind: 'invalid' });
  });

  it.each([
    's3://another-bucket/batch/statement',
    's3:///batch/statement',
    's3://statements/batch/../other',
    's3://statements/batch//statement',
    's3://statements/batches',
    'https://example.com/batch/',
  ])('refuses %s', async (folder) => {
    const attachments: Attachments = await createS3Attachments({
      prefixes: ['s3://statements/batch/'],
      region: 'ap-northeast-2',
      endpoint: s3.endpoint,
    });
    expect(await codeOf(attachments.open(folder))).toBe('folder_refused');
    expect(await codeOf(attachments.check(folder))).toBe('folder_refused');
  });

  it.each([
    [403, 'Tank may not read it'],
    [404, 'the bucket does not exist'],
  ])('names the reason of a %i', async (status, reason) => {
    const driver = await setUp();
    s3.answerWith(status);
    await expect(driver.attachments.open(driver.folder)).rejects.toMatchObject({
      code: 'folder_unreachable',
      facts: { reason },
    });
    s3.answerWith(undefined);
  });
});
