import { describe, expect, it } from 'vitest';
import { readAddressCsv } from '../../../shared/domain/address-csv.ts';

const addresses = (text: string) => readAddressCsv(text).map(({ address }) => address);

describe('a file of addresses', () => {
  it.each([
    ['a line each', 'a@example.com\nb@example.com\n', ['a@example.com', 'b@example.com']],
    [
      'lines that end as on Windows, after a byte order mark',
      '\ufeffa@example.com\r\nb@example.com',
      ['a@example.com', 'b@example.com'],
    ],
    [
      'blank lines and blanks',
      '\n  a@example.com  \n\n\t\nb@example.com',
      ['a@example.com', 'b@example.com'],
    ],
    ['a heading', 'email\na@example.com', ['a@example.com']],
    ['a Korean heading beside another column', '이름,이메일\n홍길동,a@example.com\n', ['a@example.com']],
    ['no heading, and the address in the second cell', '홍길동;a@example.com\n', ['a@example.com']],
    ['tabs', 'name\taddress\nkim\ta@example.com', ['a@example.com']],
    ['quotation marks', '"Kim, ""J"" ","a@example.com"\n', ['a@example.com']],
    [
      'a line break within quotation marks',
      '"two\nlines",a@example.com\nb@example.com',
      ['a@example.com', 'b@example.com'],
    ],
    [
      'a quotation mark that nothing closes',
      'a@example.com\n"b@example.com\nc@example.com',
      ['a@example.com', 'b@example.com', 'c@example.com'],
    ],
    ['a quotation mark in the middle', 'a"b@example.com\nc@example.com', ['ab@example.com', 'c@example.com']],
    [
      'apostrophes that keep a spreadsheet from calculating',
      "'=a@example.com\n''=b@example.com\no'c@example.com",
      ['=a@example.com', "'=b@example.com", "o'c@example.com"],
    ],
    ['text that is no address', 'hello\na@example.com', ['hello', 'a@example.com']],
    ['nothing', '', []],
  ])('with %s is read', (_, text, expected) => {
    expect(addresses(text)).toEqual(expected);
  });

  it('tells scope and reason where it has them, and the line of each address', () => {
    const text = 'address,scope,reason\na@example.com,retail,complaint\n\nb@example.com,,\n';
    expect(readAddressCsv(text)).toEqual([
      { line: 2, address: 'a@example.com', scope: 'retail', reason: 'complaint' },
      { line: 4, address: 'b@example.com' },
    ]);
  });

  it('of any bytes is read to its end', () => {
    for (const text of ['"', '""', '"a', 'a"', ',,,', '"a"b,c', '\r', 'a\rb', '"\n"\n"'])
      expect(readAddressCsv(text).length).toBeGreaterThanOrEqual(0);
  });
});
