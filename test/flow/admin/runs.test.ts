import { describe, expect, it } from 'vitest';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { enqueueApi } from '../../../shared/wire/enqueue-api.ts';
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

const FAULTY: readonly OfficeCustomer[] = [
  { id: '0000000001', email: 'one@example.com', name: 'Kim', file: 'statement_0000000001.pdf' },
  { id: '0000000002', email: 'two@example', name: 'Lee', file: 'statement_0000000002.pdf' },
  { id: '0000000003', email: 'three@example.com', name: 'Park', file: 'statement_0000000001.pdf' },
  { id: '0000000004', email: 'four@example.com', name: 'Choi', file: '=cmd_0000000004.pdf' },
  { id: '0000000005', email: 'five@example.com', name: 'Jung', file: 'statement_0000000005.pdf' },
  { id: '0000000006', email: 'six@example.org', name: null },
  { id: 'x7', email: 'seven@example.com', name: 'Han' },
];

const withRun = async (
  customers: readonly OfficeCustomer[],
  more: Record<string, unknown> = {},
): Promise<{ office: Office; id: string }> => {
  const office = await openOffice(customers);
  office.put('statement_0000000001.pdf');
  const body = { documents: [sourceOf(office), statement(more)] };
  await office.ask(adminApi.applyDefinitions, { body });
  const params = { id: 'statement' };
  const { json } = await office.ask(enqueueApi.startRun, { params, body: { businessDate: BUSINESS_DATE } });
  await office.work();
  return { office, id: String(json.run) };
};

const faulty = () =>
  withRun(FAULTY, {
    attachments: ATTACHMENTS,
    recipients: {
      target: 'SELECT CUST_ID, EMAIL_ADDR, ATTACH_FILE FROM CUSTOMER',
      key: 'CUST_ID',
      email: 'EMAIL_ADDR',
      keyPattern: '[0-9]{10}',
    },
  });

describe('the report of a run with faults', () => {
  it('groups them by reason, each with what to do, in the language of the caller', async () => {
    const { office, id } = await faulty();
    const { json } = await office.ask(adminApi.listFaults, { params: { id } });
    const items = json.items as { state: string; sends: number; fault: { code: string; mend: string } }[];
    expect(items.map(({ state, sends, fault }) => `${state} ${sends} ${fault.code}`).sort()).toEqual([
      'failed 1 mapping_row_missing',
      'skipped 1 address_invalid',
      'skipped 1 attachment_invalid',
      'skipped 1 attachment_not_found',
      'skipped 1 attachment_wrong_owner',
      'skipped 1 key_invalid',
    ]);
    for (const { fault } of items) expect(fault.mend).toMatch(/\w.*\.$/);
    const korean = await office.ask(adminApi.listFaults, {
      params: { id },
      headers: { 'accept-language': 'ko' },
    });
    expect(JSON.stringify(korean.json)).toContain('ATTACH_FILE 컬럼의 파일 이름 그대로');
  });

  it('shows keys and file names to those who may see them, and writes down that they did', async () => {
    const { office, id } = await faulty();
    const list = (query: Record<string, string>, who?: 'operator' | 'viewer') =>
      office.ask(
        adminApi.listSends,
        { params: { id }, query: { code: 'attachment_not_found', ...query } },
        who,
      );
    expect((await list({ reveal: 'keys' }, 'operator')).json.items).toMatchObject([
      {
        key: '0000000005',
        address: 'f***@example.com',
        files: [{ column: 'ATTACH_FILE', name: 'statement_0000000005.pdf' }],
        fault: { facts: { column: 'ATTACH_FILE' } },
      },
    ]);
    const masked = JSON.stringify((await list({}, 'viewer')).json);
    expect(masked).not.toContain('0000000005');
    expect((await list({ reveal: 'keys' }, 'viewer')).json.code).toBe('forbidden');
    const log = office.log();
    expect(log.match(/personal_data_viewed/g)).toHaveLength(1);
    expect(log).not.toContain('0000000005');
  });

  it('filters sends by state, code, delivery and domain', async () => {
    const { office, id } = await faulty();
    const count = async (query: Record<string, string>) =>
      ((await office.ask(adminApi.listSends, { params: { id }, query })).json.items as unknown[]).length;
    expect(await count({ state: 'sent' })).toBe(1);
    expect(await count({ state: 'skipped' })).toBe(5);
    expect(await count({ domain: 'example.org' })).toBe(1);
    expect(await count({ delivery: 'bounced' })).toBe(0);
    const unknown = await office.ask(adminApi.listSends, { params: { id }, query: { code: 'nonsense' } });
    expect(unknown.json.errors).toMatchObject([{ field: 'query.code' }]);
  });
});

describe('sends as CSV', () => {
  const csv = async (office: Office, id: string, query: Record<string, string> = {}) => {
    const headers = { accept: 'text/csv', 'accept-language': 'en' };
    const {
      statusCode,
      headers: got,
      body = '',
    } = await office.reply(adminApi.listSends, {
      params: { id },
      query,
      headers,
    });
    return { statusCode, type: got?.['content-type'], file: got?.['content-disposition'], body };
  };

  it('are one file with every fault, its column, its file and what to do', async () => {
    const { office, id } = await faulty();
    const { statusCode, type, file, body } = await csv(office, id, { reveal: 'keys' });
    expect([statusCode, type]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(file).toBe(`attachment; filename="run-${id}.csv"`);
    const lines = body.split('\r\n');
    expect(lines[0]).toBe(
      '\ufeffsend,key,address,domain,state,delivery,attempts,settledAt,writeBack,code,class,column,file,detail,mend,attempt,calledAt',
    );
    expect(lines).toHaveLength(1 + 7 + 1);
    expect(body).toContain(',ATTACH_FILE,statement_0000000005.pdf,');
  });

  it('cannot become formulas', async () => {
    const { office, id } = await faulty();
    const { body } = await csv(office, id, { reveal: 'keys' });
    expect(body).toContain(",'=cmd_0000000004.pdf,");
    expect(body).not.toMatch(/(^|,)"?[=+@-]/m);
  });

  it('leave keys and files empty without reveal', async () => {
    const { office, id } = await faulty();
    expect((await csv(office, id)).body).not.toMatch(/0000000005|x7/);
  });

  /** Nobody of whom is mailed, so that it is quick. */
  const manySends = () =>
    withRun(people(2500), {
      recipients: { ...(statement().recipients as object), keyPattern: 'nobody' },
    });

  it('come whole from a host that cannot stream', async () => {
    const { office, id } = await manySends();
    expect((await csv(office, id)).body.split('\r\n')).toHaveLength(2502);
  });

  it('are read page by page as they are taken from a host that can stream', async () => {
    const { office, id } = await manySends();
    let pages = 0;
    const ledger = await office.ports.ledger();
    const sends = ledger.sends.bind(ledger);
    Object.assign(ledger, {
      sends: (...given: Parameters<typeof sends>) => {
        pages += 1;
        return sends(...given);
      },
    });
    let stream: AsyncIterable<string> | undefined;
    const takeStream = (chunks: AsyncIterable<string>) => {
      stream = chunks;
    };
    const request = { params: { id }, headers: { accept: 'text/csv' } };
    const { body } = await office.reply(adminApi.listSends, request, 'os', { takeStream });
    expect([body, pages]).toEqual([undefined, 0]);
    let lines = 0;
    for await (const chunk of stream ?? []) lines += chunk.split('\r\n').length - 1;
    expect([lines, pages]).toEqual([2501, 3]);
  });
});

describe('runs over the API', () => {
  it('are listed newest first, in pages whose cursor is opaque, by automation, state and time', async () => {
    const office = await openOffice(people(1));
    const recipients = { ...(statement().recipients as object), recurrence: 'all' };
    await office.ask(adminApi.applyDefinitions, {
      body: {
        documents: [
          sourceOf(office),
          statement({ recipients }),
          statement({ automation: 'second', organisation: 'card' }),
        ],
      },
    });
    const ids: string[] = [];
    for (const id of ['statement', 'statement', 'second']) {
      const { json } = await office.ask(enqueueApi.startRun, { params: { id }, body: {} });
      ids.unshift(String(json.run));
      await office.work();
    }
    const list = async (query: Record<string, string>) =>
      (await office.ask(adminApi.listRuns, { query })).json as {
        items: { run: string }[];
        nextCursor: string | null;
      };
    const first = await list({ limit: '2' });
    expect(first.items.map(({ run }) => run)).toEqual(ids.slice(0, 2));
    expect(first.nextCursor).not.toContain(ids[1]);
    const rest = await list({ limit: '2', cursor: first.nextCursor ?? '' });
    expect(rest).toMatchObject({ items: [{ run: ids[2] }], nextCursor: null });
    expect((await list({ automation: 'second' })).items).toHaveLength(1);
    expect((await list({ organisation: 'card' })).items).toHaveLength(1);
    expect((await list({ state: 'finished' })).items).toHaveLength(3);
    expect((await list({ to: '2020-01-01T00:00:00Z' })).items).toHaveLength(0);
    const wrong = await office.ask(adminApi.listRuns, { query: { cursor: 'r0000' } });
    expect(wrong.json.errors).toMatchObject([{ field: 'query.cursor' }]);
  });
});

describe('reports', () => {
  it('sum up runs, domains, hours and errors of a time', async () => {
    const { office } = await faulty();
    const ask = async (route: Parameters<Office['ask']>[0], query: Record<string, string> = {}) =>
      (await office.ask(route, { query })).json;
    expect(await ask(adminApi.reportSummary)).toMatchObject({
      runs: 1,
      targets: 7,
      states: { sent: 1, failed: 1, skipped: 5 },
      delivery: { none: 7 },
    });
    expect(await ask(adminApi.reportSummary, { organisation: 'card' })).toMatchObject({
      runs: 0,
      targets: 0,
    });
    const domains = await ask(adminApi.reportDomains, { range: '7d' });
    expect(domains.items).toMatchObject([
      { domain: 'example.com', states: { sent: 1 } },
      { domain: expect.any(String) },
      { domain: expect.any(String) },
    ]);
    const points = (await ask(adminApi.reportTimeline, { range: '30d' })).items as {
      at: string;
      sent: number;
      failed: number;
    }[];
    expect(points.reduce((sum, { sent, failed }) => sum + sent + failed, 0)).toBe(2);
    for (const { at } of points) expect(at).toMatch(/:00:00\.000Z$/);
    expect((await ask(adminApi.listErrors)).items).toContainEqual(
      expect.objectContaining({
        code: 'mapping_row_missing',
        sends: 1,
        runs: 1,
        detail: expect.stringContaining('…'),
      }),
    );
  });

  it('refuse a range that runs backwards, is too long, or is given twice', async () => {
    const office = await openOffice(people(1));
    const problem = async (query: Record<string, string>) =>
      (await office.ask(adminApi.reportSummary, { query })).json.errors;
    const from = '2026-03-01T00:00:00Z';
    expect(await problem({ from, to: '2026-02-01T00:00:00Z' })).toMatchObject([{ field: 'query.from' }]);
    expect(await problem({ from: '2020-01-01T00:00:00Z', to: from })).toMatchObject([
      { field: 'query.from' },
    ]);
    expect(await problem({ range: '7d', from })).toMatchObject([{ field: 'query.range' }]);
  });

  it('tell what the transport allows', async () => {
    const office = await openOffice(people(1));
    expect((await office.ask(adminApi.getQuota)).json).toMatchObject({
      transport: 'outbox',
      maxMailBytes: 41_943_040,
    });
  });
});
