import { toEncodedWords, toSingleLine } from './header-text.ts';

/** RFC 2231 parts of this many encoded characters keep each line under 78. */
const PART_LENGTH = 54;
const SIMPLE_NAME = /^[A-Za-z0-9 ._()+-]{1,50}$/;

/** A name without folders and control characters; never empty. */
export const toSafeFileName = (name: string): string =>
  toSingleLine(name).replace(/[/\\]/g, '_') || 'attachment';

/** The `filename` parameter of Content-Disposition. */
export const formatFileNameParameter = (name: string): string =>
  SIMPLE_NAME.test(name) ? `filename="${name}"` : formatExtendedParameter(name);

/** The `name` parameter of Content-Type for readers that know no RFC 2231 (older Outlook); others prefer `filename`. */
export const formatNameParameter = (name: string): string =>
  SIMPLE_NAME.test(name) ? `name="${name}"` : `name="${toEncodedWords(name, 70)}"`;

const formatExtendedParameter = (name: string): string =>
  splitEncoded(name)
    .map((part, index) => `filename*${index}*=${index === 0 ? "UTF-8''" : ''}${part}`)
    .join(';\r\n ');

/** Splits between characters: the parts of one character stay together. */
const splitEncoded = (name: string): string[] => {
  const parts = [''];
  for (const character of name) {
    const encoded = encodeAttributeCharacter(character);
    const current = parts[parts.length - 1] as string;
    if (current.length + encoded.length > PART_LENGTH) parts.push(encoded);
    else parts[parts.length - 1] = current + encoded;
  }
  return parts;
};

const encodeAttributeCharacter = (character: string): string =>
  /^[A-Za-z0-9._-]$/.test(character) ? character : percentEncode(Buffer.from(character));

const percentEncode = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
