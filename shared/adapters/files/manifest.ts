import { join } from 'node:path';
import { TankError } from '../../domain/errors.ts';
import { readBeneath } from './read-beneath.ts';

/** A file of `sha256sum *`: the hash that each file of the folder must have. */
export type HashManifest = ReadonlyMap<string, string>;

const NAME = 'SHA256SUMS';
/** 100 bytes a line: a folder of 300,000 files. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Nothing when the folder has none. A manifest that cannot be understood refuses the folder: it was put there to be heeded. */
export const readManifest = async (folder: string): Promise<HashManifest | undefined> => {
  const look = await readBeneath(join(folder, NAME), { maxBytes: MAX_BYTES, keep: true });
  switch (look.kind) {
    case 'gone':
      return undefined;
    case 'busy':
      throw new TankError('folder_unreachable', {
        folder,
        reason: `${NAME} cannot be read (${look.reason})`,
      });
    case 'unusable':
      throw new TankError('folder_refused', { reason: `${NAME} cannot be used: ${look.reason}` });
    case 'read':
      return parseManifest(new TextDecoder().decode(look.content));
  }
};

const parseManifest = (text: string): HashManifest => {
  const hashes = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parts = /^([0-9a-fA-F]{64}) [ *](?:\.\/)?(\S+)\r?$/.exec(line);
    const [, hash, name] = parts ?? [];
    if (!hash || !name)
      throw new TankError('folder_refused', { reason: `${NAME}, line ${index + 1} is not "hash  name"` });
    hashes.set(name, hash.toLowerCase());
  }
  return hashes;
};
