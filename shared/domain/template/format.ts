import { mask } from '../masking.ts';
import type { Value } from '../row.ts';
import { type DatePattern, formatWallTime } from '../schedule/date-pattern.ts';
import { plainWallTime, wallTimeOfValue } from './date-value.ts';

export type Format =
  | { readonly kind: 'plain' }
  | { readonly kind: 'number' }
  | { readonly kind: 'mask' }
  | { readonly kind: 'date'; readonly pattern: DatePattern; readonly text: string };

/** The text of a value; undefined when the value cannot be shown so. NULL shows as nothing. */
export const formatValue = (value: Value, format: Format, zone: string): string | undefined => {
  if (value === null || value === '') return '';
  switch (format.kind) {
    case 'plain':
      return plain(value, zone);
    case 'number':
      return numberText(value);
    case 'date': {
      const wall = wallTimeOfValue(value, zone);
      return wall === undefined ? undefined : formatWallTime(format.pattern, wall);
    }
    case 'mask': {
      const text = plain(value, zone);
      return text === undefined ? undefined : mask(text);
    }
  }
};

const plain = (value: Value, zone: string): string | undefined => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? digitsOf(value) : undefined;
  if (value instanceof Date) {
    const wall = wallTimeOfValue(value, zone);
    return wall === undefined ? undefined : plainWallTime(wall);
  }
  return value instanceof Uint8Array ? undefined : String(value);
};

const numberText = (value: Value): string | undefined => {
  if (typeof value === 'bigint') return grouped(value.toString());
  if (typeof value === 'number') return Number.isFinite(value) ? grouped(digitsOf(value)) : undefined;
  return typeof value === 'string' ? grouped(value.trim()) : undefined;
};

const EXPONENT = /^([+-]?)(\d*)(?:\.(\d*))?[eE]([+-]?\d{1,3})$/;

/** 1e+21 in full digits: nobody's balance is shown as a power of ten. */
const digitsOf = (value: number): string => {
  const text = String(value);
  return text.includes('e') ? (withoutExponent(text) ?? text) : text;
};

const withoutExponent = (text: string): string | undefined => {
  const match = EXPONENT.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (digits === '') return undefined;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
};

const DECIMAL = /^([+-]?)(\d*|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?$/;

/** Digit by digit, never through a double: 12345678901234567890.10 keeps every one of them. */
const grouped = (text: string): string | undefined => {
  const point = pointOf(text);
  if (point >= 0) return withCommas(text.slice(0, point)) + text.slice(point);
  const written = /[eE]/.test(text) ? withoutExponent(text) : text;
  const match = written === undefined ? null : DECIMAL.exec(written);
  if (!match) return undefined;
  const [, sign, written0 = '', fraction = ''] = match;
  if (written0 === '' && fraction === '') return undefined;
  const digits = written0.replaceAll(',', '').replace(/^0+(?=\d)/, '') || '0';
  const number = fraction === '' ? withCommas(digits) : `${withCommas(digits)}.${fraction}`;
  return sign === '-' && /[1-9]/.test(number) ? `-${number}` : number;
};

/** Where the whole digits of a plain number such as 1234567 or 1234.50 end; -1 for everything that needs a closer look. */
const pointOf = (text: string): number => {
  const first = text.charCodeAt(0);
  if (!(first > 48 && first <= 57)) return -1;
  let point = text.length;
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46 && point === text.length && at + 1 < text.length) point = at;
    else if (code < 48 || code > 57) return -1;
  }
  return point;
};

const withCommas = (digits: string): string => {
  if (digits.length <= 3) return digits;
  let end = digits.length % 3 || 3;
  let text = digits.slice(0, end);
  for (; end < digits.length; end += 3) text += `,${digits.slice(end, end + 3)}`;
  return text;
};
