import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createFileAttachments } from '../../shared/adapters/files/attachments.ts';
import { attachmentsContract } from './attachments-contract.ts';

const LINK = { en: 'it is a link', ko: '링크입니다' };

const made: string[] = [];
afterEach(async () => {
  for (const place of made.splice(0)) await rm(place, { recursive: true, force: true });
});

const setUp = async () => {
  const place = await mkdtemp(join(tmpdir(), 'tank-files-'));
  made.push(place);
  const root = join(place, 'root');
  const folder = join(root, 'statement', '20261105');
  const outside = join(place, 'outside');
  await mkdir(folder, { recursive: true });
  await mkdir(outside);
  return {
    attachments: createFileAttachments({ root, maxBytes: 1_000_000 }),
    root,
    folder,
    outside,
    put: (name: string, content: Uint8Array | string) => writeFile(join(folder, name), content),
    remove: (name: string) => rm(join(folder, name)),
    removeFolder: () => rm(folder, { recursive: true }),
  };
};

attachmentsContract('files', setUp);

describe('what a file system can do besides', () => {
  const PDF = '%PDF-1.7\n';
  const findIn = async (driver: Awaited<ReturnType<typeof setUp>>, name: string) =>
    (await driver.attachments.open(driver.folder)).find(name, undefined);

  it('follows no link, not even one that stays inside', async () => {
    const driver = await setUp();
    await writeFile(join(driver.outside, 'secret.pdf'), PDF);
    await driver.put('real.pdf', PDF);
    await symlink(join(driver.outside, 'secret.pdf'), join(driver.folder, 'out.pdf'));
    await symlink(join(driver.folder, 'real.pdf'), join(driver.folder, 'in.pdf'));
    expect(await findIn(driver, 'out.pdf')).toEqual({ kind: 'invalid', reason: LINK });
    expect(await findIn(driver, 'in.pdf')).toEqual({ kind: 'invalid', reason: LINK });
  });

  it('refuses a folder that is a link out of the root', async () => {
    const driver = await setUp();
    const lure = join(driver.root, 'lure');
    await symlink(driver.outside, lure);
    await expect(driver.attachments.open(lure)).rejects.toMatchObject({ code: 'folder_refused' });
  });

  it('leads nowhere when the folder is exchanged for a link after it was opened', async () => {
    const driver = await setUp();
    await driver.put('a.pdf', PDF);
    await writeFile(join(driver.outside, 'a.pdf'), PDF);
    const opened = await driver.attachments.open(driver.folder);
    await rename(driver.folder, `${driver.folder}-moved`);
    await symlink(driver.outside, driver.folder);
    expect(await opened.find('a.pdf', undefined)).toMatchObject({ kind: 'invalid' });
  });

  it.each([
    ['a folder', (path: string) => mkdir(path)],
    ['a pipe', async (path: string) => void execFileSync('mkfifo', [path])],
    [
      'a file over the limit',
      (path: string) => writeFile(path, Buffer.concat([Buffer.from(PDF), Buffer.alloc(1_000_000)])),
    ],
    [
      'a file that everyone may change',
      (path: string) => writeFile(path, PDF).then(() => chmod(path, 0o666)),
    ],
  ])('calls %s invalid', async (_, make) => {
    const driver = await setUp();
    await make(join(driver.folder, 'a.pdf'));
    expect((await findIn(driver, 'a.pdf')).kind).toBe('invalid');
  });

  it('calls a socket invalid', async () => {
    const driver = await setUp();
    const server = createServer();
    await new Promise<void>((listening) => server.listen(join(driver.folder, 'a.pdf'), listening));
    expect((await findIn(driver, 'a.pdf')).kind).toBe('invalid');
    await new Promise((closed) => server.close(closed));
  });

  it('sees another time of change and another inode behind the same bytes', async () => {
    const driver = await setUp();
    await driver.put('a.pdf', PDF);
    const finding = await findIn(driver, 'a.pdf');
    if (finding.kind !== 'found') throw new Error(finding.kind);
    const path = join(driver.folder, 'a.pdf');
    const at = new Date(finding.file.modifiedAt);
    await utimes(path, at, new Date(finding.file.modifiedAt + 1000));
    await expect(driver.attachments.read(finding.file)).rejects.toMatchObject({ code: 'attachment_changed' });
    await driver.put('b.pdf', PDF);
    await utimes(join(driver.folder, 'b.pdf'), at, at);
    await rename(join(driver.folder, 'b.pdf'), path);
    await expect(
      driver.attachments.read({ ...finding.file, modifiedAt: at.getTime() }),
    ).rejects.toMatchObject({
      code: 'attachment_changed',
    });
  });

  it('cannot tell a hard link from the file itself: who may write into the folder is trusted with it', async () => {
    const driver = await setUp();
    await writeFile(join(driver.outside, 'other.pdf'), PDF);
    await link(join(driver.outside, 'other.pdf'), join(driver.folder, 'hard.pdf'));
    expect((await findIn(driver, 'hard.pdf')).kind).toBe('found');
  });
});
