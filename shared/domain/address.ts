import { type FaultText, faultText } from './fault-text.ts';

/** Why a text is not an address that one mail can go to. The text itself is never part of a reason. */
export const ADDRESS_FAULTS = {
  empty: faultText('it is empty', '비어 있습니다'),
  control_character: faultText(
    'it contains a control character or a line break',
    '제어 문자나 줄바꿈이 있습니다',
  ),
  several: faultText('it holds more than one address', '주소가 둘 이상입니다'),
  display_name: faultText('it holds a name beside the address', '주소 외에 이름이 있습니다'),
  no_at: faultText('it has no @', '@가 없습니다'),
  local_empty: faultText('nothing stands before the @', '@ 앞이 비어 있습니다'),
  local_not_ascii: faultText(
    'the part before the @ has characters beyond ASCII',
    '@ 앞에 ASCII가 아닌 문자가 있습니다',
  ),
  local_too_long: faultText('the part before the @ is longer than 64 characters', '@ 앞이 64자를 넘습니다'),
  local_dots: faultText('a dot begins, ends or repeats before the @', '@ 앞의 점 위치가 올바르지 않습니다'),
  local_characters: faultText(
    'a character before the @ is not allowed',
    '@ 앞에 허용되지 않는 문자가 있습니다',
  ),
  domain_empty: faultText('nothing stands after the @', '@ 뒤가 비어 있습니다'),
  domain_invalid: faultText('the domain is not a valid host name', '도메인이 올바르지 않습니다'),
  domain_not_public: faultText('the domain has no top level such as .com', '최상위 도메인이 없습니다'),
  too_long: faultText('it is longer than 254 characters', '254자를 넘습니다'),
} as const satisfies Record<string, FaultText>;

export type AddressFault = keyof typeof ADDRESS_FAULTS;

export interface Address {
  /** Domain in lower case and Punycode; the local part as it was, for it may matter to the receiver. */
  readonly address: string;
  readonly domain: string;
}

export type ParsedAddress =
  | ({ readonly ok: true } & Address)
  | { readonly ok: false; readonly fault: AddressFault };

const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** An ASCII letter at both ends keeps out 127.0.0.1; the middle lets in xn-- top levels. */
const TOP_LEVEL = /^[a-z][a-z0-9-]*[a-z0-9]$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

const refuse = (fault: AddressFault): ParsedAddress => ({ ok: false, fault });

/** One address, without a name. Blanks around it are dropped: CHAR columns arrive padded. */
export const parseAddress = (text: string): ParsedAddress => {
  if (CONTROL.test(text)) return refuse('control_character');
  const trimmed = text.replace(/^ +| +$/g, '');
  const whole = faultOfWhole(trimmed);
  if (whole) return refuse(whole);
  const at = trimmed.indexOf('@');
  const local = trimmed.slice(0, at);
  const fault = faultOfLocal(local);
  if (fault) return refuse(fault);
  return withDomain(local, trimmed.slice(at + 1));
};

const faultOfWhole = (text: string): AddressFault | undefined => {
  if (text === '') return 'empty';
  if (text.length > 1000) return 'too_long';
  if (/[,;]/.test(text) || text.indexOf('@') !== text.lastIndexOf('@')) return 'several';
  if (/[<>]/.test(text) || /\s/.test(text)) return 'display_name';
  return text.includes('@') ? undefined : 'no_at';
};

const faultOfLocal = (local: string): AddressFault | undefined => {
  if (local === '') return 'local_empty';
  if (/[^\u0020-\u007e]/.test(local)) return 'local_not_ascii';
  if (local.length > 64) return 'local_too_long';
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return 'local_dots';
  return LOCAL.test(local) ? undefined : 'local_characters';
};

const withDomain = (local: string, written: string): ParsedAddress => {
  if (written === '') return refuse('domain_empty');
  const domain = toPunycode(written);
  if (domain === undefined) return refuse('domain_invalid');
  const labels = domain.split('.');
  if (!labels.every((label) => LABEL.test(label))) return refuse('domain_invalid');
  if (labels.length < 2 || !TOP_LEVEL.test(labels.at(-1) ?? '')) return refuse('domain_not_public');
  const address = `${local}@${domain}`;
  return address.length > 254 ? refuse('too_long') : { ok: true, address, domain };
};

/** URL carries the IDNA tables. It would also decode %41 and read 1.2 as a number: only letters and marks reach it. */
const toPunycode = (domain: string): string | undefined => {
  if (/^[A-Za-z0-9.-]+$/.test(domain)) return domain.toLowerCase();
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return undefined;
  const url = `http://${domain}/`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
};
