import { extensionOf, faultOfName, indexKeyOf } from './attachment-name.ts';
import { carriesOwner, isOwnerToken } from './attachment-owner.ts';
import { contentTypeOf, faultOfContent } from './magic-bytes.ts';

/** The names of one folder. A name stands for several files when only the extension's case or Unicode differs. */
export interface FolderIndex {
  namesLike(name: string): readonly string[];
}

const NONE: readonly string[] = [];

export const indexNames = (names: Iterable<string>): FolderIndex => {
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

export type NameChoice =
  | { readonly kind: 'stored'; readonly name: string }
  | { readonly kind: 'notFound' | 'duplicated' | 'wrongOwner' }
  | { readonly kind: 'invalid'; readonly reason: string };

const invalid = (reason: string): NameChoice => ({ kind: 'invalid', reason });

/** The stored file to look at, or why none is looked at. */
export const chooseName = (index: FolderIndex, name: string, owner: string | undefined): NameChoice => {
  const fault = faultOfName(name) ?? faultOfExtension(name) ?? faultOfOwner(owner);
  if (fault) return invalid(fault);
  const [stored, another] = index.namesLike(name);
  if (stored === undefined) return { kind: 'notFound' };
  if (another !== undefined) return { kind: 'duplicated' };
  if (owner !== undefined && !carriesOwner(stored, owner)) return { kind: 'wrongOwner' };
  const storedFault = faultOfName(stored);
  return storedFault ? invalid(storedFault) : { kind: 'stored', name: stored };
};

const faultOfExtension = (name: string) => {
  const extension = extensionOf(name);
  if (extension === '') return 'the name has no extension';
  return contentTypeOf(extension) ? undefined : `files ending in "${extension}" are not allowed`;
};

const faultOfOwner = (owner: string | undefined) =>
  owner === undefined || isOwnerToken(owner)
    ? undefined
    : 'the owner is empty or holds a dot, underscore or hyphen, so that no file name can carry it between them';

export interface FileContent {
  readonly head: Uint8Array;
  readonly sha256: string;
}

/** Why a file with this content may not be sent under this name, or nothing. */
export const faultOfFile = (
  name: string,
  { head, sha256 }: FileContent,
  manifest: HashManifest | undefined,
): string | undefined =>
  faultOfContent(extensionOf(name), head) ?? (manifest && faultOfHash(manifest.get(name), sha256));

export const typeOfFile = (name: string): string =>
  contentTypeOf(extensionOf(name)) ?? 'application/octet-stream';

/** A file of `sha256sum *`: the hash that each file of the folder must have. */
export type HashManifest = ReadonlyMap<string, string>;

export const MANIFEST_NAME = 'SHA256SUMS';
/** 100 bytes a line: a folder of 300,000 files. */
export const MANIFEST_BYTES = 32 * 1024 * 1024;

const faultOfHash = (expected: string | undefined, sha256: string) => {
  if (expected === sha256) return undefined;
  return expected ? 'its SHA-256 is not the one of SHA256SUMS' : 'SHA256SUMS does not list it';
};

export type ParsedManifest =
  | { readonly ok: true; readonly manifest: HashManifest }
  | { readonly ok: false; readonly reason: string };

export const parseManifest = (text: string): ParsedManifest => {
  const hashes = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parts = /^([0-9a-fA-F]{64}) [ *](?:\.\/)?(\S+)\r?$/.exec(line);
    const [, hash, name] = parts ?? [];
    if (!hash || !name)
      return { ok: false, reason: `${MANIFEST_NAME}, line ${index + 1} is not "hash  name"` };
    hashes.set(name, hash.toLowerCase());
  }
  return { ok: true, manifest: hashes };
};
