import { describe, expect, it } from 'vitest';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { ATTACHMENTS, openOffice, people, sourceOf, statement } from '../../fixtures/office.ts';

interface Problem {
  readonly field: string;
  readonly problem: string;
}

const check = async (
  more: Record<string, unknown>,
  { environment = {}, language = 'en' }: { environment?: Record<string, string>; language?: string } = {},
) => {
  const office = await openOffice(people(1), environment);
  const body = { documents: [sourceOf(office), statement(more)] };
  const headers = { 'accept-language': language };
  const { json } = await office.ask(adminApi.checkDefinitions, { body, headers });
  const told = (given: unknown) =>
    ((given ?? []) as Problem[]).map(
      ({ field, problem }) => `${field.replace('statement.', '')}: ${problem}`,
    );
  return { faults: told(json.errors), warnings: told(json.warnings) };
};

const recipients = (more: object) => ({
  recipients: {
    target: 'SELECT CUST_ID, EMAIL_ADDR, ATTACH_FILE FROM CUSTOMER',
    key: 'CUST_ID',
    email: 'EMAIL_ADDR',
    ...more,
  },
});
const mail = (more: object) => ({
  mail: { from: 'a@example.com', subject: 'Statement', html: '<p>$(NAME)</p>', ...more },
});
const mappings = (...queries: { name: string; type: string; query: string }[]) => ({ mappings: queries });
const NAME = {
  name: 'CUSTOMER',
  type: 'simple',
  query: 'SELECT NAME, BALANCE FROM DETAIL WHERE CUST_ID = :CUST_ID',
};

describe('at save, an automation is refused for', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'two statements',
      recipients({ target: 'SELECT 1; SELECT 2' }),
      /^recipients\.target: it holds more than one/,
    ],
    ['a change of data', recipients({ target: 'VALUES (1)' }), /^recipients\.target: it is not a SELECT/],
    [
      'an update without WHERE',
      { writeBack: 'UPDATE CUSTOMER SET SEND_YN = 1' },
      /^writeBack: it has no WHERE/,
    ],
    [
      'a query that the source does not know',
      recipients({ target: 'SELECT * FROM NOBODY' }),
      /^recipients\.target: A query of the source core-db failed/,
    ],
    [
      'a mapping query that fails',
      mappings({ ...NAME, query: 'SELECT NAME FROM DETAILS WHERE CUST_ID = :CUST_ID' }),
      /^mappings\.0\.query: A query of the source/,
    ],
    [
      'a key that is no column',
      recipients({ key: 'CUSTID' }),
      /^recipients\.key: the target query yields no column CUSTID; did you mean CUST_ID\?/,
    ],
    [
      'an address that is no column',
      recipients({ email: 'PHONE' }),
      /^recipients\.email: .* no column PHONE; it yields CUST_ID, EMAIL_ADDR, ATTACH_FILE/,
    ],
    [
      'a bind that is no column',
      mappings({ ...NAME, query: 'SELECT NAME, BALANCE FROM DETAIL WHERE CUST_ID = :CUSTOMER_ID' }),
      /^mappings\.0\.query: .* no column CUSTOMER_ID/,
    ],
    [
      'an unknown variable',
      mail({ html: '$(NMAE)' }),
      /^mail\.html: html 1:1 \$\(NMAE\) is not mapped; did you mean \$\(NAME\)\?/,
    ],
    [
      'a name in two mappings',
      { ...mappings(NAME, { ...NAME, name: 'OTHER' }), ...mail({}) },
      /^mail\.html: html 1:4 \$\(NAME\) is in CUSTOMER, OTHER/,
    ],
    [
      'a text of several columns',
      {
        ...mappings(NAME, {
          name: 'NOTE',
          type: 'text',
          query: 'SELECT NOTE, NAME FROM DETAIL WHERE CUST_ID = :CUST_ID',
        }),
      },
      /^mappings\.1\.query: a text mapping yields one column; this one yields NOTE, NAME/,
    ],
    [
      'an attachment column that is none',
      { attachments: { ...ATTACHMENTS, columns: ['FILE'] } },
      /^attachments\.columns\.0: the target query yields no column FILE/,
    ],
    [
      'an owner that is no column',
      { attachments: { ...ATTACHMENTS, owner: '{CUST}' } },
      /^attachments\.owner: .* no column CUST/,
    ],
    [
      'a folder outside of the root',
      { attachments: { ...ATTACHMENTS, folder: '/etc' } },
      /^attachments\.folder: The folder is refused/,
    ],
    [
      'a bucket that is not allowed',
      { attachments: { ...ATTACHMENTS, folder: 's3://elsewhere/x' } },
      /^attachments\.folder: The folder is refused: TANK_S3_PREFIXES is not set/,
    ],
    [
      'a transport without settings',
      { transport: 'smtp' },
      /^transport: The transport smtp is not configured: TANK_SMTP_URL is missing/,
    ],
    ['a sender that is no address', mail({ from: 'bank' }), /^mail\.from: it has no @/],
    ['a way out that leads nowhere', mail({ unsubscribe: true }), /^mail\.unsubscribe: .*TANK_PUBLIC_URL/],
    [
      'advertising without a way out',
      mail({ advertising: true, unsubscribe: false }),
      /^mail\.unsubscribe: /,
    ],
  ])('%s', async (_, more, expected) => {
    const { faults } = await check(more);
    expect(faults).toEqual([expect.stringMatching(expected)]);
  });

  it('resending and canaries where the transport can prove nothing', async () => {
    const environment = { TANK_SMTP_URL: 'smtp://127.0.0.1:2525' };
    const { faults } = await check(
      { transport: 'smtp', inDoubt: 'resend', canary: { first: 1, wait: '1m' } },
      { environment },
    );
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['canary', 'inDoubt']);
  });

  it('all of it at once, in the language of the caller', async () => {
    const { faults } = await check(
      {
        ...recipients({ key: 'CUSTID' }),
        ...mail({ html: '$(NMAE)' }),
        attachments: { ...ATTACHMENTS, folder: '/etc' },
      },
      { language: 'ko' },
    );
    expect(faults).toEqual([
      expect.stringContaining('폴더를 사용할 수 없습니다'),
      'recipients.key: 대상 쿼리에 CUSTID 컬럼이 없습니다. CUST_ID을(를) 쓰려고 하셨습니까?',
      expect.stringContaining('$(NAME)을(를) 쓰려고 하셨습니까?'),
    ]);
  });
});

describe('at save, an automation is accepted with a warning for', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a mapping that is the same for everybody',
      mappings(NAME, { name: 'RATES', type: 'list', query: 'SELECT 1 AS RATE' }),
      /^mappings\.1\.query: the query has no bind such as :CUST_ID/,
    ],
    [
      'attachments that nothing ties to their owner',
      { attachments: { folder: ATTACHMENTS.folder, columns: ['ATTACH_FILE'] } },
      /^attachments: without an owner/,
    ],
    [
      'a folder that is not there yet',
      { attachments: { ...ATTACHMENTS, folder: '{root}/later/{yyyyMMdd}' } },
      /^attachments\.folder: the folder for today is not there yet/,
    ],
    [
      'a tag that is not closed',
      mail({ html: '<p><b>$(NAME)</p>' }),
      /^mail\.html: html 1:4 <b> is not closed/,
    ],
  ])('%s', async (_, more, expected) => {
    const environment = { TANK_PUBLIC_URL: 'https://mail.example.com' };
    const { faults, warnings } = await check(more, { environment });
    expect(faults).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(expected)]);
  });

  it('nothing when advertising leaves the mark of its subject to Tank', async () => {
    const environment = { TANK_PUBLIC_URL: 'https://mail.example.com' };
    expect(await check(mail({ advertising: true }), { environment })).toEqual({ faults: [], warnings: [] });
  });
});
