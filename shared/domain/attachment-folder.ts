import { extensionOf, faultOfName, indexKeyOf } from './attachment-name.ts';
import { carriesOwner, isOwnerToken } from './attachment-owner.ts';
import { type FaultText, faultText } from './fault-text.ts';
import { contentTypeOf, faultOfContent, notAllowed } from './magic-bytes.ts';

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
  | { readonly kind: 'invalid'; readonly reason: FaultText };

const invalid = (reason: FaultText): NameChoice => ({ kind: 'invalid', reason });

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
  if (extension === '') return NO_EXTENSION;
  return contentTypeOf(extension) ? undefined : notAllowed(extension);
};

const faultOfOwner = (owner: string | undefined) =>
  owner === undefined || isOwnerToken(owner) ? undefined : NO_TOKEN;

const NO_EXTENSION = faultText('the name has no extension', '파일 이름에 확장자가 없습니다');
const NO_TOKEN = faultText(
  'the owner is empty or holds a dot, underscore or hyphen, so that no file name can carry it between them',
  'owner 값이 비어 있거나 점, 밑줄, 하이픈이 있어 파일 이름에서 구분할 수 없습니다',
);

export interface FileContent {
  readonly head: Uint8Array;
  readonly sha256: string;
}

/** Why a file with this content may not be sent under this name, or nothing. */
export const faultOfFile = (
  name: string,
  { head, sha256 }: FileContent,
  manifest: HashManifest | undefined,
): FaultText | undefined =>
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
  return expected ? OTHER_HASH : NOT_LISTED;
};

const OTHER_HASH = faultText(
  'its SHA-256 is not the one of SHA256SUMS',
  'SHA-256 값이 SHA256SUMS와 다릅니다',
);
const NOT_LISTED = faultText('SHA256SUMS does not list it', 'SHA256SUMS에 없는 파일입니다');

export type ParsedManifest =
  | { readonly ok: true; readonly manifest: HashManifest }
  | { readonly ok: false; readonly reason: FaultText };

const notALine = (line: number): FaultText =>
  faultText(
    `${MANIFEST_NAME}, line ${line} is not "hash  name"`,
    `${MANIFEST_NAME} ${line}행이 "해시  이름" 형식이 아닙니다`,
  );

export const parseManifest = (text: string): ParsedManifest => {
  const hashes = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parts = /^([0-9a-fA-F]{64}) [ *](?:\.\/)?(\S+)\r?$/.exec(line);
    const [, hash, name] = parts ?? [];
    if (!hash || !name) return { ok: false, reason: notALine(index + 1) };
    hashes.set(name, hash.toLowerCase());
  }
  return { ok: true, manifest: hashes };
};
