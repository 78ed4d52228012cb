import { type FaultText, faultText } from './fault-text.ts';

interface FileType {
  readonly contentType: string;
  /** Whether the first bytes of a file are such a file's. */
  readonly matches: (head: Uint8Array) => boolean;
}

const startsWith =
  (...signature: readonly number[]) =>
  (head: Uint8Array) =>
    signature.every((byte, i) => head[i] === byte);

const isPdf = startsWith(0x25, 0x50, 0x44, 0x46, 0x2d);
const isCompound = startsWith(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1);
/** An archive with at least one entry; an empty archive (PK 05 06) is no statement. */
const isZip = startsWith(0x50, 0x4b, 0x03, 0x04);
/** CSV has no signature: it is text, so it holds no NUL and is none of the others. */
const isText = (head: Uint8Array) => !head.includes(0) && !isPdf(head) && !isCompound(head) && !isZip(head);

const TYPES: Readonly<Record<string, FileType>> = {
  pdf: { contentType: 'application/pdf', matches: isPdf },
  xls: { contentType: 'application/vnd.ms-excel', matches: isCompound },
  xlsx: { contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', matches: isZip },
  zip: { contentType: 'application/zip', matches: isZip },
  csv: { contentType: 'text/csv', matches: isText },
};

export const ALLOWED_EXTENSIONS: readonly string[] = Object.keys(TYPES);

/** How many bytes of a file `faultOfContent` wants to see. */
export const HEAD_BYTES = 4096;

export const contentTypeOf = (extension: string): string | undefined =>
  Object.hasOwn(TYPES, extension) ? TYPES[extension]?.contentType : undefined;

export const notAllowed = (extension: string): FaultText =>
  faultText(`files ending in "${extension}" are not allowed`, `"${extension}" 파일은 허용되지 않습니다`);
export const EMPTY_FILE = faultText('the file is empty', '파일이 비어 있습니다');
const otherContent = (extension: string): FaultText =>
  faultText(`the content is not that of a ${extension} file`, `내용이 ${extension} 파일이 아닙니다`);

/** Why the first bytes are not those of a file with this extension, or nothing. */
export const faultOfContent = (extension: string, head: Uint8Array): FaultText | undefined => {
  const type = Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined;
  if (!type) return notAllowed(extension);
  if (head.length === 0) return EMPTY_FILE;
  return type.matches(head) ? undefined : otherContent(extension);
};
