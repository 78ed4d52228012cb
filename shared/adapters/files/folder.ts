import { join } from 'node:path';
import { extensionOf, faultOfName } from '../../domain/attachment-name.ts';
import { carriesOwner, isOwnerToken } from '../../domain/attachment-owner.ts';
import { contentTypeOf, faultOfContent } from '../../domain/magic-bytes.ts';
import type { AttachmentFolder, FileFinding } from '../../ports/attachments.ts';
import { type FolderIndex, readFolderIndex } from './folder-index.ts';
import { type HashManifest, readManifest } from './manifest.ts';
import { isStillThere, unreachable } from './places.ts';
import type { FileLook, FileState } from './read-beneath.ts';
import { createRecent } from './recent.ts';

/** How many findings a folder remembers: a file that goes to everybody is hashed once. */
const REMEMBERED = 256;

export const openFolder = async (
  place: string,
  look: (path: string) => Promise<FileLook>,
): Promise<AttachmentFolder> => {
  const [index, manifest] = await Promise.all([readFolderIndex(place), readManifest(place)]).catch(
    (cause: unknown) => {
      throw unreachable(place, cause);
    },
  );
  const remembered = createRecent<FileFinding>(REMEMBERED);
  const judge = async (name: string) => judgeFile(place, name, await look(join(place, name)), manifest);

  return {
    find: async (name, owner) => {
      const choice = chooseName(index, name, owner);
      return typeof choice === 'string' ? remembered(choice, () => judge(choice)) : choice;
    },
  };
};

/** The stored name to look at, or the finding that needs no look. */
const chooseName = (index: FolderIndex, name: string, owner: string | undefined): string | FileFinding => {
  const fault = faultOfName(name) ?? faultOfExtension(name) ?? faultOfOwner(owner);
  if (fault) return invalid(fault);
  const [stored, another] = index.namesLike(name);
  if (stored === undefined) return { kind: 'notFound' };
  if (another !== undefined) return { kind: 'duplicated' };
  if (owner !== undefined && !carriesOwner(stored, owner)) return { kind: 'wrongOwner' };
  const storedFault = faultOfName(stored);
  return storedFault ? invalid(storedFault) : stored;
};

const judgeFile = async (
  place: string,
  name: string,
  look: FileLook,
  manifest: HashManifest | undefined,
): Promise<FileFinding> => {
  switch (look.kind) {
    case 'busy':
      throw unreachable(place, look.reason);
    case 'gone':
      if (await isStillThere(place)) return { kind: 'notFound' };
      throw unreachable(place, 'ENOENT');
    case 'unusable':
      return invalid(look.reason);
    case 'read': {
      const extension = extensionOf(name);
      const fault =
        faultOfContent(extension, look.head) ?? (manifest && faultOfHash(manifest.get(name), look.state));
      if (fault) return invalid(fault);
      const contentType = contentTypeOf(extension) ?? 'application/octet-stream';
      return { kind: 'found', file: { path: join(place, name), fileName: name, contentType, ...look.state } };
    }
  }
};

const invalid = (reason: string): FileFinding => ({ kind: 'invalid', reason });

const faultOfExtension = (name: string) => {
  const extension = extensionOf(name);
  if (extension === '') return 'the name has no extension';
  return contentTypeOf(extension) ? undefined : `files ending in "${extension}" are not allowed`;
};

const faultOfOwner = (owner: string | undefined) =>
  owner === undefined || isOwnerToken(owner)
    ? undefined
    : 'the owner is empty or holds a dot, underscore or hyphen, so that no file name can carry it between them';

const faultOfHash = (expected: string | undefined, state: FileState) => {
  if (expected === state.sha256) return undefined;
  return expected ? 'its SHA-256 is not the one of SHA256SUMS' : 'SHA256SUMS does not list it';
};
