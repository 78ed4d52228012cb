import { describe, expect, test } from 'vitest';
import { toTankError } from '../../shared/domain/errors.ts';
import { readMail } from '../../shared/domain/mime-in/read-mail.ts';

const HEAD = 'From: Billing <billing@example.com>\r\nTo: kim@example.com\r\nSubject: Hi\r\n';
const read = (text: string | Buffer) => readMail(Buffer.isBuffer(text) ? text : Buffer.from(text));
const reasonOf = (text: string | Buffer): string => {
  try {
    read(text);
  } catch (thrown) {
    return String(toTankError(thrown).facts.reason);
  }
  return 'taken';
};
const multipart = (boundary: string, ...parts: string[]) =>
  `${HEAD}Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;

describe('a finished mail', () => {
  test('is read with encoded words, quoted-printable, EUC-KR and RFC 2231 names', () => {
    const korean = Buffer.from('bec8b3e7', 'hex').toString('latin1');
    const mail = [
      'From: =?EUC-KR?B?sOi6zg==?= <billing@example.com>',
      'To: "Kim, M" <kim@example.com>, Team: lee@example.com;',
      'Cc: park@example.com (her assistant)',
      'Bcc: secret@example.com',
      'Subject: =?utf-8?B?7LKt6rWs?= =?utf-8?B?7ISc?=',
      'Received: from a by b',
      'X-Order: 7',
      'Content-Type: multipart/mixed; boundary=m',
      '',
      'preamble',
      '--m',
      'Content-Type: multipart/alternative; boundary="a b"',
      '',
      '--a b',
      'Content-Type: text/plain; charset=euc-kr',
      '',
      korean,
      '--a b',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '<p>a =3D b =',
      'c</p>   ',
      '--a b--',
      '--m',
      'Content-Type: application/pdf',
      "Content-Disposition: attachment; filename*0*=UTF-8''%EB%AA%85; filename*1*=%EC%84%B8; filename*2=.pdf",
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('%PDF').toString('base64'),
      '--m--',
      'epilogue',
    ].join('\r\n');
    const { mail: taken, recipients, removed } = read(Buffer.from(mail, 'latin1'));
    expect(recipients).toEqual(['kim@example.com', 'lee@example.com', 'park@example.com']);
    expect(removed).toEqual(['bcc', 'received']);
    expect(taken).toEqual({
      from: '"계부" <billing@example.com>',
      subject: '청구서',
      text: '안녕',
      html: '<p>a = b c</p>',
      headers: { 'x-order': '7' },
      attachments: [{ fileName: '명세.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF') }],
    });
    expect(JSON.stringify(taken)).not.toContain('secret');
  });

  test('of one text with line ends of any kind', () => {
    expect(read('From: a@example.com\nTo: b@example.com\n\nline 1\nline 2\n').mail.text).toBe(
      'line 1\nline 2\n',
    );
  });

  test('carries no field that could change where it goes', () => {
    const fields = [
      'Resent-To',
      'Return-Path',
      'Sender',
      'X-SES-CONFIGURATION-SET',
      'X-Tank-Attempt-Id',
      'DKIM-Signature',
      'Errors-To',
      'Disposition-Notification-To',
    ];
    const { mail, removed } = read(
      `${HEAD}${fields.map((name) => `${name}: x@example.com\r\n`).join('')}\r\nHi`,
    );
    expect(mail.headers).toEqual({});
    expect(removed).toEqual(fields.map((name) => name.toLowerCase()));
  });

  test('smuggles no header in encoded words: they are values, and written anew', () => {
    const word = `=?utf-8?B?${Buffer.from('Hi\r\nBcc: secret@example.com').toString('base64')}?=`;
    expect(
      read(`From: a@example.com\r\nTo: b@example.com\r\nSubject: ${word}\r\n\r\nHi`).mail.subject,
    ).toContain('Bcc');
  });
});

describe('refused, and why', () => {
  const deep = (levels: number): string =>
    levels === 0
      ? 'Content-Type: text/plain\r\n\r\nHi'
      : `Content-Type: multipart/mixed; boundary="b${levels}"\r\n\r\n--b${levels}\r\n${deep(levels - 1)}\r\n--b${levels}--`;
  const cases: [string, string | Buffer, string][] = [
    [
      '1,000 parts',
      multipart('x', ...Array.from({ length: 1000 }, () => 'Content-Type: text/plain\r\n\r\na')),
      'it has more than 200 parts',
    ],
    ['nested 100 deep', `${HEAD}${deep(100)}`, 'its parts are nested deeper than 10'],
    [
      'a charset nobody knows',
      `${HEAD}Content-Type: text/plain; charset=klingon\r\n\r\nHi`,
      'a text has a charset that is not known',
    ],
    [
      'a text that is not in its charset',
      Buffer.concat([
        Buffer.from(`${HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\n`),
        Buffer.from([0xc3, 0x28]),
      ]),
      'a text does not fit the charset that it names',
    ],
    [
      'two From fields',
      `From: a@example.com\r\n${HEAD}\r\nHi`,
      'a header field that may stand once stands twice',
    ],
    [
      'two addresses in From',
      `From: a@example.com, b@example.com\r\nTo: c@example.com\r\n\r\nHi`,
      'From does not name exactly one address',
    ],
    [
      'no recipient but a Bcc',
      'From: a@example.com\r\nBcc: b@example.com\r\n\r\nHi',
      'To and Cc do not name 1 to 50 addresses',
    ],
    [
      'a bare carriage return in a field',
      'From: a@example.com\rBcc: x@example.com\r\nTo: b@example.com\r\n\r\nHi',
      'a header field holds a control character',
    ],
    [
      'a NUL in a field',
      'From: a@example.com\r\nTo: b@example.com\r\nSubject: a\0b\r\n\r\nHi',
      'a header field holds a control character',
    ],
    ['a header of a megabyte', `${HEAD}X-A: ${'a'.repeat(1_000_000)}\r\n\r\nHi`, 'its header is too large'],
    [
      'a multipart without a boundary',
      `${HEAD}Content-Type: multipart/mixed\r\n\r\nHi`,
      'a multipart has no usable boundary',
    ],
    [
      'a signed mail',
      `${HEAD}Content-Type: multipart/signed; boundary=a\r\n\r\n--a\r\n\r\nHi\r\n--a--`,
      'it is signed or encrypted, and Tank cannot carry it unchanged',
    ],
    [
      'an unknown encoding',
      `${HEAD}Content-Transfer-Encoding: uuencode\r\n\r\nHi`,
      'a part has an unknown transfer encoding',
    ],
    [
      'only a picture',
      multipart('x', 'Content-Type: image/png\r\n\r\na'),
      'it has neither a text nor an HTML part',
    ],
    ['nothing', '', 'it has no header'],
  ];
  test.each(cases)('%s', (_, mail, reason) => {
    expect(reasonOf(mail)).toBe(reason);
  });

  test('bombs cost no more than their bytes: 25 MB in every bad form within seconds', () => {
    const large = 'a'.repeat(25_000_000);
    const started = performance.now();
    const forms = [
      `${HEAD}Content-Transfer-Encoding: quoted-printable\r\n\r\n${' '.repeat(25_000_000)}x`,
      multipart(
        'x',
        ...Array.from(
          { length: 150 },
          (_, n) => `Content-Type: multipart/mixed; boundary="y${n}"\r\n\r\n${'--z'.repeat(50_000)}`,
        ),
      ),
      `${HEAD}Content-Type: multipart/mixed; boundary="-"\r\n\r\n${'-'.repeat(25_000_000)}`,
      `${HEAD}Subject: ${'=?'.repeat(30_000)}\r\n\r\n${large}`,
      `${'From: '}${'"'.repeat(60_000)}\r\n\r\nHi`,
      `${HEAD}Content-Type: text/plain${'; a="\\'.repeat(10_000)}\r\n\r\nHi`,
      `From: ${'('.repeat(60_000)}\r\n\r\nHi`,
      `From: ${'<'.repeat(60_000)}\r\n\r\nHi`,
    ];
    for (const form of forms) expect(reasonOf(form).length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
