import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSmtpSettings } from '../../shared/adapters/smtp/settings.ts';
import { parseMailbox, toSendableAddress } from '../../shared/domain/mime/address.ts';
import { encodeLines } from '../../shared/domain/mime/base64.ts';
import { mailSize, planMail, spliceMail, spliceMailAsBase64 } from '../../shared/domain/mime/compose.ts';
import { Encodings } from '../../shared/domain/mime/encodings.ts';
import { encodeNested } from '../../shared/domain/mime/nested-base64.ts';
import { toSesTags } from '../../shared/domain/mime/ses-tags.ts';
import { attachmentOf, compose, mailOf, NOW } from './mime-mails.ts';

const bytes = fc.uint8Array({ maxLength: 400 });
const anyMail = fc
  .record({
    text: bytes,
    html: bytes,
    subject: fc.string(),
    files: fc.array(fc.tuple(fc.string(), bytes), { maxLength: 4 }),
  })
  .map(({ files, ...rest }) =>
    mailOf({ ...rest, attachments: files.map(([name, content]) => attachmentOf(name, content)) }),
  );

describe('composing', () => {
  it('knows the size before it makes a byte', () => {
    fc.assert(
      fc.property(anyMail, (mail) => {
        expect(mailSize(mail, NOW)).toBe(compose(mail).length);
      }),
    );
  });

  it('splices base64 of the mail that is the base64 of the spliced mail', () => {
    fc.assert(
      fc.property(anyMail, (mail) => {
        const [plan, encodings] = [planMail(mail, NOW), new Encodings()];
        const whole = Buffer.concat(spliceMail(plan, encodings)).toString('base64');
        expect(Buffer.concat(spliceMailAsBase64(plan, encodings)).toString('latin1')).toBe(whole);
      }),
    );
  });

  it('makes the same bytes of the same mail', () => {
    const mail = mailOf({ attachments: [attachmentOf('a.pdf', randomBytes(1000))] });
    expect(compose(mail).equals(compose(mail))).toBe(true);
  });

  it('names the attempt in the Message-ID, at the domain of the sender, and in a header', () => {
    const mail = mailOf({ attemptId: 'b123', from: 'Bank <x@mail.example.com>' });
    expect(planMail(mail, NOW).messageId).toBe('<b123@mail.example.com>');
    expect(compose(mail).toString()).toContain('\r\nX-Tank-Attempt-Id: b123\r\n');
  });

  it('carries the proof of its attempt', () => {
    const mail = mailOf({ attemptProof: 'a-b_9' });
    expect(compose(mail).toString()).toContain('\r\nX-Tank-Attempt-Proof: a-b_9\r\n');
  });

  it('keeps boundaries apart from any content', () => {
    const forged = Buffer.from(
      '--=_alternative_a0000000000000000001--\r\n--=_mixed_a0000000000000000001--\r\n',
    );
    const mail = mailOf({ text: forged, html: forged, attachments: [attachmentOf('a.pdf', forged)] });
    expect(
      compose(mail)
        .toString()
        .match(/--=_mixed_\w+--/g),
    ).toHaveLength(1);
    expect(
      compose(mail)
        .toString()
        .match(/--=_alternative_\w+--/g),
    ).toHaveLength(1);
  });

  it('takes an attempt id for a header only when it is one', () => {
    expect(() => compose(mailOf({ attemptId: 'a\r\nBcc: mallory@example.com' }))).toThrow();
  });

  it.each([
    'Bcc',
    'to',
    'Content-Type',
    'X-SES-MESSAGE-TAGS',
    'X-Tank-Attempt-Id',
    'Resent-To',
    'A b',
    'A:',
    '',
  ])('refuses to let a definition set the header %j', (name) =>
    expect(() => compose(mailOf({ headers: { [name]: 'x' } }))).toThrow('definition'),
  );

  it('leaves a URL in List-Unsubscribe as it is, also one with "=?"', () => {
    const url = `<https://example.com/u/${'a'.repeat(200)}?x=?y>`;
    expect(compose(mailOf({ headers: { 'List-Unsubscribe': url } })).toString()).toContain(
      `List-Unsubscribe: ${url}\r\n`,
    );
  });

  it('refuses a header that no line can hold', () => {
    expect(() =>
      compose(mailOf({ headers: { 'List-Unsubscribe': `<https://example.com/${'a'.repeat(1000)}>` } })),
    ).toThrow('line');
  });

  it.each(['text/html; x="\r\n"', 'multipart/mixed', 'message/rfc822', 'nonsense', ''])(
    'declares an attachment of type %j to be plain bytes',
    (contentType) => {
      const file = { ...attachmentOf('a.bin', Buffer.from('x')), contentType };
      expect(compose(mailOf({ attachments: [file] })).toString()).toContain(
        'Content-Type: application/octet-stream;',
      );
    },
  );
});

describe('what SES is told of a mail over SMTP', () => {
  it('is the attempt and the tags, in characters that SES takes, folded', () => {
    const mail = mailOf({
      attemptId: 'a1',
      tags: { run: 'r1', 부서: '소매', 'tank-attempt-id': 'forged', '': 'x', empty: '' },
    });
    expect(Object.fromEntries(toSesTags(mail))).toEqual({ 'tank-attempt-id': 'a1', run: 'r1', __: '__' });
  });

  it('stands in fields of the transport’s own', () => {
    const tags = Array.from({ length: 10 }, (_, i) => `tag${i}=value${i}`).join(', ');
    const plan = planMail(mailOf(), NOW, { 'X-SES-CONFIGURATION-SET': 'tank', 'X-SES-MESSAGE-TAGS': tags });
    const text = Buffer.concat(spliceMail(plan, new Encodings())).toString();
    expect(text).toContain('\r\nX-SES-CONFIGURATION-SET: tank\r\n');
    expect(text.replaceAll('\r\n ', ' ')).toContain(`X-SES-MESSAGE-TAGS: ${tags}\r\n`);
    expect(plan.size).toBe(text.length);
  });

  it.each([
    ['smtps://u:p@email-smtp.ap-northeast-2.amazonaws.com', true],
    ['smtps://u:p@email-smtp.ap-northeast-2.amazonaws.com.mallory.example', false],
    ['smtp://relay.example.com', false],
  ])('is said to SES only: %s', (url, isSes) => expect(readSmtpSettings({ url }).isSes).toBe(isSes));
});

describe('base64 lines', () => {
  it('are what wrapping the whole would give', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (content) => {
        const wrapped = Buffer.from(content)
          .toString('base64')
          .replace(/.{1,76}/g, '$&\r\n');
        expect(encodeLines(content).toString('latin1')).toBe(wrapped);
      }),
    );
  });
});

describe('the cache of encodings', () => {
  const content = (letter: string) => Buffer.alloc(3000, letter);

  it('encodes equal content once', () => {
    const encodings = new Encodings();
    expect(encodings.lines('a', content('a'))).toBe(encodings.lines('a', content('a')));
  });

  it('stays within its bytes and drops what was unused longest', () => {
    const encodings = new Encodings(10_000);
    const first = encodings.lines('a', content('a'));
    const second = encodings.lines('b', content('b'));
    encodings.lines('a', content('a'));
    encodings.lines('c', content('c'));
    expect(encodings.bytes).toBeLessThanOrEqual(10_000);
    expect(encodings.lines('a', content('a'))).toBe(first);
    expect(encodings.lines('b', content('b'))).not.toBe(second);
  });

  it('counts the nested form too, and serves what is too large without keeping it', () => {
    const encodings = new Encodings(6_000);
    encodings.lines('a', content('a'));
    expect(encodings.bytes).toBeGreaterThan(4_000);
    encodings.nested('a', content('a'));
    expect(encodings.bytes).toBe(0);
  });
});

describe('base64 of base64 lines', () => {
  it('is made without the lines, and is the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (content) => {
        const { whole, rest } = encodeNested(content);
        const lines = Buffer.concat([Buffer.from(whole.toString('latin1'), 'base64'), rest]);
        expect(lines.equals(encodeLines(content))).toBe(true);
        expect(rest.length).toBeLessThan(3);
      }),
    );
  });
});

describe('addresses', () => {
  it.each([
    ['kim@example.com', 'kim@example.com'],
    ["o'hara+tag@mail.example.com", "o'hara+tag@mail.example.com"],
    ['kim@은행.example', 'kim@xn--zs5b84x.example'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('takes %s', (given, sent) => expect(toSendableAddress(given)).toBe(sent));

  it.each([
    ...[
      '',
      '@',
      'kim',
      'kim@',
      '@example.com',
      'kim@localhost',
      'kim@example..com',
      'kim@-a.example',
      'kim@1.2.3.4',
      'kim@[1.2.3.4]',
    ],
    ...[
      '김철수@example.com',
      'a b@example.com',
      'a,b@example.com',
      '"a"@example.com',
      '.a@example.com',
      'a.@example.com',
      'a..b@example.com',
    ],
    ...[
      'kim@example.com\r\nBcc: mallory@example.com',
      'kim@example.com, mallory@example.com',
      'kim@exa\0mple.com',
      'kim@은행/example.com',
    ],
    ...[
      '=?utf-8?q?mallory=40example.com=3e?=@example.com',
      `${'a'.repeat(65)}@example.com`,
      `a@${'b.'.repeat(130)}com`,
      `a@${'b'.repeat(64)}.com`,
    ],
  ])('refuses %j, naming nobody', (given) => {
    expect(() => toSendableAddress(given)).toThrow(expect.objectContaining({ code: 'address_invalid' }));
    const fault = (() => {
      try {
        return toSendableAddress(given);
      } catch (thrown) {
        return String(thrown);
      }
    })();
    if (given.length > 3) expect(fault).not.toContain(given);
  });

  it.each([
    ['kim@example.com', ''],
    ['Tank Bank <kim@example.com>', 'Tank Bank'],
    ['"Tank, \\"Bank\\"" <kim@example.com>', 'Tank, "Bank"'],
    ['탱크은행<kim@example.com>', '탱크은행'],
  ])('reads the mailbox %s', (given, name) =>
    expect(parseMailbox(given)).toEqual({ name, address: 'kim@example.com' }),
  );
});
