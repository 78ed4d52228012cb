import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { enqueueApi } from '../../../shared/wire/enqueue-api.ts';
import { testSendApi } from '../../../shared/wire/test-send-api.ts';
import {
  ATTACHMENTS,
  BUSINESS_DATE,
  type Office,
  type OfficeCustomer,
  openOffice,
  people,
  sourceOf,
  statement,
} from '../../fixtures/office.ts';

const params = { id: 'statement' };

const opened = async (
  customers: readonly OfficeCustomer[] = people(2),
  more: Record<string, unknown> = {},
  environment: Record<string, string> = {},
): Promise<Office> => {
  const office = await openOffice(customers, environment);
  const body = { documents: [sourceOf(office), statement(more)] };
  const applied = await office.ask(adminApi.applyDefinitions, { body });
  expect(applied.json.errors ?? []).toEqual([]);
  return office;
};

describe('automations over the API', () => {
  it('are added, listed, read with their ETag, and archived', async () => {
    const office = await openOffice(people(1));
    await office.ask(adminApi.addSource, { body: sourceOf(office) });
    const added = await office.ask(adminApi.addAutomation, { body: statement({ organisation: 'retail' }) });
    expect(added).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    expect(added.json).toMatchObject({ name: 'statement', version: 1, changed: true, holds: [] });
    expect((await office.ask(adminApi.addAutomation, { body: statement() })).json.code).toBe('name_taken');
    const list = (query: Record<string, string>) => office.ask(adminApi.listAutomations, { query });
    expect((await list({ organisation: 'retail' })).json.items).toHaveLength(1);
    expect((await list({ organisation: 'card' })).json.items).toHaveLength(0);
    expect((await office.ask(adminApi.getAutomation, { params })).json.definition).toMatchObject({
      automation: 'statement',
      organisation: 'retail',
    });
    expect((await office.ask(adminApi.archiveAutomation, { params })).status).toBe(204);
    expect((await office.ask(adminApi.getAutomation, { params })).status).toBe(404);
  });

  it('refuses an unknown field, and names the nearest one in a document', async () => {
    const office = await opened();
    const put = (body: object) => office.ask(adminApi.replaceAutomation, { params, body });
    const answer = await put(statement({ writeback: 'UPDATE X SET A = 1 WHERE B = :CUST_ID' }));
    expect(answer.status).toBe(400);
    expect(answer.json.errors).toMatchObject([{ field: 'writeback' }]);
  });

  it('saves a version with the ETag that was seen, and refuses an older one', async () => {
    const office = await opened();
    const put = (etag: string, subject: string) =>
      office.ask(adminApi.replaceAutomation, {
        params,
        headers: { 'if-match': etag },
        body: statement({ mail: { from: 'a@example.com', subject, html: '<p>x</p>' } }),
      });
    expect(await put('"1"', 'two')).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    const late = await put('"1"', 'three');
    expect(late).toMatchObject({ status: 409, json: { code: 'definition_changed' } });
    expect((await put('W/"2"', 'three')).json.version).toBe(3);
    expect((await put('soon', 'four')).json.errors).toMatchObject([{ field: 'headers.if-match' }]);
    const second = await office.ask(adminApi.getVersion, { params: { ...params, version: '2' } });
    expect(second.json.definition).toMatchObject({ mail: { subject: 'two' } });
  });

  it('lets one of two who save at once win', async () => {
    const office = await opened();
    const put = (subject: string) =>
      office.ask(adminApi.replaceAutomation, {
        params,
        headers: { 'if-match': '"1"' },
        body: statement({ mail: { from: 'a@example.com', subject, html: '<p>x</p>' } }),
      });
    const answers = await Promise.all([put('one'), put('other')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('are not archived while a run has not ended', async () => {
    const office = await opened();
    await office.ask(enqueueApi.startRun, { params, body: {} });
    expect((await office.ask(adminApi.archiveAutomation, { params })).json.code).toBe('still_in_use');
    await office.work();
    expect((await office.ask(adminApi.archiveAutomation, { params })).status).toBe(204);
  });

  it('hold every run of theirs while they are paused, and go on when they are resumed', async () => {
    const office = await opened();
    const body = { reason: 'wrong logo' };
    const paused = await office.ask(adminApi.pauseAutomation, { params, body });
    expect(paused.json.holds).toMatchObject([{ scope: 'automation', reason: 'wrong logo' }]);
    const { json } = await office.ask(enqueueApi.startRun, { params, body: {} });
    await office.work();
    const run = async () => (await office.ask(adminApi.getRun, { params: { id: String(json.run) } })).json;
    expect(await run()).toMatchObject({ state: 'paused', sent: 0 });
    expect((await office.ask(adminApi.resumeAutomation, { params, body: { hold: 'other' } })).status).toBe(
      404,
    );
    expect((await office.ask(adminApi.resumeAutomation, { params, body: {} })).json.holds).toEqual([]);
    await office.work();
    expect(await run()).toMatchObject({ state: 'finished', sent: 2 });
  });
});

const CUSTOMERS: readonly OfficeCustomer[] = [
  { id: '0000000001', email: 'one@example.com', name: '<Kim>', file: 'statement_0000000001.pdf' },
  { id: '0000000002', email: 'two@example', name: 'Lee', file: 'statement_0000000002.pdf' },
  { id: '0000000003', email: 'three@example.com', name: 'Park', file: 'statement_0000000001.pdf' },
  { id: '0000000004', email: 'four@example.com', name: null },
];

const withFiles = async (environment: Record<string, string> = {}) => {
  const more = {
    attachments: ATTACHMENTS,
    writeBack: "UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = :CUST_ID",
  };
  const office = await opened(CUSTOMERS, more, environment);
  office.put('statement_0000000001.pdf');
  return office;
};

describe('a preview', () => {
  const preview = (office: Office, row: number, who?: 'viewer' | 'operator') =>
    office.ask(adminApi.preview, { params, body: { row, businessDate: BUSINESS_DATE } }, who);

  it('shows the mail of row n as it would go out, with its files', async () => {
    const office = await withFiles();
    expect((await preview(office, 1)).json).toMatchObject({
      row: 1,
      key: '0000000001',
      address: 'o**@example.com',
      subject: '<Kim> 고객님',
      html: '<p>&lt;Kim&gt; 1,000</p>',
      text: '<Kim> 1,000\n',
      files: [{ column: 'ATTACH_FILE', name: 'statement_0000000001.pdf', state: 'FOUND', size: 17 }],
      faults: [],
    });
  });

  it('tells what would keep the mail back, and what to do', async () => {
    const office = await withFiles();
    const second = await preview(office, 2);
    expect(second.json).toMatchObject({
      files: [{ state: 'NOT_FOUND', name: 'statement_0000000002.pdf', mend: expect.any(String) }],
      faults: [{ code: 'address_invalid' }, { code: 'attachment_not_found', mend: expect.any(String) }],
    });
    expect((await preview(office, 3)).json).toMatchObject({
      files: [{ state: 'WRONG_OWNER' }],
      faults: [{ code: 'attachment_wrong_owner' }],
    });
    expect((await preview(office, 4)).json.code).toBe('mapping_row_missing');
    expect((await preview(office, 5)).json).toMatchObject({
      code: 'not_found',
      detail: 'There is no such row 5 (4 rows).',
    });
  });

  it('is for those who may see customers only, and is written down without what was seen', async () => {
    const office = await withFiles();
    expect((await preview(office, 1, 'viewer')).json.code).toBe('forbidden');
    expect((await preview(office, 1, 'operator')).status).toBe(200);
    const log = office.log();
    expect(log).toContain('personal_data_viewed');
    for (const secret of ['Kim', '0000000001', 'one@example.com']) expect(log).not.toContain(secret);
  });

  it('writes nothing and sends nothing', async () => {
    const office = await withFiles();
    await preview(office, 1);
    expect(readdirSync(join(office.folder, 'data'))).not.toContain('outbox');
    expect((await office.ask(adminApi.listRuns)).json.items).toEqual([]);
  });
});

describe('a test send', () => {
  const test = (office: Office, body: object) =>
    office.ask(testSendApi.testSend, { params, body: { businessDate: BUSINESS_DATE, ...body } });

  it('goes to a colleague, marked, with the files of the customer, and remembers nobody', async () => {
    const office = await withFiles();
    const sent = await test(office, { to: 'me@example.com', row: 1 });
    expect(sent.json).toMatchObject({
      to: 'me@example.com',
      subject: '[TEST] <Kim> 고객님',
      transport: 'outbox',
    });
    const outbox = join(office.folder, 'data', 'outbox');
    const mails = readdirSync(outbox, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.eml'),
    );
    expect(mails).toHaveLength(1);
    const mail = readFileSync(join(outbox, String(mails[0])), 'utf8');
    expect(mail).toContain('me@example.com');
    expect(mail).toContain('statement_0000000001.pdf');
    expect(mail).not.toContain('one@example.com');
    const { json } = await office.ask(enqueueApi.startRun, { params, body: { businessDate: BUSINESS_DATE } });
    await office.work();
    const run = await office.ask(adminApi.getRun, { params: { id: String(json.run) } });
    expect(run.json).toMatchObject({ sent: 1 });
  });

  it('goes nowhere but to the domain of its sender and those of the settings', async () => {
    const office = await withFiles({ TANK_TEST_DOMAINS: 'qa.example.org' });
    const refused = await test(office, { to: 'me@example.net', row: 1 });
    expect(refused.json).toMatchObject({
      code: 'test_address_refused',
      detail: expect.stringContaining('example.com, qa.example.org'),
    });
    expect((await test(office, { to: 'me@qa.example.org', row: 1 })).status).toBe(200);
    expect((await test(office, { to: 'not an address', row: 1 })).json.errors).toMatchObject([
      { field: 'to' },
    ]);
  });

  it('never carries a file that does not belong to the customer', async () => {
    const office = await withFiles();
    expect((await test(office, { to: 'me@example.com', row: 3 })).json.code).toBe('attachment_wrong_owner');
    expect(readdirSync(join(office.folder, 'data'))).not.toContain('outbox');
  });
});

describe('a check of the attachments', () => {
  it('counts what a run would find and lists every file that it would not', async () => {
    const office = await withFiles();
    const body = { businessDate: BUSINESS_DATE };
    const checked = await office.ask(adminApi.checkFiles, { params, body });
    expect(checked.json).toMatchObject({
      folder: '{root}/statement/20260305',
      rows: 4,
      states: { FOUND: 1, NOT_FOUND: 1, WRONG_OWNER: 1, DUPLICATED: 0, INVALID: 0 },
      faults: [
        { row: 2, key: '0000000002', name: 'statement_0000000002.pdf', state: 'NOT_FOUND' },
        { row: 3, key: '0000000003', state: 'WRONG_OWNER', mend: expect.any(String) },
      ],
      complete: true,
      nextCursor: null,
    });
    expect((await office.ask(adminApi.listRuns)).json.items).toEqual([]);
  });

  it('names a folder that is not there, and an automation without attachments', async () => {
    const office = await withFiles();
    const away = await office.ask(adminApi.checkFiles, { params, body: { businessDate: '2026-04-01' } });
    expect(away.json.code).toBe('folder_unreachable');
    const plain = await opened();
    expect((await plain.ask(adminApi.checkFiles, { params, body: {} })).status).toBe(404);
  });
});
