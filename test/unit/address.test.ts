import fc from 'fast-check';
import validator from 'validator';
import { describe, expect, test } from 'vitest';
import { ADDRESS_FAULTS, parseAddress } from '../../shared/domain/address.ts';
import { fillFaultText } from '../../shared/domain/fault-text.ts';

const faultOf = (text: string): string => {
  const parsed = parseAddress(text);
  return parsed.ok ? 'none' : parsed.fault;
};

describe('an address is taken', () => {
  test.each([
    ['hong@example.com', 'hong@example.com', 'example.com'],
    ['Hong.Gil-Dong+bank@Example.COM', 'Hong.Gil-Dong+bank@example.com', 'example.com'],
    ['  hong@example.com   ', 'hong@example.com', 'example.com'],
    ["o'brien@example.co.kr", "o'brien@example.co.kr", 'example.co.kr'],
    ['hong@한국.kr', 'hong@xn--3e0b707e.kr', 'xn--3e0b707e.kr'],
    ['hong@메일.한국', 'hong@xn--h32bq4v.xn--3e0b707e', 'xn--h32bq4v.xn--3e0b707e'],
    ['hong@BÜCHER.example', 'hong@xn--bcher-kva.example', 'xn--bcher-kva.example'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`, 'example.com'],
    ['a@1.example', 'a@1.example', '1.example'],
  ])('%j', (text, address, domain) => expect(parseAddress(text)).toEqual({ ok: true, address, domain }));
});

describe('an address is refused, and the reason named', () => {
  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['hong@example.com\r\nBcc: x@example.com', 'control_character'],
    ['hong\t@example.com', 'control_character'],
    ['hong@exam\u0000ple.com', 'control_character'],
    ['hong@example.com\u2028', 'control_character'],
    ['a@example.com,b@example.com', 'several'],
    ['a@example.com;b@example.com', 'several'],
    ['a@b@example.com', 'several'],
    ['홍길동 <hong@example.com>', 'display_name'],
    ['<hong@example.com>', 'display_name'],
    ['hong @example.com', 'display_name'],
    ['hong@example.com\u3000', 'display_name'],
    ['hong.example.com', 'no_at'],
    ['hong\uff20example.com', 'no_at'],
    ['@example.com', 'local_empty'],
    ['홍길동@example.com', 'local_not_ascii'],
    [`${'a'.repeat(65)}@example.com`, 'local_too_long'],
    ['.hong@example.com', 'local_dots'],
    ['hong.@example.com', 'local_dots'],
    ['ho..ng@example.com', 'local_dots'],
    ['"hong"@example.com', 'local_characters'],
    ['ho(ng)@example.com', 'local_characters'],
    ['hong@', 'domain_empty'],
    ['hong@example..com', 'domain_invalid'],
    ['hong@-example.com', 'domain_invalid'],
    ['hong@example.com.', 'domain_invalid'],
    ['hong@exa_mple.com', 'domain_invalid'],
    ['hong@[127.0.0.1]', 'domain_invalid'],
    ['hong@exam%70le.com', 'domain_invalid'],
    [`hong@${'a'.repeat(64)}.com`, 'domain_invalid'],
    ['hong@localhost', 'domain_not_public'],
    ['hong@127.0.0.1', 'domain_not_public'],
    ['hong@\uff11\uff12\uff17.0.0.1', 'domain_not_public'],
    [`hong@${`${'a'.repeat(60)}.`.repeat(5)}com`, 'too_long'],
    ['a'.repeat(5000), 'too_long'],
  ])('%j: %s', (text, fault) => expect(faultOf(text)).toBe(fault));

  test('every reason reads in both languages and repeats nothing of the address', () => {
    for (const text of Object.values(ADDRESS_FAULTS)) {
      expect(fillFaultText(text, {}, 'en')).toMatch(/^[ -~]+$/);
      expect(fillFaultText(text, {}, 'ko')).toMatch(/[가-힣]/);
    }
  });
});

describe('whatever is taken', () => {
  const nearly = fc
    .tuple(
      fc.string({ unit: fc.constantFrom(...'ab.-+_한é@ \n"<,'), maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(...'ab1.-한é_@ '), maxLength: 16 }),
    )
    .map(([local, domain]) => `${local}@${domain}.com`);

  test('is one ASCII line within the limits, taken again as it is, and an address for validator too (10,000 cases)', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), nearly, fc.string()), (text) => {
        const parsed = parseAddress(text);
        if (!parsed.ok) return;
        expect(parsed.address).toMatch(/^[!-~]{3,254}$/);
        expect(parsed.address.split('@')).toHaveLength(2);
        expect(parsed.domain).toBe(parsed.address.split('@')[1]);
        expect(parseAddress(parsed.address)).toEqual(parsed);
        expect(
          validator.isEmail(parsed.address, {
            allow_utf8_local_part: false,
            domain_specific_validation: false,
          }),
        ).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });

  test('what validator calls an address is taken, unless its part before the @ is quoted (10,000 cases)', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), nearly), (text) => {
        if (!validator.isEmail(text, { allow_utf8_local_part: false }) || text.startsWith('"')) return;
        expect(faultOf(text)).toBe('none');
      }),
      { numRuns: 10_000 },
    );
  });
});
