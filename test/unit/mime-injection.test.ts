import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TankError } from '../../shared/domain/errors.ts';
import type { OutgoingMail } from '../../shared/domain/mail.ts';
import { toSendableAddress } from '../../shared/domain/mime/address.ts';
import { attachmentOf, compose, mailOf } from './mime-mails.ts';
import { type ReadMail, readWithMailparser, readWithPython } from './mime-readers.ts';

const CASES = 5_000;
const EVIL = 'Bcc: mallory@example.com';
const encoded = (text: string) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;

const fragment = fc.oneof(
  fc.constantFrom(
    ...[
      '\r\n',
      '\n',
      '\r',
      '\0',
      '\r\n\r\n',
      '\r\n ',
      '\n\t',
      '\u0085',
      '\u2028',
      '\u2029',
      '\v',
      '\f',
      '\x1b',
      '\ud800',
    ],
    ...[`\r\n${EVIL}`, `\n${EVIL}\n`, `\r${EVIL}`, `\0\r\n${EVIL}`, `\r\n ${EVIL}`, `\u2028${EVIL}`, '嘊嘍'],
    ...[
      encoded(`\r\n${EVIL}`),
      encoded('a, mallory@example.com'),
      `=?utf-8?q?=0D=0A${EVIL}?=`,
      '=?utf-8?q?=2C?=',
      '=?x?',
    ],
    ...[
      '%0d%0a',
      '=0D=0A',
      '"',
      '\\',
      '<',
      '>',
      ',',
      ';',
      ':',
      '@',
      '(',
      ')',
      '<mallory@example.com>',
      ', mallory@example.com',
    ],
    ...[
      '탱크은행',
      '😀',
      ' ',
      '\t',
      '--=_mixed_a0000000000000000001',
      'Content-Type: text/html\r\n\r\n<b>',
      '*0*=',
      "UTF-8''",
    ],
  ),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
);
const nasty = fc.array(fragment, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
const seldom = <T>(bad: fc.Arbitrary<T>, good: T) =>
  fc.oneof({ arbitrary: bad, weight: 1 }, { arbitrary: fc.constant(good), weight: 6 });

const anyMail = fc.record({
  subject: nasty,
  name: nasty,
  from: seldom(nasty, 'no-reply@example.com'),
  to: seldom(
    fc.tuple(nasty, fc.constantFrom('', '@example.com')).map((p) => p.join('')),
    'kim@example.com',
  ),
  replyTo: nasty,
  files: fc.array(nasty, { maxLength: 2 }),
  header: seldom(nasty, 'X-Extra'),
  value: nasty,
});

const toMail = (given: typeof anyMail extends fc.Arbitrary<infer T> ? T : never): OutgoingMail =>
  mailOf({
    subject: given.subject,
    from: `${given.name} <${given.from}>`,
    to: given.to,
    replyTo: `${given.replyTo} <help@example.com>`,
    attachments: given.files.map((name) => attachmentOf(name, Buffer.from('%PDF-1.7'))),
    headers: { [given.header]: given.value },
  });

const REFUSALS = new Set(['address_invalid', 'invalid_definition']);

/** The mail, or nothing where it was refused for a reason that has a name. */
const composeOrRefuse = (mail: OutgoingMail): Buffer | undefined => {
  try {
    return compose(mail);
  } catch (fault) {
    if (fault instanceof TankError && REFUSALS.has(fault.code)) return undefined;
    throw fault;
  }
};

const expectedFields = (mail: OutgoingMail) => [
  ...['from', 'to', 'reply-to', 'subject', 'date', 'message-id', 'x-tank-attempt-id'],
  ...Object.keys(mail.headers).map((name) => name.toLowerCase()),
  ...['mime-version', 'content-type'],
];

const expectUnharmed = (mail: OutgoingMail, read: ReadMail, context: string) => {
  expect(read.fields, context).toEqual(expectedFields(mail));
  expect(
    read.to.map((to) => to.address),
    context,
  ).toEqual([toSendableAddress(mail.to)]);
  expect(read.from, context).toHaveLength(1);
  expect(
    read.replyTo.map((entry) => entry.address),
    context,
  ).toEqual(['help@example.com']);
  expect(read.attachments, context).toHaveLength(mail.attachments.length);
  expect(
    read.attachments.every((file) => file.content === Buffer.from('%PDF-1.7').toString('hex')),
    context,
  ).toBe(true);
  expect(read.text.trimEnd(), context).toBe(Buffer.from(mail.text).toString());
};

it(`never yields another header or recipient: ${CASES} mails read by mailparser and by Python`, async () => {
  const seed = Date.now();
  const mails = fc.sample(anyMail, { numRuns: CASES, seed }).map(toMail);
  const composed = mails.flatMap((mail) => {
    const bytes = composeOrRefuse(mail);
    return bytes ? [{ mail, bytes }] : [];
  });
  expect(composed.length).toBeGreaterThan(CASES / 2);
  const byPython = readWithPython(composed.map(({ bytes }) => bytes));
  for (const [i, { mail, bytes }] of composed.entries()) {
    const context = `seed ${seed}, mail ${i}, from ${mail.from}, to ${mail.to}, subject ${mail.subject}`;
    expectUnharmed(mail, byPython[i] as ReadMail, `python, ${context}`);
    expectUnharmed(mail, await readWithMailparser(bytes), `mailparser, ${context}`);
  }
}, 120_000);
