import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mask, maskAddress, maskName } from '../../shared/domain/masking.ts';

const stars = (text: string): number => text.split('*').length - 1;
const letterCount = (text: string): number => Array.from(text.normalize('NFC').trim()).length;

describe('masking a name', () => {
  test.each([
    ['홍길동', '홍*동'],
    ['김철', '김*'],
    ['김', '*'],
    ['남궁민수', '남**수'],
    ['홍길동 ', '홍*동'],
    ['홍길동'.normalize('NFD'), '홍*동'],
    ['Al', 'A*'],
    ['John Smith', 'J********h'],
    ['𠮷野家', '𠮷*家'],
    ['😀😃😄', '😀*😄'],
    ['110-234-567890', '1************0'],
    ['', ''],
    ['   ', ''],
  ])('%j becomes %j', (name, masked) => expect(maskName(name)).toBe(masked));
});

describe('masking an address', () => {
  test.each([
    ['email@test.com', 'e****@test.com'],
    ['ab@test.com', 'a*@test.com'],
    ['a@test.com', '*@test.com'],
    ['@test.com', '*@test.com'],
    ['홍길동@한국.kr', '홍**@한국.kr'],
    ['a@b@test.com', 'a**@test.com'],
    ['no address', 'n********s'],
    ['secret@not a domain', 's*****************n'],
  ])('%j becomes %j', (address, masked) => expect(maskAddress(address)).toBe(masked));

  test('mask chooses by the look of the value', () => {
    expect(mask('email@test.com')).toBe('e****@test.com');
    expect(mask('홍길동')).toBe('홍*동');
  });
});

describe('whatever is masked', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.emailAddress(),
    fc
      .tuple(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }))
      .map(([local, domain]) => `${local}@${domain}`),
  );

  test('a second masking changes nothing (10,000 cases)', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(mask(mask(text))).toBe(mask(text));
      }),
      { numRuns: 10_000 },
    );
  });

  test('a name shows two letters at most, and of two letters one (10,000 cases)', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const length = letterCount(text);
        const shown = length <= 1 ? 0 : length === 2 ? 1 : 2;
        expect(Array.from(maskName(text)).length).toBe(length);
        expect(stars(maskName(text))).toBeGreaterThanOrEqual(length - shown);
      }),
      { numRuns: 10_000 },
    );
  });

  /** Slow and obvious: every letter is looked at where it stands. */
  const starred = (text: string, shown: (index: number, last: number) => boolean): string => {
    const all = Array.from(text.normalize('NFC').trim());
    let masked = '';
    for (const [index, letter] of all.entries()) masked += shown(index, all.length - 1) ? letter : '*';
    return masked;
  };
  const reference = (text: string): string => {
    const name = starred(text, (index, last) => last > 0 && (index === 0 || (index === last && last > 1)));
    const parts = text.split('@');
    const domain = (parts.at(-1) ?? '').trim();
    if (
      parts.length === 1 ||
      domain === '' ||
      !Array.from(domain).every((one) => /[\p{L}\p{N}.-]/u.test(one))
    )
      return name;
    const local = starred(parts.slice(0, -1).join('@'), (index, last) => last > 0 && index === 0);
    return `${local || '*'}@${domain}`;
  };

  test('each letter shows or hides as one look after the other says (10,000 cases)', () => {
    const seen = { addresses: 0, names: 0 };
    fc.assert(
      fc.property(texts, (text) => {
        expect(mask(text)).toBe(reference(text));
        seen[mask(text).includes('@') ? 'addresses' : 'names'] += 1;
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(seen.addresses, seen.names)).toBeGreaterThan(500);
  });

  test('of an address the part before the @ shows one letter at most (10,000 cases)', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (address) => {
        const local = address.slice(0, address.lastIndexOf('@'));
        const masked = maskAddress(address);
        expect(masked.slice(masked.lastIndexOf('@'))).toBe(address.slice(address.lastIndexOf('@')));
        const hidden = masked.slice(0, masked.lastIndexOf('@'));
        expect(hidden).toBe(local.length === 1 ? '*' : local.charAt(0) + '*'.repeat(local.length - 1));
      }),
      { numRuns: 10_000 },
    );
  });
});
