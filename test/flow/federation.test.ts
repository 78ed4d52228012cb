import { once } from 'node:events';
import { createServer } from 'node:http';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createProviders } from '../../shared/adapters/identity/providers.ts';
import type { FederationRules } from '../../shared/domain/access-rules.ts';
import type { Ask } from '../fixtures/identity.ts';
import { PASSWORD } from '../fixtures/identity.ts';
import { CLIENT, goThrough, openOidcServer } from '../fixtures/oidc-server.ts';
import { type AuthWorld, CHROME, ORIGIN, openAuth } from '../fixtures/signed-in.ts';

const MINUTE = 60_000;
const callbackOf = (provider: string) => `${ORIGIN}/api/v1/auth/oauth/${provider}/callback`;
const COMPANY = callbackOf('company');

const PEOPLE = {
  jimin: { email: 'Jimin@example.com', email_verified: true },
  unverified: { email: 'sora@example.com', email_verified: false },
  stranger: { email: 'stranger@example.com', email_verified: true },
  foreigner: { email: 'somebody@example.org', email_verified: true },
};

let server: Awaited<ReturnType<typeof openOidcServer>>;
beforeAll(async () => {
  server = await openOidcServer(COMPANY, PEOPLE);
});
afterAll(() => server.close());

const open = async (federation: Partial<FederationRules> = {}, providers = companyAlone()) => {
  const rules = {
    federation: { providers: ['company', 'github'] as const, domains: ['example.com'], ...federation },
  };
  const world = await openAuth({ rules, providers });
  await world.addAccount('operator', 'jimin', { email: 'jimin@example.com' });
  return world;
};

const companyAlone = () =>
  createProviders({
    secrets: async () => ({ credentials: async () => CLIENT }),
    companyIssuer: server.issuer,
  });

const depart = async (world: AuthWorld, browser = world.browser()) => {
  const reply = await browser.send('startFederation', { params: { provider: 'company' } });
  return { browser, reply, url: String(reply.headers.location) };
};

const comeBack = (browser: ReturnType<AuthWorld['browser']>, url: string, request: Ask = {}) =>
  browser.send('endFederation', {
    params: { provider: 'company' },
    query: Object.fromEntries(new URL(url).searchParams),
    ...request,
  });

const signIn = async (world: AuthWorld, login: string) => {
  const { browser, url } = await depart(world);
  const reply = await comeBack(browser, await goThrough(url, login, COMPANY));
  return { browser, reply };
};

describe('sign-in by a provider', () => {
  let world: AuthWorld;
  beforeEach(async () => {
    world = await open();
  });

  it('goes through the whole code flow, and ends in a session of the browser', async () => {
    const { browser, reply, url } = await depart(world);
    expect(reply.status).toBe(302);
    const asked = new URL(url).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      client_id: 'tank',
      redirect_uri: COMPANY,
      scope: 'openid email',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(reply.cookies[0]).toMatch(
      /^__Host-tank-departure=.+; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
    const back = await comeBack(browser, await goThrough(url, 'jimin', COMPANY));
    expect(back).toMatchObject({ status: 302, headers: { location: '/' } });
    expect((await browser.send('me')).json).toMatchObject({ name: 'jimin', role: 'operator' });
    const [entry] = await world.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ event: 'sign-in.done', facts: { provider: 'company' } });
  });

  it('knows somebody again by the identity, also when the address has changed', async () => {
    await signIn(world, 'jimin');
    const { id = '' } = (await world.accounts.byName('jimin')) ?? {};
    await world.accounts.change(id, { email: 'another@example.com' });
    const { browser } = await signIn(world, 'jimin');
    expect((await browser.send('me')).json.name).toBe('jimin');
  });

  it.each([
    ['nobody here knows', 'stranger'],
    ['the provider has not verified', 'unverified'],
    ['belongs to another domain', 'foreigner'],
  ])('refuses whose address %s', async (_, login) => {
    await world.addAccount('viewer', 'sora', { email: 'sora@example.com' });
    await world.addAccount('viewer', 'foreign', { email: 'somebody@example.org' });
    const { browser, reply } = await signIn(world, login);
    expect(reply).toMatchObject({ status: 403, json: { code: 'provider_refused' } });
    expect((await browser.send('me')).status).toBe(401);
  });

  it('makes an account where that is allowed, for the listed domains only', async () => {
    world = await open({ registerAs: 'viewer' });
    const { browser } = await signIn(world, 'stranger');
    expect((await browser.send('me')).json).toMatchObject({ name: 'stranger@example.com', role: 'viewer' });
    expect((await signIn(world, 'foreigner')).reply.status).toBe(403);
  });

  it('is refused for an account that is shut', async () => {
    const { id = '' } = (await world.accounts.byName('jimin')) ?? {};
    await world.accounts.change(id, { disabledAt: 1 });
    expect((await signIn(world, 'jimin')).reply.status).toBe(403);
  });

  it('leaves the second factor of the account to come', async () => {
    const { token } = await world.program('jimin');
    const begun = await world.call('enrolSecondFactor', { token, body: { password: PASSWORD } });
    const totp = new TOTP({ secret: Secret.fromBase32(String(begun.json.secret).replaceAll(' ', '')) });
    const code = () => totp.generate({ timestamp: world.runtime.clock.now() });
    const confirmed = await world.call('confirmSecondFactor', { token, body: { code: code() } });
    expect(confirmed.status).toBe(200);
    world.pass(MINUTE);
    const { browser } = await signIn(world, 'jimin');
    expect((await browser.send('me')).json.code).toBe('second_factor_required');
    await browser.send('csrf');
    expect((await browser.send('confirm', { body: { code: code() } })).status).toBe(204);
    expect((await browser.send('me')).status).toBe(200);
  });

  describe('does not come back', () => {
    it('in another browser than it left in', async () => {
      const { url } = await depart(world);
      const back = await goThrough(url, 'jimin', COMPANY);
      const victim = world.browser();
      expect((await comeBack(victim, back)).json.code).toBe('provider_refused');
      await depart(world, victim);
      expect((await comeBack(victim, back)).json.code).toBe('provider_refused');
      expect((await victim.send('me')).status).toBe(401);
    });

    it('twice', async () => {
      const { browser, url } = await depart(world);
      const jar = [...browser.jar];
      const back = await goThrough(url, 'jimin', COMPANY);
      expect((await comeBack(browser, back)).status).toBe(302);
      for (const [name, value] of jar) browser.jar.set(name, value);
      expect((await comeBack(browser, back)).json.code).toBe('provider_refused');
    });

    it('after more than ten minutes', async () => {
      const { browser, url } = await depart(world);
      const back = await goThrough(url, 'jimin', COMPANY);
      world.pass(10 * MINUTE);
      expect((await comeBack(browser, back)).json.code).toBe('provider_refused');
    });

    it('by the callback of another provider', async () => {
      const { browser, url } = await depart(world);
      const back = await goThrough(url, 'jimin', COMPANY);
      expect((await comeBack(browser, back, { params: { provider: 'github' } })).json.code).toBe(
        'provider_refused',
      );
    });

    it('with the code of another departure: neither verifier nor nonce fit', async () => {
      const other = await depart(world);
      const stolen = new URL(await goThrough(other.url, 'stranger', COMPANY)).searchParams.get('code') ?? '';
      const { browser, url } = await depart(world);
      const back = new URL(await goThrough(url, 'jimin', COMPANY));
      back.searchParams.set('code', stolen);
      const reply = await comeBack(browser, back.href);
      expect(reply).toMatchObject({ status: 403, json: { code: 'provider_refused' } });
      expect(JSON.stringify(reply)).not.toContain(stolen);
    });

    it.each([
      ['another state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
      ['no code', (url: URL) => url.searchParams.delete('code')],
      ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example.net')],
      ['a refusal', (url: URL) => url.searchParams.set('error', 'access_denied')],
    ])('with %s', async (_, tamper) => {
      const { browser, url } = await depart(world);
      const back = new URL(await goThrough(url, 'jimin', COMPANY));
      tamper(back);
      expect((await comeBack(browser, back.href)).json.code).toBe('provider_refused');
    });
  });

  it('keeps state and binding as hashes only, and nothing once it came back', async () => {
    const { browser, url } = await depart(world);
    const stored = JSON.stringify(await world.database.all('SELECT * FROM departure'));
    for (const secret of [new URL(url).searchParams.get('state') ?? '', [...browser.jar.values()][0] ?? ''])
      expect(stored).not.toContain(secret);
    await comeBack(browser, await goThrough(url, 'jimin', COMPANY));
    expect(await world.database.all('SELECT * FROM departure')).toEqual([]);
  });

  it('is not offered for a provider that is not configured', async () => {
    const reply = await world.call('startFederation', { params: { provider: 'google' } });
    expect(reply.json.code).toBe('not_found');
    expect((await world.call('listProviders')).json).toEqual({ providers: ['company', 'github'] });
  });
});

describe('sign-in by GitHub', () => {
  const openGithub = async (emails: readonly object[]) => {
    const asked: string[] = [];
    const github = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const answer = (body: unknown) =>
        response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
      if (request.url === '/login/oauth/access_token')
        return answer({ access_token: 'gho_made_up', token_type: 'bearer', scope: 'user:email' });
      if (request.headers.authorization !== 'Bearer gho_made_up') return response.writeHead(401).end();
      return answer(request.url === '/user' ? { id: 4711, login: 'jimin' } : emails);
    }).listen(0, '127.0.0.1');
    await once(github, 'listening');
    onTestFinished(() => void github.close());
    const address = github.address();
    const site = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const providers = createProviders({
      secrets: async () => ({ credentials: async () => CLIENT }),
      github: { site, api: site },
    });
    const world = await open({}, providers);
    const browser = world.browser({ agent: CHROME });
    const start = await browser.send('startFederation', { params: { provider: 'github' } });
    const state = new URL(String(start.headers.location)).searchParams.get('state') ?? '';
    const query = { code: 'made-up', state };
    const reply = await browser.send('endFederation', { params: { provider: 'github' }, query });
    return { browser, reply, asked, start };
  };

  it('takes the primary verified address, and remembers the number of the user', async () => {
    const { browser, reply, start } = await openGithub([
      { email: 'other@example.com', primary: false, verified: true },
      { email: 'jimin@example.com', primary: true, verified: true },
    ]);
    expect(new URL(String(start.headers.location)).searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    expect(reply.status).toBe(302);
    expect((await browser.send('me')).json.name).toBe('jimin');
  });

  it('takes no address that is not verified', async () => {
    const { reply } = await openGithub([{ email: 'jimin@example.com', primary: true, verified: false }]);
    expect(reply.json.code).toBe('provider_refused');
  });
});
