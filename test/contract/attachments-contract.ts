import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { TankError } from '../../shared/domain/errors.ts';
import type { PinnedFile } from '../../shared/domain/payload.ts';
import type { Attachments, FileFinding } from '../../shared/ports/attachments.ts';

export interface AttachmentsDriver {
  readonly attachments: Attachments;
  /** An address of the folder as an automation writes it; the folder exists. */
  readonly folder: string;
  /** A folder that lies outside what is allowed, and exists. */
  readonly outside: string;
  put(name: string, content: Uint8Array | string): Promise<void>;
  remove(name: string): Promise<void>;
  removeFolder(): Promise<void>;
}

const PDF = '%PDF-1.7\nmade up\n';

export const attachmentsContract = (adapter: string, setUp: () => Promise<AttachmentsDriver>) =>
  describe(`attachments in ${adapter}`, () => {
    let driver: AttachmentsDriver;
    beforeEach(async () => {
      driver = await setUp();
    });

    const find = async (name: string, owner?: string): Promise<FileFinding> =>
      (await driver.attachments.open(driver.folder)).find(name, owner);
    const pinned = async (name: string): Promise<PinnedFile> => {
      const finding = await find(name);
      if (finding.kind !== 'found') throw new Error(`${name}: ${JSON.stringify(finding)}`);
      return finding.file;
    };
    const codeOf = (promise: Promise<unknown>) =>
      promise.then(
        () => 'nothing thrown',
        (thrown: unknown) => (thrown instanceof TankError ? thrown.code : `not ours: ${String(thrown)}`),
      );

    it('finds a file by its name and pins what it was', async () => {
      await driver.put('stmt_0001.pdf', PDF);
      expect(await find('stmt_0001.pdf', '0001')).toMatchObject({
        kind: 'found',
        file: {
          fileName: 'stmt_0001.pdf',
          contentType: 'application/pdf',
          size: PDF.length,
          sha256: createHash('sha256').update(PDF).digest('hex'),
        },
      });
    });

    it('gives the very bytes that were pinned', async () => {
      const large = Buffer.concat([Buffer.from(PDF), Buffer.alloc(700_001, 7)]);
      await driver.put('large.pdf', large);
      expect(Buffer.compare(await driver.attachments.read(await pinned('large.pdf')), large)).toBe(0);
    });

    it('finds a name whose extension is written in another case, and no other likeness', async () => {
      await driver.put('a.PDF', PDF);
      expect((await find('a.pdf')).kind).toBe('found');
      expect((await find('A.pdf')).kind).toBe('notFound');
      expect((await find('b.pdf')).kind).toBe('notFound');
    });

    it('calls two files that are one name to a person duplicated', async () => {
      await driver.put('a.pdf', PDF);
      await driver.put('a.PDF', PDF);
      await driver.put('a.Pdf', PDF);
      expect(await find('a.pdf')).toEqual({ kind: 'duplicated' });
    });

    it('does not complete a name without its extension', async () => {
      await driver.put('a.pdf', PDF);
      expect((await find('a')).kind).toBe('invalid');
    });

    it('gives a file to its owner alone', async () => {
      await driver.put('1234.pdf', PDF);
      expect((await find('1234.pdf', '123')).kind).toBe('wrongOwner');
      expect((await find('1234.pdf', '1234')).kind).toBe('found');
      expect((await find('1234.pdf', '')).kind).toBe('invalid');
      expect((await find('1234.pdf', '12-34')).kind).toBe('invalid');
    });

    it.each([
      ['empty.pdf', ''],
      ['page.pdf', '<html>'],
      ['tool.exe', 'MZ'],
      ['명세서.pdf', PDF],
      ['two..dots.pdf', PDF],
    ])('calls %s invalid, with a reason', async (name, content) => {
      await driver.put(name, content);
      const reason = { en: expect.stringMatching(/\w+ \w+/), ko: expect.stringMatching(/[가-힣]/) };
      expect(await find(name)).toEqual({ kind: 'invalid', reason });
    });

    it.each(['../other/a.pdf', '/etc/passwd', 'a\0.pdf', '..', ''])('never looks for %j', async (name) => {
      expect((await find(name)).kind).toBe('invalid');
    });

    it('sees that a pinned file was replaced by one of equal size', async () => {
      await driver.put('a.pdf', `${PDF}1`);
      const file = await pinned('a.pdf');
      await driver.put('a.pdf', `${PDF}2`);
      expect(await codeOf(driver.attachments.read(file))).toBe('attachment_changed');
    });

    it('sees that a pinned file is gone', async () => {
      await driver.put('a.pdf', PDF);
      await driver.put('b.pdf', PDF);
      const file = await pinned('a.pdf');
      await driver.remove('a.pdf');
      expect(await codeOf(driver.attachments.read(file))).toBe('attachment_changed');
    });

    it('holds every file against the manifest when there is one', async () => {
      const hash = createHash('sha256').update(PDF).digest('hex');
      await driver.put('good.pdf', PDF);
      await driver.put('bad.pdf', `${PDF} changed`);
      await driver.put('unlisted.pdf', PDF);
      await driver.put('SHA256SUMS', `${hash}  good.pdf\n${hash} *bad.pdf\n`);
      expect((await find('good.pdf')).kind).toBe('found');
      expect(await find('bad.pdf')).toMatchObject({
        kind: 'invalid',
        reason: { en: expect.stringContaining('SHA-256'), ko: expect.stringContaining('SHA-256') },
      });
      expect(await find('unlisted.pdf')).toMatchObject({
        kind: 'invalid',
        reason: { en: expect.stringContaining('does not list'), ko: expect.stringContaining('없는 파일') },
      });
    });

    it('refuses a folder whose manifest cannot be understood', async () => {
      await driver.put('SHA256SUMS', 'good.pdf\n');
      expect(await codeOf(driver.attachments.open(driver.folder))).toBe('folder_refused');
    });

    it('refuses a folder outside of what is allowed, whether or not it exists', async () => {
      expect(await codeOf(driver.attachments.open(driver.outside))).toBe('folder_refused');
      expect(await codeOf(driver.attachments.open(`${driver.outside}-missing`))).toBe('folder_refused');
      expect(await codeOf(driver.attachments.open(`${driver.folder}/../../..`))).toBe('folder_refused');
    });

    it('says beforehand whether a run could open the folder', async () => {
      await driver.put('a.pdf', PDF);
      expect(await codeOf(driver.attachments.check(driver.folder))).toBe('nothing thrown');
      expect(await codeOf(driver.attachments.check(driver.outside))).toBe('folder_refused');
      expect(await codeOf(driver.attachments.check(`${driver.folder}-tomorrow`))).toBe('folder_unreachable');
    });

    it('refuses to read a pinned file outside of what is allowed', async () => {
      await driver.put('a.pdf', PDF);
      const file = { ...(await pinned('a.pdf')), path: `${driver.outside}/a.pdf` };
      expect(await codeOf(driver.attachments.read(file))).toBe('folder_refused');
    });

    it('names the folder that is missing or vanishes in the middle of a run', async () => {
      await driver.put('a.pdf', PDF);
      const file = await pinned('a.pdf');
      const folder = await driver.attachments.open(driver.folder);
      await driver.removeFolder();
      expect(await codeOf(folder.find('a.pdf', undefined))).toBe('folder_unreachable');
      expect(await codeOf(driver.attachments.read(file))).toBe('folder_unreachable');
      expect(await codeOf(driver.attachments.open(driver.folder))).toBe('folder_unreachable');
    });
  });
