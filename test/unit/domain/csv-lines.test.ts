import { expect, it } from 'vitest';
import { csvLines } from '../../../shared/domain/csv-lines.ts';
import { csvLine } from '../../../shared/domain/csv-text.ts';

it.each<[string, string, string[][]]>([
  ['lines of either kind', 'a,b\nc,d\r\ne', [['a', 'b'], ['c', 'd'], ['e']]],
  ['a mark of the encoding, empty lines and spaces', '\uFEFF a , b \n\n,\nc\n', [['a', 'b'], ['c']]],
  [
    'quotes, separators and line ends in cells',
    '"a ""b""","c,d\ne"\nf,g',
    [
      ['a "b"', 'c,d\ne'],
      ['f', 'g'],
    ],
  ],
  ['empty cells', 'a,,b\n', [['a', '', 'b']]],
  ['nothing', '', []],
])('reads %s', (_, text, lines) => {
  expect(csvLines(text)).toEqual(lines);
});

it('reads back what is written', () => {
  const cells = ['r1-1', 'failed', 'moved, "no" address\nsince May'];
  expect(csvLines(csvLine(cells))).toEqual([cells]);
});
