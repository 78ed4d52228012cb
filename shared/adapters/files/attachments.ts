import { basename, dirname } from 'node:path';
import { faultOfName } from '../../domain/attachment-name.ts';
import { TankError } from '../../domain/errors.ts';
import { createLimit } from '../../domain/limit.ts';
import type { PinnedFile } from '../../domain/payload.ts';
import type { Attachments } from '../../ports/attachments.ts';
import { openFolder } from './folder.ts';
import { assertBeneath, isStillThere, placeBeneath, unreachable } from './places.ts';
import { type FileState, readBeneath } from './read-beneath.ts';

export interface FileAttachmentsOptions {
  /** Only folders beneath this one are opened. */
  readonly root: string;
  /** SES takes 40 MB after base64, which is 30 MB of file. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 30_000_000;
/** A definition that names the root by its word moves between installations. */
const ROOT = /^\{root\}(?=\/|$)/;
/** Twice libuv's four threads: there is always a next file when a thread is free. */
const READS_AT_ONCE = 8;

export const createFileAttachments = ({
  root,
  maxBytes = MAX_BYTES,
}: FileAttachmentsOptions): Attachments => {
  const limit = createLimit(READS_AT_ONCE);
  const hash = (path: string) => limit(() => readBeneath(path, { maxBytes, keep: false }));
  const load = (path: string) => limit(() => readBeneath(path, { maxBytes, keep: true }));

  const placeOf = (folder: string) =>
    placeBeneath(
      root,
      folder.replace(ROOT, () => root),
    );

  return {
    check: async (folder) => {
      await placeOf(folder);
    },
    open: async (folder) => openFolder(await placeOf(folder), hash),
    read: async (file) => {
      const folder = dirname(file.path);
      await assertBeneath(root, folder);
      if (faultOfName(basename(file.path))) throw new TankError('attachment_changed');
      const look = await load(file.path);
      if (look.kind === 'busy') throw unreachable(folder, look.reason);
      if (look.kind === 'gone' && !(await isStillThere(folder))) throw unreachable(folder, 'ENOENT');
      if (look.kind !== 'read' || !isSame(look.state, file)) throw new TankError('attachment_changed');
      return look.content;
    },
  };
};

const isSame = (state: FileState, file: PinnedFile): boolean =>
  state.size === file.size &&
  state.modifiedAt === file.modifiedAt &&
  state.identity === file.identity &&
  state.sha256 === file.sha256;
