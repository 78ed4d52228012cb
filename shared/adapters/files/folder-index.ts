import { readdir } from 'node:fs/promises';
import { indexKeyOf } from '../../domain/attachment-name.ts';

/** The names of one folder, read once. A name stands for several files when only the extension's case or Unicode differs. */
export interface FolderIndex {
  namesLike(name: string): readonly string[];
}

const NONE: readonly string[] = [];

export const readFolderIndex = async (folder: string): Promise<FolderIndex> => {
  const names = await readdir(folder);
  const single = new Map<string, string>();
  const several = new Map<string, readonly string[]>();
  for (const name of names) {
    const key = indexKeyOf(name);
    const earlier = single.get(key);
    if (earlier === undefined) single.set(key, name);
    else several.set(key, [...(several.get(key) ?? [earlier]), name]);
  }
  return {
    namesLike: (name) => {
      const key = indexKeyOf(name);
      const only = single.get(key);
      return several.get(key) ?? (only === undefined ? NONE : [only]);
    },
  };
};
