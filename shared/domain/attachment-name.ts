import { type FaultText, faultText } from './fault-text.ts';

/** NAME_MAX of every file system that Tank meets. */
const LONGEST_NAME = 255;

const EMPTY = faultText('the name is empty', '파일 이름이 비어 있습니다');
const CHARACTERS = faultText(
  'the name holds characters other than letters, digits, dot, underscore and hyphen',
  '파일 이름에 영문자, 숫자, 점, 밑줄, 하이픈이 아닌 문자가 있습니다',
);
const FIRST_DOT = faultText('the name starts with a dot', '파일 이름이 점으로 시작합니다');
const TWO_DOTS = faultText('the name holds two dots in a row', '파일 이름에 점이 연달아 있습니다');
const TOO_LONG = faultText(
  `the name is longer than ${LONGEST_NAME} characters`,
  `파일 이름이 ${LONGEST_NAME}자를 넘습니다`,
);

/** Why a name may not be opened, or nothing. Names stay ASCII on disk; what the recipient sees may be Korean. */
export const faultOfName = (name: string): FaultText | undefined => {
  if (name === '') return EMPTY;
  if (!/^[A-Za-z0-9._-]+$/.test(name)) return CHARACTERS;
  if (name.startsWith('.')) return FIRST_DOT;
  if (name.includes('..')) return TWO_DOTS;
  if (name.length > LONGEST_NAME) return TOO_LONG;
  return undefined;
};

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
