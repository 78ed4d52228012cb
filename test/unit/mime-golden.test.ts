import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { OutgoingMail } from '../../shared/domain/mail.ts';
import { attachmentOf, compose, mailOf } from './mime-mails.ts';
import { type ReadMail, readWithMailparser, readWithPython } from './mime-readers.ts';

const LONG = '아주 긴 제목 '.repeat(40).trim();
const SUBJECTS = [
  '김철수 고객님 3월 거래명세서',
  'Statement of March',
  LONG,
  '😀'.repeat(60),
  'A subject in ASCII that is so long that it must be folded more than once, in two places at the least, '
    .repeat(3)
    .trim(),
  'x'.repeat(300),
  'looks encoded =?UTF-8?B?7YOx?= but is not',
  'two  spaces   and a tab',
  '(광고) 100% "따옴표" <꺾쇠> ; , : @',
];
const NAMES: readonly (readonly [string, string])[] = [
  ['탱크은행', '탱크은행'],
  ['Tank Bank', 'Tank Bank'],
  ['"Tank, Bank; \\"best\\""', 'Tank, Bank; "best"'],
  ['Tank Bank (Seoul), Ltd.', 'Tank Bank (Seoul), Ltd.'],
  ['아주긴은행이름'.repeat(12), '아주긴은행이름'.repeat(12)],
  ['=?utf-8?q?Evil?=', '=?utf-8?q?Evil?='],
  ['한국 <은행> 주식회사', '한국 <은행> 주식회사'],
];
const FILES = [
  '거래명세서_2026년3월_김철수.pdf',
  'statement.pdf',
  'a very long name of a file that does not fit on one line of a header at all, truly not.pdf',
  `${'긴이름'.repeat(50)}.pdf`,
  `it's 100% "quoted"; really=so.pdf`,
  '이모지😀.pdf',
];

const expectRead = (mail: OutgoingMail, name: string, read: ReadMail) => {
  expect(read.subject).toBe(mail.subject);
  expect(read.from).toEqual([{ name, address: 'no-reply@example.com' }]);
  expect(read.to).toEqual([{ name: '', address: mail.to }]);
  expect(read.text.trimEnd()).toBe(Buffer.from(mail.text).toString());
  expect(read.html.trimEnd()).toBe(Buffer.from(mail.html).toString());
  expect(read.attachments).toEqual(
    mail.attachments.map((file) => ({
      name: file.fileName,
      content: Buffer.from(file.content).toString('hex'),
    })),
  );
  expect(read.defects).toEqual([]);
};

/** Python puts spaces between the encoded words of a long display name (python/cpython#128110). */
const withoutBreaksInNames = (read: ReadMail, name: string): ReadMail => ({
  ...read,
  from: read.from.map((from) =>
    from.name.replaceAll(' ', '') === name.replaceAll(' ', '') ? { ...from, name } : from,
  ),
});

describe('a composed mail is read back as it was meant', () => {
  const cases = [
    ...SUBJECTS.map((subject) => ({ mail: mailOf({ subject }), name: '탱크은행' })),
    ...NAMES.map(([given, name]) => ({ mail: mailOf({ from: `${given} <no-reply@example.com>` }), name })),
    ...FILES.map((file, i) => ({
      mail: mailOf({
        attachments: [attachmentOf(file, randomBytes(100 + i)), attachmentOf(`2-${file}`, randomBytes(57))],
      }),
      name: '탱크은행',
    })),
    {
      mail: mailOf({
        text: Buffer.alloc(0),
        html: Buffer.alloc(0),
        attachments: [attachmentOf('empty.pdf', Buffer.alloc(0))],
      }),
      name: '탱크은행',
    },
    { mail: mailOf({ html: Buffer.from(`<p>${'잔액 '.repeat(20_000)}</p>`) }), name: '탱크은행' },
  ];
  const mails = cases.map(({ mail }) => compose(mail));

  it('by mailparser', async () => {
    for (const [i, { mail, name }] of cases.entries())
      expectRead(mail, name, await readWithMailparser(mails[i] as Buffer));
  });

  it("by Python's email package", () => {
    const read = readWithPython(mails);
    expect(read).toHaveLength(cases.length);
    for (const [i, { mail, name }] of cases.entries()) {
      expectRead(mail, name, withoutBreaksInNames(read[i] as (typeof read)[number], name));
    }
  });

  it('with lines of at most 78 characters, and no encoded word longer than 75', () => {
    for (const mail of mails) {
      const lines = mail.toString('latin1').split('\r\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78);
      const words = mail.toString('latin1').match(/=\?UTF-8\?B\?[^?]*\?=/g) ?? [];
      expect(Math.max(0, ...words.map((word) => word.length))).toBeLessThanOrEqual(75);
    }
  });

  it('is seven-bit, and each line ends in CRLF', () => {
    for (const mail of mails) {
      expect(mail.every((byte) => byte < 0x80)).toBe(true);
      expect(mail.toString('latin1').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    }
  });
});
