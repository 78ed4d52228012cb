/** Why a name may not be opened, or nothing. Names stay ASCII on disk; what the recipient sees may be Korean. */
export const faultOfName = (name: string): string | undefined => {
  if (name === '') return 'the name is empty';
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    return 'the name holds characters other than letters, digits, dot, underscore and hyphen';
  if (name.startsWith('.')) return 'the name starts with a dot';
  if (name.includes('..')) return 'the name holds two dots in a row';
  if (name.length > LONGEST_NAME) return `the name is longer than ${LONGEST_NAME} characters`;
  return undefined;
};

/** NAME_MAX of every file system that Tank meets. */
const LONGEST_NAME = 255;

/** The part behind the last dot, in lower case; empty when there is none. */
export const extensionOf = (name: string): string => {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
};

/**
 * Two names with the same index key are one name to a person: they differ at most in how Unicode
 * composes a letter, or in the case of the extension. The rest of the name keeps its case.
 */
export const indexKeyOf = (name: string): string => {
  const composed = isAscii(name) ? name : name.normalize('NFC');
  const dot = composed.lastIndexOf('.');
  return dot <= 0 ? composed : composed.slice(0, dot) + composed.slice(dot).toLowerCase();
};

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
