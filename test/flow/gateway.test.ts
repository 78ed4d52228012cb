import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { clientsApi } from '../../shared/wire/clients-api.ts';
import { runsApi } from '../../shared/wire/runs-api.ts';
import { aMessage, openGatewayOffice } from '../fixtures/gateway-office.ts';
import { inDays, openPki } from '../fixtures/pki.ts';

type Office = Awaited<ReturnType<typeof openGatewayOffice>>;

const outbox = (office: Office) => {
  const folder = join(office.folder, 'data', 'outbox');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.eml'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
};

describe('a message of a client', () => {
  test('is a send like any other: accepted, sent, and told about', async () => {
    const office = await openGatewayOffice();
    const accepted = await office.post(aMessage());
    expect(accepted).toMatchObject({ status: 202, json: { recipients: 1, removed: [] } });
    expect((await office.get(accepted.json.message)).json).toMatchObject({ settled: false });
    await office.work();
    expect((await office.get(accepted.json.message)).json).toMatchObject({
      settled: true,
      recipients: [{ state: 'sent', address: 'k**@example.com', attempts: 1 }],
    });
    const [mail = ''] = outbox(office);
    const read = await simpleParser(mail);
    expect(read).toMatchObject({ subject: '청구서', text: 'Hello' });
    expect(mail).not.toMatch(/\r\nX-Tank-Client/i);
  });

  test('goes to each of several recipients by itself, with its attachments and both texts', async () => {
    const office = await openGatewayOffice();
    const content = Buffer.from('%PDF-1.7 made up').toString('base64');
    const to = ['kim@example.com', 'lee@example.com', 'kim@EXAMPLE.com'];
    const accepted = await office.post(
      aMessage({
        to,
        text: undefined,
        html: '<p>잔액 <b>5</b>원</p>',
        attachments: [{ fileName: '명세서.pdf', contentType: 'application/pdf', content }],
        headers: { 'X-Order': '한글 7' },
      }),
    );
    expect(accepted.json).toMatchObject({ recipients: 2 });
    await office.work();
    const mails = await Promise.all(outbox(office).map((mail) => simpleParser(mail)));
    expect(mails.map(({ to: named }) => [named].flat()[0]?.text).sort()).toEqual([
      'kim@example.com',
      'lee@example.com',
    ]);
    for (const mail of mails) {
      expect(mail.text).toBe('잔액 5원\n');
      expect(mail.html).toBe('<p>잔액 <b>5</b>원</p>');
      expect(mail.attachments).toMatchObject([{ filename: '명세서.pdf', contentType: 'application/pdf' }]);
      expect(mail.headers.get('x-order')).toBe(`=?UTF-8?B?${Buffer.from('한글 7').toString('base64')}?=`);
    }
  });

  test('shares the run of its day with the others, and the run adds up', async () => {
    const office = await openGatewayOffice();
    const posts = await Promise.all(
      Array.from({ length: 120 }, (_, n) => office.post(aMessage({ to: `c${n}@example.com` }))),
    );
    expect(new Set(posts.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(posts.map(({ json }) => json.message)).size).toBe(120);
    await office.work();
    const { items } = (await office.ask(runsApi.listRuns)).json as { items: Record<string, unknown>[] };
    expect(items).toMatchObject([
      { automation: 'billing', targets: 120, sent: 120, open: 0, state: 'sending' },
    ]);
    expect(outbox(office)).toHaveLength(120);
  });

  test('goes as its client is now, not as it was this morning', async () => {
    const office = await openGatewayOffice({ TANK_SMTP_URL: 'smtp://mail.example.com:25' });
    const runOf = async () => {
      // What is known of a certificate may be some seconds old; of a fresh one nothing is known.
      const { cert: clientCert } = await office.pki.client('billing');
      const { json } = await office.post(aMessage(), { clientCert });
      const message = await (await office.ports.messages()).find(String(json.message));
      return (await office.ports.ledger()).run(message?.runId ?? '');
    };
    expect(await runOf()).toMatchObject({ transport: 'outbox', automationVersion: 1 });
    await office.ask(clientsApi.changeClient, { params: { id: 'billing' }, body: { transport: 'smtp' } });
    expect(await runOf()).toMatchObject({ transport: 'smtp', automationVersion: 2 });
  });

  test('is in no table that remembers whom an automation has mailed', async () => {
    const office = await openGatewayOffice();
    await office.post(aMessage());
    await office.work();
    expect(await (await office.ports.ledger()).sentBefore('client:billing', ['x'])).toEqual(new Map());
  });

  test('to somebody who is suppressed is accepted, and not sent', async () => {
    const office = await openGatewayOffice();
    const { suppressionsApi } = await import('../../shared/wire/suppressions-api.ts');
    await office.ask(suppressionsApi.addSuppressions, {
      body: { addresses: ['kim@example.com'], scope: '*', reason: 'complaint' },
    });
    const { json } = await office.post(aMessage());
    await office.work();
    expect((await office.get(json.message)).json).toMatchObject({ recipients: [{ state: 'suppressed' }] });
    expect(outbox(office)).toEqual([]);
  });

  test('is sent again by a person like every other send', async () => {
    const office = await openGatewayOffice();
    const { adminApi } = await import('../../shared/wire/admin-api.ts');
    const { json } = await office.post(aMessage());
    await office.work();
    const again = await office.ask(adminApi.sendAgain, {
      params: { id: String(json.message) },
      body: { reason: 'asked for it by phone' },
    });
    expect(again.status).toBe(202);
    await office.work();
    expect(outbox(office).map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1])).toHaveLength(2);
  });
});

describe('an Idempotency-Key', () => {
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

  test('with the same body gives the same answer, and one mail', async () => {
    const office = await openGatewayOffice();
    const posts = await Promise.all([1, 2, 3].map(() => office.post(aMessage(), keyed('order-7'))));
    const later = await office.post(aMessage(), keyed('order-7'));
    expect(new Set([...posts, later].map(({ json }) => json.message)).size).toBe(1);
    expect(new Set([...posts, later].map(({ status }) => status))).toEqual(new Set([202]));
    await office.work();
    expect(outbox(office)).toHaveLength(1);
  });

  test('with another body is a conflict, at the same moment and later', async () => {
    const office = await openGatewayOffice();
    const posts = await Promise.all(
      ['Hello', 'Bye'].map((text) => office.post(aMessage({ text }), keyed('order-8'))),
    );
    expect(posts.map(({ status }) => status).sort()).toEqual([202, 409]);
    const other = await office.post(aMessage({ text: 'Other' }), keyed('order-8'));
    expect(other).toMatchObject({ status: 409, json: { code: 'idempotency_conflict' } });
  });

  test('is free again after 24 hours', async () => {
    const office = await openGatewayOffice();
    const first = await office.post(aMessage(), keyed('order-9'));
    const messages = await office.ports.messages();
    const { openSqlite } = await import('../../shared/adapters/sqlite/database.ts');
    const store = await openSqlite(join(office.folder, 'data', 'tank.db'), { host: 'inline' });
    await store.run('UPDATE message SET created_at = created_at - 86400001');
    await store.close();
    const second = await office.post(aMessage({ text: 'the next day' }), keyed('order-9'));
    expect(second.status).toBe(202);
    expect(second.json.message).not.toBe(first.json.message);
    expect(await messages.find(String(first.json.message))).toBeDefined();
  });

  test('of another client is another key', async () => {
    const office = await openGatewayOffice();
    await office.ask(clientsApi.addClient, {
      body: { id: 'crm', organisation: 'retail', senders: ['@example.com'], recipients: ['*'] },
    });
    const { cert: clientCert } = await office.pki.client('crm');
    const first = await office.post(aMessage(), keyed('1'));
    const second = await office.post(aMessage(), { ...keyed('1'), clientCert });
    expect(second.status).toBe(202);
    expect(second.json.message).not.toBe(first.json.message);
    expect((await office.get(first.json.message, { clientCert })).status).toBe(404);
  });
});

describe('what a client may not do is 403, with its reason in the audit alone', () => {
  const refusals: [string, Record<string, unknown>, Record<string, unknown>, string][] = [
    ['another sender', {}, { from: 'ceo@example.com' }, 'sender_not_allowed'],
    [
      'a sender of a sub-domain',
      { senders: ['@example.com'] },
      { from: 'a@mail.example.com' },
      'sender_not_allowed',
    ],
    ['another recipient', {}, { to: 'kim@mail.example.com' }, 'recipient_not_allowed'],
    ['one of several', {}, { to: ['kim@example.com', 'a@example.org'] }, 'recipient_not_allowed'],
    ['a large body', { maxBytes: 1000 }, { text: 'x'.repeat(1000) }, 'too_large'],
  ];
  test.each(refusals)('%s', async (_, client, message, reason) => {
    const office = await openGatewayOffice({}, client);
    const refused = await office.post(aMessage(message));
    expect(refused).toMatchObject({ status: 403, json: { code: 'client_refused' } });
    expect(JSON.stringify(refused.json)).not.toContain(reason);
    expect(await office.audited()).toMatchObject([
      { outcome: 'refused', actor: 'client:billing', facts: { reason, operation: 'acceptMessage' } },
    ]);
  });

  test('calls from elsewhere, and of a client that is shut', async () => {
    const office = await openGatewayOffice({}, { addressRanges: ['10.1.0.0/16'] });
    expect((await office.post(aMessage(), { from: '10.2.0.1' })).status).toBe(403);
    expect((await office.post(aMessage(), { from: '10.1.0.1' })).status).toBe(202);
    expect(await office.audited()).toMatchObject([{ facts: { reason: 'address_not_allowed' } }]);
  });
});

describe('what a message says about itself', () => {
  test.each([
    'Bcc',
    'bcc',
    'To',
    'Cc',
    'From',
    'Sender',
    'Return-Path',
    'Resent-To',
    'DKIM-Signature',
    'Content-Type',
    'X-SES-CONFIGURATION-SET',
    'X-Tank-Attempt-Id',
  ])('sets no %s of its own', async (name) => {
    const office = await openGatewayOffice();
    const refused = await office.post(aMessage({ headers: { [name]: 'secret@example.com' } }));
    expect(refused).toMatchObject({ status: 422, json: { code: 'message_unreadable' } });
  });

  test.each([
    ['to', 'kim@example.com\r\nBcc: secret@example.com'],
    ['replyTo', 'a@example.com\r\nBcc: secret@example.com'],
  ])('puts no line into %s', async (field, value) => {
    const office = await openGatewayOffice();
    const refused = await office.post(aMessage({ [field]: value }));
    expect(refused).toMatchObject({ status: 400, json: { code: 'invalid_request', errors: [{ field }] } });
  });

  test('puts no line into what stands in its header: breaks become blanks', async () => {
    const office = await openGatewayOffice();
    const smuggled = 'a\r\nBcc: secret@example.com\r\n\r\nHi';
    const attachment = { fileName: smuggled, contentType: 'application/pdf', content: 'AAAA' };
    const headers = { 'X-Order': smuggled };
    const from = `${smuggled} <billing@example.com>`;
    const posted = await office.post(
      aMessage({ from, subject: smuggled, headers, attachments: [attachment] }),
    );
    expect(posted.status).toBe(202);
    await office.work();
    const [mail = '', ...others] = outbox(office);
    expect(others).toEqual([]);
    expect(mail).not.toMatch(/^Bcc:/im);
    const read = await simpleParser(mail);
    expect(read).toMatchObject({ subject: 'a Bcc: secret@example.com Hi', text: 'Hello' });
    expect(read.headers.get('x-order')).toBe('a Bcc: secret@example.com Hi');
  });

  test.each([
    ['another sender', 'From: ceo@example.com\r\nTo: kim@example.com', 'sender_not_allowed'],
    [
      'another Cc',
      'From: billing@example.com\r\nTo: kim@example.com\r\nCc: a@example.org',
      'recipient_not_allowed',
    ],
  ])('as a finished mail names no %s either', async (_, head, reason) => {
    const office = await openGatewayOffice();
    const headers = { 'content-type': 'message/rfc822' };
    const refused = await office.post(undefined, { rawBody: `${head}\r\n\r\nHi`, headers });
    expect(refused).toMatchObject({ status: 403, json: { code: 'client_refused' } });
    expect(await office.audited()).toMatchObject([{ facts: { reason } }]);
  });
});

describe('a certificate that passed the handshake elsewhere', () => {
  const cases: [string, (office: Office) => Promise<string>, string][] = [
    ['is no certificate', async () => 'nonsense', 'certificate_unreadable'],
    [
      'has expired',
      async ({ pki }) => (await pki.client('billing', { notBefore: inDays(-9), notAfter: inDays(-1) })).cert,
      'certificate_expired',
    ],
    [
      'is not valid yet',
      async ({ pki }) => (await pki.client('billing', { notBefore: inDays(1) })).cert,
      'certificate_not_yet_valid',
    ],
    [
      'is for servers',
      async ({ pki }) =>
        (await pki.server({ names: [{ type: 'url', value: 'urn:tank:client:billing' }] })).cert,
      'certificate_not_for_clients',
    ],
    [
      'is for everything',
      async ({ pki }) => (await pki.client('billing', { usages: [] })).cert,
      'certificate_not_for_clients',
    ],
    ['is an authority', async ({ pki }) => pki.ca.cert, 'certificate_not_for_clients'],
    ['names nobody', async ({ pki }) => (await pki.client('billing', { names: [] })).cert, 'client_unknown'],
    [
      'names a client that is not there',
      async ({ pki }) => (await pki.client('nobody')).cert,
      'client_unknown',
    ],
    [
      'hides the name of a client within another name',
      async ({ pki }) =>
        (
          await pki.client('x', {
            names: [{ type: 'url', value: 'https://example.com/, URI:urn:tank:client:billing' }],
          })
        ).cert,
      'client_unknown',
    ],
  ];
  test.each(cases)('and %s', async (_, certificateOf, reason) => {
    const office = await openGatewayOffice();
    const refused = await office.post(aMessage(), { clientCert: await certificateOf(office) });
    expect(refused).toMatchObject({ status: 403, json: { code: 'client_refused' } });
    expect(await office.audited()).toMatchObject([{ facts: { reason } }]);
  });

  test('names two clients: neither', async () => {
    const office = await openGatewayOffice();
    await office.ask(clientsApi.addClient, {
      body: { id: 'crm', organisation: 'retail', senders: ['@example.com'], recipients: ['*'] },
    });
    const both = await office.pki.client('billing', {
      names: ['billing', 'crm'].map((id) => ({ type: 'url', value: `urn:tank:client:${id}` })),
    });
    expect((await office.post(aMessage(), { clientCert: both.cert })).status).toBe(403);
    expect(await office.audited()).toMatchObject([{ facts: { reason: 'client_ambiguous' } }]);
  });

  test('was revoked, while the renewed one goes on', async () => {
    const office = await openGatewayOffice();
    const renewed = await office.pki.client('billing');
    const params = { id: 'billing' };
    const noted = await office.ask(clientsApi.noteCertificate, {
      params,
      body: { pem: office.certificate.cert },
    });
    expect(noted.status).toBe(201);
    const body = { serial: office.certificate.serial, reason: 'the key was lost' };
    expect((await office.ask(clientsApi.revokeCertificate, { params, body })).json).toEqual({ revoked: 1 });
    expect((await office.post(aMessage())).status).toBe(403);
    expect((await office.post(aMessage(), { clientCert: renewed.cert })).status).toBe(202);
    expect(await office.audited()).toMatchObject([{ facts: { reason: 'certificate_revoked' } }]);
  });

  test('is missing: nothing is believed that a header says', async () => {
    const office = await openGatewayOffice();
    const { cert } = office.certificate;
    const headers = {
      'x-amzn-mtls-clientcert': encodeURIComponent(cert),
      'x-client-cert': cert.replaceAll('\n', ' '),
      'x-ssl-client-verify': 'SUCCESS',
      'x-forwarded-client-cert': `Cert="${encodeURIComponent(cert)}"`,
    };
    const { clientCert: _, ...request } = { clientCert: '', headers };
    const answer = await office.post(aMessage(), { ...request, clientCert: '' });
    expect(answer).toMatchObject({ status: 403, json: { code: 'client_certificate_required' } });
    expect(await office.audited()).toMatchObject([
      { actor: 'nobody', facts: { reason: 'certificate_missing', operation: 'acceptMessage' } },
    ]);
  });
});

describe('a company’s own PKI', () => {
  test('names its client by DNS name or by issuer and number, where that was agreed', async () => {
    const company = await openPki('Company CA');
    const first = await company.client('x', { names: [{ type: 'dns', value: 'erp.example.com' }] });
    const second = await company.client('y', { names: [] });
    const office = await openGatewayOffice(
      {},
      {
        identities: [
          { dns: 'ERP.example.com' },
          { issuer: 'CN=Company CA', serial: second.serial.toUpperCase() },
        ],
      },
    );
    expect((await office.post(aMessage(), { clientCert: first.cert })).status).toBe(202);
    expect((await office.post(aMessage(), { clientCert: second.cert })).status).toBe(202);
    const twin = { id: 'twin', organisation: 'retail', senders: ['@example.com'], recipients: ['*'] };
    const taken = await office.ask(clientsApi.addClient, {
      body: { ...twin, identities: [{ dns: 'erp.example.com' }] },
    });
    expect(taken.status).toBe(409);
  });
});

describe('limits of a client', () => {
  test('so many requests a minute', async () => {
    const office = await openGatewayOffice({}, { perMinute: 3 });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await office.post(aMessage())).status);
    expect(statuses).toEqual([202, 202, 202, 429, 429]);
  });

  test('so many mails a day, each recipient one', async () => {
    const office = await openGatewayOffice({}, { perDay: 3 });
    expect((await office.post(aMessage({ to: ['a@example.com', 'b@example.com'] }))).status).toBe(202);
    const over = await office.post(aMessage({ to: ['c@example.com', 'd@example.com'] }));
    expect(over).toMatchObject({ status: 429, json: { code: 'client_quota_exhausted' } });
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(0);
  });
});
