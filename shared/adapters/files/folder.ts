import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  chooseName,
  faultOfFile,
  type HashManifest,
  indexNames,
  typeOfFile,
} from '../../domain/attachment-folder.ts';
import { createRecent } from '../../domain/recent.ts';
import type { AttachmentFolder, FileFinding } from '../../ports/attachments.ts';
import { readManifest } from './manifest.ts';
import { isStillThere, unreachable } from './places.ts';
import type { FileLook } from './read-beneath.ts';

/** How many findings a folder remembers: a file that goes to everybody is hashed once. */
const REMEMBERED = 256;

export const openFolder = async (
  place: string,
  look: (path: string) => Promise<FileLook>,
): Promise<AttachmentFolder> => {
  const [names, manifest] = await Promise.all([readdir(place), readManifest(place)]).catch(
    (cause: unknown) => {
      throw unreachable(place, cause);
    },
  );
  const index = indexNames(names);
  const remembered = createRecent<FileFinding>(REMEMBERED);
  const judge = async (name: string) => judgeFile(place, name, await look(join(place, name)), manifest);

  return {
    find: async (name, owner) => {
      const choice = chooseName(index, name, owner);
      return choice.kind === 'stored' ? remembered(choice.name, () => judge(choice.name)) : choice;
    },
  };
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
      return { kind: 'invalid', reason: look.reason };
    case 'read': {
      const { head, state } = look;
      const reason = faultOfFile(name, { head, sha256: state.sha256 }, manifest);
      if (reason) return { kind: 'invalid', reason };
      const path = join(place, name);
      return { kind: 'found', file: { path, fileName: name, contentType: typeOfFile(name), ...state } };
    }
  }
};
