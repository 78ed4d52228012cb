import type { Language } from './errors.ts';

/**
 * NIST SP 800-63B-4: length instead of composition. 15 characters while the password is the only factor;
 * 200 so that nobody makes the hash read a book.
 */
const PASSWORD_LENGTH = { min: 15, max: 200 } as const;

export type PasswordFault =
  | 'too_short'
  | 'too_long'
  | 'too_common'
  | 'too_uniform'
  | 'contains_name'
  | 'unchanged';

/**
 * Words of the lists of leaked passwords that people stretch until they are long enough; the last row is
 * Korean (비밀번호, 안녕하세요, 사랑해, 대한민국) typed on an English keyboard.
 */
const COMMON_WORDS = [
  ...[
    'password',
    'passwort',
    'passw0rd',
    'p@ssw0rd',
    'p@ssword',
    'qwertyuiop',
    'qwerty',
    'asdfghjkl',
    'asdfgh',
    'asdf',
    'zxcvbnm',
    'zxcv',
    '1q2w3e4r5t',
    '1q2w3e4r',
    '1qaz2wsx3edc',
    '1qaz2wsx',
    'qazwsxedc',
    'qazwsx',
  ],
  ...[
    'iloveyou',
    'letmein',
    'welcome',
    'administrator',
    'admin',
    'master',
    'owner',
    'operator',
    'root',
    'login',
    'user',
    'test',
    'guest',
    'changeme',
    'secret',
    'temp',
    'default',
  ],
  ...[
    'monkey',
    'dragon',
    'sunshine',
    'princess',
    'football',
    'baseball',
    'superman',
    'batman',
    'trustno1',
    'starwars',
    'abcdefgh',
    'abcd',
    'abc',
    'hello',
    'freedom',
    'whatever',
    'company',
    'bank',
    'tank',
    'mail',
    'korea',
    'seoul',
  ],
  ...['spring', 'summer', 'autumn', 'winter', 'the', 'my', 'is', 'this', 'a', 'new', 'old'],
  ...['qlalfqjsgh', 'dkssudgktpdy', 'dkssud', 'tkfkdgo', 'eogksalsrnr', 'gksrnr', 'votmdnjem'],
];

/** Nothing but common words, digits and signs: `Password123456789!`, `qwertyuiopasdfghjkl`. */
const ONLY_COMMON = new RegExp(
  `^(?:${COMMON_WORDS.map((word) => word.replace(/[.*+?^$]/g, '\\$&')).join('|')}|[^\\p{L}])+$`,
  'u',
);

const MIN_DIFFERENT_CHARACTERS = 5;
const MIN_NAME_LENGTH = 4;

/** What is wrong with a password that a person chose; the name is the account's. */
export const passwordFault = (password: string, name: string): PasswordFault | undefined => {
  const characters = [...password.normalize('NFC')];
  if (characters.length < PASSWORD_LENGTH.min) return 'too_short';
  if (characters.length > PASSWORD_LENGTH.max) return 'too_long';
  if (new Set(characters).size < MIN_DIFFERENT_CHARACTERS) return 'too_uniform';
  const lower = characters.join('').toLowerCase();
  if (ONLY_COMMON.test(lower)) return 'too_common';
  if (leansOnName(lower, name.normalize('NFC').toLowerCase())) return 'contains_name';
  return undefined;
};

/** What remains without the name must still be a password of some length. */
const leansOnName = (password: string, name: string): boolean =>
  name.length >= MIN_NAME_LENGTH &&
  password.replaceAll(name, '').length < PASSWORD_LENGTH.min - MIN_NAME_LENGTH &&
  password.includes(name);

const TEXTS: Readonly<Record<PasswordFault, Readonly<Record<Language, string>>>> = {
  too_short: {
    en: `Use at least ${PASSWORD_LENGTH.min} characters.`,
    ko: `${PASSWORD_LENGTH.min}자 이상이어야 합니다.`,
  },
  too_long: {
    en: `Use at most ${PASSWORD_LENGTH.max} characters.`,
    ko: `${PASSWORD_LENGTH.max}자 이하여야 합니다.`,
  },
  too_common: {
    en: 'This is a common password; choose another.',
    ko: '흔히 쓰이는 비밀번호입니다. 다른 것을 사용하십시오.',
  },
  too_uniform: { en: 'Use more different characters.', ko: '더 다양한 글자를 사용하십시오.' },
  unchanged: { en: 'Choose another password than before.', ko: '이전과 다른 비밀번호를 사용하십시오.' },
  contains_name: {
    en: 'Do not build the password on the account name.',
    ko: '계정 이름으로 만든 비밀번호는 사용할 수 없습니다.',
  },
};

export const describePasswordFault = (fault: PasswordFault, language: Language): string =>
  TEXTS[fault][language];
