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

  it('is found as a letter-by-letter search finds it, for any name (10,000 cases)', () => {
    const isMark = (letter: string | undefined) => letter === undefined || '._-'.includes(letter);
    /** Slow and obvious: at every place of the name, with a mark or an end on both sides. */
    const isIn = (name: string, owner: string): boolean => {
      const dot = name.lastIndexOf('.');
      const stem = dot > 0 ? name.slice(0, dot) : name;
      for (let at = 0; at < stem.length; at += 1) {
        const end = at + owner.length;
        if (stem.slice(at, end) === owner && isMark(stem[at - 1]) && isMark(stem[end])) return true;
      }
      return false;
    };
    const piece = fc.constantFrom('1', '12', '123', 'a', 'A', '.', '_', '-', '0');
    const texts = (maxLength: number) =>
      fc.array(piece, { minLength: 1, maxLength }).map((parts) => parts.join(''));
    const owners = texts(2).filter((owner) => !/[._-]/.test(owner));
    const found = { yes: 0, no: 0 };
    fc.assert(
      fc.property(texts(6), owners, (name, owner) => {
        expect(carriesOwner(name, owner)).toBe(isIn(name, owner));
        found[isIn(name, owner) ? 'yes' : 'no'] += 1;
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(found.yes, found.no)).toBeGreaterThan(500);
  });
});
