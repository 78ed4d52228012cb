import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../shared/domain/csv-text.ts';

describe('a line of CSV', () => {
  it('quotes what would break it, and ends with CRLF', () => {
    expect(csvLine(['a', 'b,c', 'd"e', 'f\ng', undefined, 7])).toBe('a,"b,c","d""e","f\ng",,7\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '\r=1', '＝1', '＋1', '－1', '＠1'])(
    'lets %j become no formula',
    (value) => {
      expect(csvLine([value]).replace(/^"/, '').startsWith("'")).toBe(true);
    },
  );

  it.each(['홍길동', '0000000001', 'a=b', 'statement-1.pdf', ''])('leaves %j as it is', (value) => {
    expect(csvLine([value])).toBe(`${value}\r\n`);
  });

  it('gives back every value, but for the apostrophe (1,000 made-up lines)', () => {
    const value = fc.string({ unit: fc.constantFrom('=', '-', ',', '"', '\n', '\r', 'a', '가', ' ') });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (cells) => {
        const read = parse(csvLine(cells));
        expect(read).toHaveLength(cells.length);
        for (const [index, cell] of cells.entries()) expect([cell, `'${cell}`]).toContain(read[index]);
      }),
      { numRuns: 1000 },
    );
  });
});

/** One line by RFC 4180, as plainly as can be. */
const parse = (line: string): string[] => {
  const cells: string[] = [''];
  let quoted = false;
  const text = line.slice(0, -2);
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (quoted && sign === '"' && text[at + 1] === '"') at += 1;
    else if (sign === '"') {
      quoted = !quoted;
      continue;
    } else if (sign === ',' && !quoted) {
      cells.push('');
      continue;
    }
    cells[cells.length - 1] += sign;
  }
  return cells;
};
