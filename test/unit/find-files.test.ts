import { expect, it } from 'vitest';
import type { AttachmentsSpec, FaultPolicy } from '../../shared/domain/automation.ts';
import type { PinnedFile } from '../../shared/domain/payload.ts';
import type { AttachmentFolder } from '../../shared/ports/attachments.ts';
import { findFiles } from '../../shared/use-cases/find-files.ts';

const FILE = { fileName: 'a.pdf' } as PinnedFile;
const folder: AttachmentFolder = {
  find: async (name) => (name === 'a.pdf' ? { kind: 'found', file: FILE } : { kind: 'notFound' }),
};
const withPolicy = (unnamed: FaultPolicy): AttachmentsSpec => ({
  folder: '{root}',
  columns: ['FIRST', 'SECOND'],
  faults: { unnamed, notFound: 'skip', duplicated: 'stop', invalid: 'stop', wrongOwner: 'stop' },
});

it.each(['skip', 'stop'] as const)('names a recipient whose row names no file: %s', async (policy) => {
  const found = await findFiles(folder, withPolicy(policy), { FIRST: '', SECOND: null });
  expect(found).toEqual({ files: [], faults: [{ code: 'attachment_unnamed', facts: {}, policy }] });
});

it('lets a recipient without a file through where that is meant', async () => {
  const found = await findFiles(folder, withPolicy('send'), { FIRST: '', SECOND: null });
  expect(found).toEqual({ files: [], faults: [] });
});

it('asks for one file, not for one in every column', async () => {
  const found = await findFiles(folder, withPolicy('stop'), { FIRST: '', SECOND: 'a.pdf' });
  expect(found).toEqual({ files: [{ column: 'SECOND', file: FILE }], faults: [] });
});
