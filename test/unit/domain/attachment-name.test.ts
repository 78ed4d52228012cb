import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extensionOf, faultOfName, indexKeyOf } from '../../../shared/domain/attachment-name.ts';

describe('a stored attachment name', () => {
  it.each(['a.pdf', 'STMT_0001-2.PDF', '20261105.report.xlsx'])('may be %s', (name) => {
    expect(faultOfName(name)).toBeUndefined();
  });

  it.each([
    '',
    '.hidden.pdf',
    '../a.pdf',
    'a..pdf',
    'a/b.pdf',
    'a\\b.pdf',
    'a\0.pdf',
    'a b.pdf',
    '명세서.pdf',
    'a\n.pdf',
    `${'x'.repeat(252)}.pdf`,
  ])('may not be %j', (name) => {
    expect(faultOfName(name)).toEqual({
      en: expect.stringMatching(/^the name /),
      ko: expect.stringMatching(/^파일 이름/),
    });
  });

  it('is judged like a slow, obvious reference, for any text (10,000 cases)', () => {
    const judged = { good: 0, bad: 0 };
    const allowed = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-');
    const isGood = (name: string) => {
      const letters = Array.from({ length: name.length }, (_, i) => name.charAt(i));
      const twoDots = letters.some((letter, i) => letter === '.' && letters[i + 1] === '.');
      return (
        letters.length > 0 &&
        letters.length <= 255 &&
        letters[0] !== '.' &&
        !twoDots &&
        letters.every((l) => allowed.has(l))
      );
    };
    const names = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'Z', '9', '.', '_', '-', '/', '\0', '가') }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(names, (name) => {
        expect(faultOfName(name) === undefined).toBe(isGood(name));
        judged[isGood(name) ? 'good' : 'bad'] += 1;
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(judged.good, judged.bad)).toBeGreaterThan(500);
  });
});

describe('the index key of a name', () => {
  it('makes no difference between cases of the extension, nor between compositions of a letter', () => {
    expect(indexKeyOf('a.PDF')).toBe(indexKeyOf('a.pdf'));
    expect(indexKeyOf('명세서.pdf'.normalize('NFD'))).toBe(indexKeyOf('명세서.pdf'));
  });

  it('keeps the case of everything before the extension', () => {
    expect(indexKeyOf('A.pdf')).not.toBe(indexKeyOf('a.pdf'));
    expect(indexKeyOf('README')).not.toBe(indexKeyOf('readme'));
  });
});

it('reads the extension behind the last dot only', () => {
  expect(['a.tar.GZ', 'a', '.pdf', 'a.'].map(extensionOf)).toEqual(['gz', '', '', '']);
});
