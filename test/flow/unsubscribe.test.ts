import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { beforeEach, describe, expect, it } from 'vitest';
import { createUnsubscribeHandler } from '../../functions/unsubscribe/handler.ts';
import { ATTEMPT_PROOF } from '../../shared/domain/identifiers.ts';
import { adminApi } from '../../shared/wire/admin-api.ts';
import { routeKey } from '../../shared/wire/api.ts';
import { enqueueApi } from '../../shared/wire/enqueue-api.ts';
import { UNSUBSCRIBE_STYLE, unsubscribeApi } from '../../shared/wire/unsubscribe-api.ts';
import { httpEvent, lambdaContext } from '../fixtures/identity.ts';
import { openOffice, people, sourceOf, statement } from '../fixtures/office.ts';

const BASE = 'https://mail.example.com/base/';
const FROM = 'Tank & Bank <no-reply@example.com>';

describe('mail that may be declined', () => {
  let office: Awaited<ReturnType<typeof openOffice>>;
  let handler: ReturnType<typeof createUnsubscribeHandler>;
  beforeEach(async () => {
    office = await openOffice(people(2), { TANK_PUBLIC_URL: BASE });
    handler = createUnsubscribeHandler(office.ports);
  });

  const mail = (more: object) => ({
    mail: {
      from: FROM,
      replyTo: 'help@example.com',
      subject: '$(NAME) 고객님',
      html: '<html><body><p>$(NAME)</p></body></html>',
      ...more,
    },
    recipients: { ...(statement().recipients as object), recurrence: 'all' },
  });
  const apply = (automation: string, more: object) =>
    office.ask(adminApi.applyDefinitions, {
      body: { documents: [sourceOf(office), statement({ automation, ...more })] },
    });
  const run = async (automation: string) => {
    const started = await office.ask(enqueueApi.startRun, { params: { id: automation }, body: {} });
    await office.work();
    const id = String(started.json.run);
    return (await office.ask(adminApi.getRun, { params: { id } })).json;
  };
  const mails = async () => {
    const folder = join(office.folder, 'data');
    const files = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((file) => file.endsWith('.eml'));
    return Promise.all(
      files.sort().map(async (file) => {
        const raw = readFileSync(join(folder, file), 'utf8');
        return { raw, mail: await simpleParser(raw, { skipTextToHtml: true }) };
      }),
    );
  };
  const linkIn = (raw: string): string =>
    /List-Unsubscribe:\s*<([^>]+)>/.exec(raw.replace(/\r\n\s/g, ' '))?.[1] ?? '';
  const tokenIn = (raw: string): string => linkIn(raw).split('/u/')[1] ?? '';
  const visit = async (method: 'GET' | 'POST', token: string, headers: Record<string, string> = {}) => {
    const route = method === 'GET' ? unsubscribeApi.askToUnsubscribe : unsubscribeApi.unsubscribe;
    const rawBody = method === 'POST' ? { rawBody: 'List-Unsubscribe=One-Click' } : {};
    const event = httpEvent(routeKey(route), { params: { token }, headers, ...rawBody });
    const reply = await handler(event, lambdaContext());
    return { status: reply.statusCode, body: reply.body ?? '', headers: reply.headers ?? {} };
  };
  const suppressed = async () => (await office.ports.suppressions()).list({ limit: 10 });

  it('carries a link for one click, another one for each reader, and no word of the address in it', async () => {
    await apply('notice', mail({ unsubscribe: true }));
    expect(await run('notice')).toMatchObject({ state: 'finished', sent: 2 });
    const [first, second] = await mails();
    const links = [linkIn(first?.raw ?? ''), linkIn(second?.raw ?? '')];
    expect(links.every((link) => /^https:\/\/mail\.example\.com\/base\/u\/[\w-]{60,200}$/.test(link))).toBe(
      true,
    );
    expect(new Set(links).size).toBe(2);
    expect(first?.raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    const told = links
      .map((link) => Buffer.from(link.split('/u/')[1] ?? '', 'base64url').toString('latin1'))
      .join();
    expect(told).not.toMatch(/customer|example|default/);
    expect(first?.mail.text).not.toContain('광고');
  });

  it('carries a proof of its own, without which no report about it is believed', async () => {
    await apply('notice', mail({ unsubscribe: true }));
    await run('notice');
    const hash = await (await office.ports.vault()).hasher();
    for (const { raw } of await mails()) {
      const [, attempt = '', proof] =
        /^X-Tank-Attempt-Id: (.*)\r\nX-Tank-Attempt-Proof: (.*)\r$/m.exec(raw) ?? [];
      expect(proof).toBe(hash(ATTEMPT_PROOF, attempt));
    }
    expect.assertions(2);
  });

  it('as advertising says so first, names its sender, and shows the way out in both languages', async () => {
    await apply('offer', mail({ advertising: true }));
    await run('offer');
    const [first] = await mails();
    expect(first?.mail.subject).toBe('(광고) Customer 1 고객님');
    const link = linkIn(first?.raw ?? '');
    for (const text of [String(first?.mail.html), String(first?.mail.text)]) {
      expect(text).toContain('help@example.com');
      expect(text).toContain('수신을 원하지 않으시면');
      expect(text).toContain('with your consent');
      expect(text).toContain(link);
    }
    expect(String(first?.mail.html)).toContain('Tank &amp; Bank');
    expect(String(first?.mail.html)).toMatch(/<\/div><\/body><\/html>\s*$/);
  });

  it('is marked once where the template does it', async () => {
    await apply('offer', mail({ advertising: true, subject: '(광고) $(NAME) 고객님' }));
    await run('offer');
    expect((await mails())[0]?.mail.subject).toBe('(광고) Customer 1 고객님');
  });

  it('that is not to be declined carries nothing of it', async () => {
    await apply('statement', mail({}));
    await run('statement');
    const [first] = await mails();
    expect(first?.raw).not.toContain('List-Unsubscribe');
    expect(first?.mail.subject).toBe('Customer 1 고객님');
  });

  it('is stopped by one click, for good, while statements go on', async () => {
    await apply('offer', mail({ advertising: true }));
    await apply('statement', mail({}));
    await run('offer');
    const [first] = await mails();
    const token = tokenIn(first?.raw ?? '');
    expect(await visit('POST', token)).toMatchObject({ status: 200 });
    expect(await visit('POST', token)).toMatchObject({ status: 200 });
    expect(await suppressed()).toMatchObject([
      { scope: 'default', reason: 'unsubscribe', origin: 'one-click' },
    ]);
    expect(await run('offer')).toMatchObject({ sent: 1, suppressed: 1 });
    expect(await run('statement')).toMatchObject({ sent: 2, suppressed: 0 });
  });

  it('is stopped between planning and sending as well', async () => {
    await apply('offer', mail({ advertising: true }));
    await run('offer');
    const [first] = await mails();
    const started = await office.ask(enqueueApi.startRun, { params: { id: 'offer' }, body: {} });
    const id = String(started.json.run);
    await office.ask(adminApi.pauseRun, { params: { id }, body: { reason: 'wait' } });
    await office.work();
    await visit('POST', tokenIn(first?.raw ?? ''));
    await office.ask(adminApi.resumeRun, { params: { id }, body: {} });
    await office.work();
    expect((await office.ask(adminApi.getRun, { params: { id } })).json).toMatchObject({
      sent: 1,
      suppressed: 1,
    });
  });

  it('shows a page to whoever looks, and does nothing for that', async () => {
    await apply('notice', mail({ unsubscribe: true }));
    await run('notice');
    const token = tokenIn((await mails())[0]?.raw ?? '');
    const korean = await visit('GET', token, { 'accept-language': 'ko' });
    expect(korean.body).toContain('<form method="post">');
    expect(korean.body).toContain('수신 거부');
    expect(korean.body).not.toMatch(/customer|@/i);
    expect((await visit('GET', token, { 'accept-language': 'en' })).body).toContain('lang="en"');
    expect(await suppressed()).toEqual([]);
    expect(String(korean.headers['content-security-policy'])).toContain("form-action 'self'");
    const hash = createHash('sha256').update(UNSUBSCRIBE_STYLE).digest('base64');
    expect(String(korean.headers['content-security-policy'])).toContain(`'sha256-${hash}'`);
  });

  it.each(['preview', 'x', 'AAAA', '0'.repeat(900)])('refuses the token %s', async (token) => {
    expect((await visit('POST', token)).status).toBe(404);
    const page = await visit('GET', token, { 'accept-language': 'en' });
    expect(page.body).toContain('cannot be used');
    expect(page.body).not.toContain('<form');
    expect(await suppressed()).toEqual([]);
  });

  it('refuses a token in which one letter was changed', async () => {
    await apply('notice', mail({ unsubscribe: true }));
    await run('notice');
    const token = tokenIn((await mails())[0]?.raw ?? '');
    for (const at of [0, 10, 20, token.length - 3]) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect((await visit('POST', token.slice(0, at) + other + token.slice(at + 1))).status).toBe(404);
    }
    expect(await suppressed()).toEqual([]);
  });

  it('is shown in a preview with a link that unsubscribes nobody', async () => {
    await apply('offer', mail({ advertising: true }));
    const preview = await office.ask(adminApi.preview, { params: { id: 'offer' }, body: { row: 1 } });
    expect(JSON.stringify(preview.json)).toContain('(광고)');
    expect(JSON.stringify(preview.json)).toContain('/u/preview');
  });
});
