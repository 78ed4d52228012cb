import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { AutomationSpec, ScheduleSpec, SourceSpec } from '../../../shared/domain/automation.ts';
import type { Language } from '../../../shared/domain/errors.ts';
import { FORM_FAULTS } from '../../../shared/domain/form-faults.ts';
import { definitionJsonSchema, readDefinition } from '../../../shared/wire/automation.ts';
import { automationDocument, sourceDocument } from '../../../shared/wire/automation-spec.ts';

const EXAMPLE = `
version: 1
source: core-db
kind: sqlite
url: ./customers.db
secret: core-db
---
version: 1
automation: monthly-statement
organisation: retail
source: core-db
recipients:
  target: SELECT CUST_ID, EMAIL_ADDR, ATTACH_FILE FROM CUSTOMER WHERE STATUS = 'ACTIVE'
  key: CUST_ID
  email: EMAIL_ADDR
  keyPattern: '^[0-9]{10}$'
  recurrence: once-per-30d
mappings:
  - { name: CUSTOMER, type: simple, query: 'SELECT NAME, BALANCE FROM DETAIL WHERE CUST_ID = :CUST_ID' }
  - { name: PRODUCT_LIST, type: list, query: 'SELECT PRODUCT_NAME, PRICE FROM PRODUCT WHERE CUST_ID = :CUST_ID' }
writeBack: UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = :CUST_ID
mail:
  from: 'Tank Bank <no-reply@example.com>'
  replyTo: help@example.com
  subject: '$(NAME) 고객님 3월 거래명세서'
  html: '<p>$(NAME) 고객님, 잔액 $(BALANCE|number)원</p>'
  advertising: false
transport: ses
attachments:
  folder: '{root}/statement/{yyyyMMdd}'
  columns: [ATTACH_FILE]
  owner: '{CUST_ID}'
  faults: { notFound: send }
inDoubt: hold
schedule: { monthly: { day: 5, at: '08:30' }, zone: Asia/Seoul, window: '08:00-21:00', holidays: skip }
approval: { above: 10000 }
canary: { first: 500 }
`;

const [SOURCE, AUTOMATION] = parseAllDocuments(EXAMPLE).map(
  (document) => document.toJS() as Record<string, unknown>,
);

const LEAST = {
  automation: 'notice',
  source: 'core-db',
  recipients: { target: 'SELECT ID, MAIL FROM T', key: 'ID', email: 'MAIL' },
  mail: { from: 'no-reply@example.com', subject: '안내', html: '<p>안내</p>' },
};

const faultsOf = (document: unknown, language: Language = 'en'): string[] => {
  const read = readDefinition(document, language);
  return read.ok ? [] : read.faults.map(({ field, problem }) => `${field}: ${problem}`);
};
const definitionOf = (document: unknown) => {
  const read = readDefinition(document, 'en');
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.definition;
};
const withMail = (mail: object) => ({ ...LEAST, mail: { ...LEAST.mail, ...mail } });

describe('a definition is read', () => {
  test('a source', () =>
    expect(definitionOf(SOURCE)).toEqual({
      kind: 'source',
      spec: { name: 'core-db', kind: 'sqlite', url: './customers.db', secret: 'core-db' },
    }));

  test('an automation with everything', () => {
    const { spec } = definitionOf(AUTOMATION);
    expect(spec).toMatchObject({
      name: 'monthly-statement',
      organisation: 'retail',
      recipients: { keyPattern: '^[0-9]{10}$', recurrence: { kind: 'once-per', days: 30 } },
      attachments: {
        faults: {
          unnamed: 'send',
          notFound: 'send',
          duplicated: 'stop',
          invalid: 'stop',
          wrongOwner: 'stop',
        },
      },
      schedule: {
        when: { kind: 'monthly', day: 5, at: '08:30' },
        zone: 'Asia/Seoul',
        window: { from: '08:00', to: '21:00' },
        holidays: 'skip',
        missed: 'skip',
      },
      approval: { above: 10_000 },
      canary: { first: 500, waitSeconds: 600 },
    });
  });

  test('the least that is needed gets safe defaults', () =>
    expect(definitionOf(LEAST)).toEqual({
      kind: 'automation',
      spec: {
        name: 'notice',
        organisation: 'default',
        source: 'core-db',
        recipients: { ...LEAST.recipients, recurrence: { kind: 'new' } },
        mappings: [],
        mail: { ...LEAST.mail, advertising: false, unsubscribe: false },
        inDoubt: 'hold',
      },
    }));

  test('advertising offers to unsubscribe', () =>
    expect(definitionOf(withMail({ advertising: true })).spec).toMatchObject({
      mail: { unsubscribe: true },
    }));

  test('the id of an export is kept', () =>
    expect(definitionOf({ ...LEAST, id: 'a1' })).toMatchObject({ id: 'a1' }));
});

describe('a definition is refused', () => {
  test.each<[unknown, string]>([
    [null, ': a document holds keys and values'],
    [[], ': a document holds keys and values'],
    [{}, ': a document has the key "source" or "automation"'],
    [{ ...LEAST, version: 2 }, 'version: Invalid input: expected 1'],
    [{ ...LEAST, writeback: 'x' }, 'writeback: is unknown; did you mean writeBack?'],
    [
      { ...LEAST, recipients: { ...LEAST.recipients, keypattern: 'x' } },
      'recipients.keypattern: is unknown; did you mean keyPattern?',
    ],
    [{ ...LEAST, canary: { first: 1, zzzzz: 1 } }, 'canary.zzzzz: is unknown; known are first, wait'],
    [
      { ...LEAST, mappings: [{ name: 'A', type: 'simple', query: 'x', querys: 1 }] },
      'mappings.0.querys: is unknown; did you mean query?',
    ],
    [{ ...LEAST, source: undefined }, 'source: is missing'],
    [
      { ...LEAST, mappings: [{ name: 'TARGET', type: 'simple', query: 'x' }] },
      'mappings.0.name: TARGET stands for the target query; choose another name',
    ],
    [
      {
        ...LEAST,
        mappings: [
          { name: 'A', type: 'list', query: 'x' },
          { name: 'A', type: 'text', query: 'y' },
        ],
      },
      'mappings.1.name: another mapping has the name A',
    ],
    [
      { ...LEAST, recipients: { ...LEAST.recipients, keyPattern: '[' } },
      'recipients.keyPattern: a regular expression such as ^[0-9]{10}$',
    ],
    [
      { ...LEAST, recipients: { ...LEAST.recipients, recurrence: 'once-per-0d' } },
      'recipients.recurrence: new, all, or once-per-30d',
    ],
    [withMail({ from: 'Tank' }), 'mail.from: it has no @'],
    [
      withMail({ from: 'Tank\r\nBcc: x <a@example.com>' }),
      'mail.from: it contains a control character or a line break',
    ],
    [withMail({ replyTo: 'a@example.com, b@example.com' }), 'mail.replyTo: it holds more than one address'],
    [withMail({ html: undefined }), 'mail.html: is missing'],
    [withMail({ htmlFile: './x.html' }), 'mail.htmlFile: mail.html and mail.htmlFile exclude each other'],
    [
      withMail({ html: undefined, htmlFile: './x.html' }),
      'mail.htmlFile: is read by "tank apply" only; here its text is expected as mail.html',
    ],
    [
      withMail({ advertising: true, unsubscribe: false }),
      'mail.unsubscribe: advertising mail must let its readers unsubscribe',
    ],
    [
      { ...LEAST, attachments: { folder: '{root}/{yyyymmdd}', columns: ['A'] } },
      'attachments.folder: in braces stand root or a date such as {yyyyMMdd}',
    ],
    [
      { ...LEAST, attachments: { folder: '{root}/../x', columns: ['A'] } },
      'attachments.folder: a folder must not climb with ..',
    ],
    [
      { ...LEAST, attachments: { folder: '{root}', columns: ['A'], owner: 'CUST_ID' } },
      'attachments.owner: a column in braces, such as {CUST_ID}',
    ],
    [
      { ...LEAST, attachments: { folder: '{root}', columns: ['A'], faults: { wrongOwner: 'send' } } },
      'attachments.faults.wrongOwner: Invalid option: expected one of "skip"|"stop"',
    ],
    [
      { ...LEAST, schedule: { zone: 'Asia/Seoul' } },
      'schedule: choose one of realtime, daily, weekly, monthly, once, cron',
    ],
    [
      { ...LEAST, schedule: { daily: { at: '08:30' }, cron: '* * * * *' } },
      'schedule: daily, cron exclude each other',
    ],
    [
      { ...LEAST, schedule: { daily: { at: '8:30' } } },
      'schedule.daily.at: "8:30" is not a time such as 08:30',
    ],
    [
      { ...LEAST, schedule: { realtime: true, zone: 'Asia/Seuol' } },
      'schedule.zone: "Asia/Seuol" is not a time zone',
    ],
    [{ ...LEAST, canary: { first: 1, wait: '10' } }, 'canary.wait: a time such as 10m'],
    [
      { source: 'a', kind: 'oracle', url: 'h:1521/s', encoding: 'cp949' },
      'encoding: only a csv source has encoding; kind is oracle',
    ],
    [
      { source: 'a', kind: 'postgres', url: 'postgres://tank:pw@db/x' },
      'url: the password belongs into the secret store: name it in "secret"',
    ],
    [{ ...LEAST, schedule: { cron: '0 25 * * *' } }, 'schedule.cron: "25" does not fit the field hour'],
    [{ ...LEAST, mappings: [{ name: 'A', query: 'x' }] }, 'mappings.0.type: is missing'],
  ])('%#', (document, fault) => {
    expect(faultsOf(document)).toEqual([fault]);
    const korean = faultsOf(document, 'ko');
    expect(korean).toEqual([expect.stringMatching(/[가-힣]/)]);
    expect(korean[0]?.split(': ')[0]).toBe(fault.split(': ')[0]);
  });

  test('with words that both languages have, filled from the same facts', () => {
    for (const { en, ko } of Object.values(FORM_FAULTS)) {
      expect(ko).toMatch(/[가-힣]/);
      const braces = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
      expect(braces(ko)).toEqual(braces(en));
    }
  });
});

const NAME = fc.stringMatching(/^[A-Za-z가-힣][A-Za-z0-9가-힣_-]{0,12}$/);
const COLUMN = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,10}$/).filter((name) => name !== 'TARGET');
const TEXT = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => text.trim() === text && text !== '');
const CLOCK = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const optional = { requiredKeys: [] as [] };

const SCHEDULE: fc.Arbitrary<ScheduleSpec> = fc
  .record({
    when: fc.oneof<fc.Arbitrary<ScheduleSpec['when']>[]>(
      fc.constant({ kind: 'realtime' }),
      CLOCK.map((at) => ({ kind: 'daily', at })),
      CLOCK.map((at) => ({ kind: 'weekly', day: 'sun', at })),
      fc.tuple(fc.integer({ min: 1, max: 31 }), CLOCK).map(([day, at]) => ({ kind: 'monthly', day, at })),
      CLOCK.map((at) => ({ kind: 'once', at: `2026-03-05T${at}` })),
      fc.constant({ kind: 'cron', expression: '0 9 L * *' }),
    ),
    zone: fc.constantFrom('Asia/Seoul', 'UTC', 'America/New_York'),
    window: fc.option(
      fc.tuple(CLOCK, CLOCK).filter(([from, to]) => from !== to),
      { nil: undefined },
    ),
    holidays: fc.constantFrom('send', 'skip', 'before', 'after'),
    missed: fc.constantFrom('skip', 'once'),
  })
  .map(({ window, ...spec }) => (window ? { ...spec, window: { from: window[0], to: window[1] } } : spec));

const SPEC: fc.Arbitrary<AutomationSpec> = fc
  .record({
    needed: fc.record({
      name: NAME,
      organisation: fc.oneof(fc.constant('default'), NAME),
      source: NAME,
      mappings: fc.uniqueArray(
        fc.record({ name: COLUMN, type: fc.constantFrom('simple', 'list', 'text'), query: TEXT }),
        { maxLength: 3, selector: ({ name }) => name },
      ),
      inDoubt: fc.constantFrom('hold', 'resend'),
    }),
    recipients: fc.record({
      target: TEXT,
      key: COLUMN,
      email: COLUMN,
      recurrence: fc.oneof<fc.Arbitrary<AutomationSpec['recipients']['recurrence']>[]>(
        fc.constant({ kind: 'new' }),
        fc.constant({ kind: 'all' }),
        fc.integer({ min: 1, max: 9999 }).map((days) => ({ kind: 'once-per', days })),
      ),
    }),
    moreOfRecipients: fc.record({ keyPattern: fc.constant('^[0-9]{10}$') }, optional),
    mail: fc.record({
      from: fc.constantFrom('a@example.com', 'Tank <a@example.com>'),
      subject: TEXT,
      html: TEXT,
      advertising: fc.boolean(),
    }),
    unsubscribe: fc.boolean(),
    moreOfMail: fc.record(
      { replyTo: fc.constant('b@example.com'), returnPath: fc.constant('c@example.com') },
      optional,
    ),
    more: fc.record(
      {
        writeBack: TEXT,
        transport: fc.constantFrom('outbox', 'ses', 'smtp'),
        schedule: SCHEDULE,
        approval: fc.record({ above: fc.nat({ max: 1_000_000_000 }) }),
        canary: fc.record({
          first: fc.integer({ min: 1, max: 9999 }),
          waitSeconds: fc.integer({ min: 1, max: 99_999 }),
        }),
        attachments: fc.record({
          folder: fc.constant('{root}/{yyyy}'),
          columns: fc.array(COLUMN, { minLength: 1, maxLength: 2 }),
          faults: fc.record({
            unnamed: fc.constantFrom('skip', 'stop', 'send'),
            notFound: fc.constantFrom('skip', 'stop', 'send'),
            duplicated: fc.constantFrom('skip', 'stop'),
            invalid: fc.constantFrom('skip', 'stop'),
            wrongOwner: fc.constantFrom('skip', 'stop'),
          }),
        }),
      },
      optional,
    ),
  })
  .map(({ needed, recipients, moreOfRecipients, mail, unsubscribe, moreOfMail, more }) => ({
    ...needed,
    recipients: { ...recipients, ...moreOfRecipients },
    mail: { ...mail, ...moreOfMail, unsubscribe: mail.advertising || unsubscribe },
    ...more,
  }));

const SOURCE_SPEC: fc.Arbitrary<SourceSpec> = fc
  .record({
    spec: fc.record({
      name: NAME,
      url: fc.constant('./x'),
      kind: fc.constantFrom('oracle', 'postgres', 'sqlite'),
    }),
    more: fc.record({ secret: fc.constant('core-db') }, optional),
  })
  .map(({ spec, more }) => ({ ...spec, ...more }));

describe('what is exported is read again as the same', () => {
  test('automations (10,000 cases)', () => {
    fc.assert(
      fc.property(SPEC, (spec) => {
        const document: unknown = JSON.parse(JSON.stringify(automationDocument(spec, 'a-1')));
        expect(definitionOf(document)).toEqual({ kind: 'automation', id: 'a-1', spec });
      }),
      { numRuns: 10_000 },
    );
  }, 60_000);

  test('sources (1,000 cases)', () => {
    fc.assert(
      fc.property(SOURCE_SPEC, (spec) => {
        expect(definitionOf(sourceDocument(spec))).toEqual({ kind: 'source', spec });
      }),
      { numRuns: 1_000 },
    );
  });

  test('defaults are left out', () => {
    const { kind, spec } = definitionOf(LEAST);
    if (kind !== 'automation') throw new Error('not an automation');
    expect(automationDocument(spec)).toEqual({
      version: 1,
      ...LEAST,
      recipients: { ...LEAST.recipients, recurrence: 'new' },
    });
  });
});

test('reading never throws, whatever it is given (10,000 cases)', () => {
  const mangled = fc
    .tuple(fc.constantFrom(...Object.keys(AUTOMATION ?? {})), fc.anything())
    .map(([key, value]) => ({ ...AUTOMATION, [key]: value }));
  fc.assert(
    fc.property(fc.oneof(fc.anything(), mangled), (document) => {
      const read = readDefinition(document, 'en');
      expect(read.ok || read.faults.length > 0).toBe(true);
    }),
    { numRuns: 10_000 },
  );
}, 60_000);

test('editors get a JSON Schema that knows both documents and refuses unknown keys', () => {
  const { anyOf } = definitionJsonSchema() as {
    anyOf: { required: string[]; additionalProperties: boolean; properties: object }[];
  };
  expect(anyOf.map(({ required }) => required)).toEqual([
    ['source', 'kind', 'url'],
    ['automation', 'source', 'recipients', 'mail'],
  ]);
  expect(anyOf.every(({ additionalProperties }) => additionalProperties === false)).toBe(true);
  expect(Object.keys(anyOf[1]?.properties ?? {})).toEqual(
    expect.arrayContaining(Object.keys(AUTOMATION ?? {})),
  );
});
