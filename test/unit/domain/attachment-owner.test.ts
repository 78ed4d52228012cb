import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carriesOwner } from '../../../shared/domain/attachment-owner.ts';

describe('the owner of a file', () => {
  it.each([
    ['123.pdf', '123'],
    ['stmt_123-202611.pdf', '123'],
    ['a.123.b.pdf', '123'],
    ['0000000012.pdf', '0000000012'],
  ])('%s belongs to %s', (name, owner) => {
    expect(carriesOwner(name, owner)).toBe(true);
  });

  it.each([
    ['1234.pdf', '123'],
    ['0123.pdf', '123'],
    ['x123.pdf', '123'],
    ['stmt.pdf', 'pdf'],
    ['12-34.pdf', '12-34'],
    ['AB12.pdf', 'ab12'],
    ['__.pdf', ''],
  ])('%s does not belong to %s', (name, owner) => {
    expect(carriesOwner(name, owner)).toBe(false);
  });

  it('never gives one file to two different owners of one kind', () => {
    const digits = fc.stringMatching(/^[0-9]{1,6}$/);
    const letters = fc.stringMatching(/^[a-z]{0,3}$/);
    fc.assert(
      fc.property(
        digits,
        digits,
        letters,
        letters,
        fc.constantFrom('.', '_', '-'),
        (one, other, before, after, mark) => {
          const name = `${before}${mark}${one}${mark}${after}.pdf`;
          expect(carriesOwner(name, one)).toBe(true);
          expect(carriesOwner(name, other)).toBe(one === other);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
