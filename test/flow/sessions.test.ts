import { beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD } from '../fixtures/identity.ts';
import { type AuthWorld, CHROME, ORIGIN, openAuth } from '../fixtures/signed-in.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: AuthWorld;
beforeEach(async () => {
  world = await openAuth();
  await world.addAccount('operator', 'jimin');
});

const me = async (token: string) => (await world.call('me', { token })).status;
const refresh = (refreshToken: string, request: object = {}) =>
  world.call('refresh', { body: { refreshToken }, ...request });

describe('a refresh token', () => {
  it('is exchanged for new tokens, once', async () => {
    const { refreshToken } = await world.program('jimin');
    const second = await refresh(refreshToken);
    expect(second.status).toBe(200);
    expect(await me(String(second.json.accessToken))).toBe(200);
    expect(String(second.json.refreshToken)).not.toBe(refreshToken);
    expect((await refresh(String(second.json.refreshToken))).status).toBe(200);
  });

  it('that comes a second time ends its whole family, and somebody hears of it', async () => {
    const first = await world.program('jimin');
    const other = await world.program('jimin');
    const second = await refresh(first.refreshToken);
    expect((await refresh(first.refreshToken)).status).toBe(401);
    expect((await refresh(String(second.json.refreshToken))).status).toBe(401);
    expect(await me(String(second.json.accessToken))).toBe(401);
    expect(await me(first.token)).toBe(401);
    expect(await me(other.token)).toBe(200);
    expect(world.raised.map(({ kind }) => kind)).toEqual(['refresh_token_reused']);
  });

  it('of a hundred exchanges at once lets one win', async () => {
    const { refreshToken } = await world.program('jimin');
    const replies = await Promise.all(Array.from({ length: 100 }, () => refresh(refreshToken)));
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    const [entry] = await world.audit.list({ limit: 1, event: 'token.refreshed' });
    expect(entry).toBeDefined();
    expect(await (await world.audit.list({ limit: 10, event: 'token.refreshed' })).length).toBe(1);
    expect((await world.audit.list({ limit: 10, event: 'token.reused' })).length).toBe(1);
  });

  it.each(['', 'x', 'a.b', `${'a'.repeat(43)}.${'b'.repeat(43)}`, `${'a'.repeat(43)}`])(
    'is refused when it is rubbish: %j',
    async (rubbish) => {
      expect([400, 401]).toContain((await refresh(rubbish)).status);
    },
  );

  it('lies in the store as a hash only', async () => {
    const { refreshToken } = await world.program('jimin');
    const rows = JSON.stringify(await world.database.all('SELECT * FROM account_session'));
    for (const half of refreshToken.split('.')) expect(rows).not.toContain(half);
  });

  it('ends after 168 hours, however often it was exchanged', async () => {
    let { refreshToken } = await world.program('jimin');
    for (let day = 0; day < 6; day += 1) {
      world.pass(24 * HOUR);
      refreshToken = String((await refresh(refreshToken)).json.refreshToken);
    }
    world.pass(24 * HOUR);
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it('ends with the password that it was given for', async () => {
    const { token, refreshToken } = await world.program('jimin');
    const body = { currentPassword: PASSWORD, newPassword: 'seven paper boats drift south' };
    const changed = await world.call('changePassword', { token, body });
    expect(changed.status).toBe(200);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(String(changed.json.refreshToken))).status).toBe(200);
  });

  it('is no good to another program', async () => {
    const { refreshToken } = await world.program('jimin', { agent: 'billing/2.1' });
    expect((await refresh(refreshToken, { agent: 'curl/8.5' })).json.code).toBe('sign_in_again');
  });
});

describe('sessions', () => {
  const list = async (token: string) =>
    ((await world.call('listSessions', { token })).json.items ?? []) as {
      readonly id: string;
      readonly current: boolean;
      readonly device: string;
    }[];

  it('are at most five, and the oldest leaves, also when several begin at once', async () => {
    const tokens = [];
    for (let session = 0; session < 6; session += 1) {
      tokens.push((await world.program('jimin')).token);
      world.pass(1000);
    }
    expect(await Promise.all(tokens.map(me))).toEqual([401, 200, 200, 200, 200, 200]);
    await Promise.all(Array.from({ length: 4 }, () => world.program('jimin')));
    const { token } = await world.program('jimin');
    expect(await list(token)).toHaveLength(5);
  });

  it('are listed with device and address, and ended one by one', async () => {
    const other = await world.program('jimin', { agent: CHROME, from: '192.0.2.5' });
    world.pass(1000);
    const { token } = await world.program('jimin');
    const [mine, theirs] = await list(token);
    expect(mine).toMatchObject({ current: true, device: 'test', address: '127.0.0.1' });
    expect(theirs).toMatchObject({ current: false, device: 'Chrome on Windows', address: '192.0.2.5' });
    const ended = await world.call('endSession', { token, params: { id: theirs?.id ?? '' } });
    expect(ended.status).toBe(204);
    expect(await me(other.token)).toBe(401);
    expect((await world.call('endSession', { token, params: { id: theirs?.id ?? '' } })).status).toBe(404);
  });

  it('end everywhere at once', async () => {
    const [one, two] = [await world.program('jimin'), await world.program('jimin')];
    expect((await world.call('logoutEverywhere', { token: one.token })).status).toBe(204);
    expect([await me(one.token), await me(two.token)]).toEqual([401, 401]);
    expect((await refresh(two.refreshToken)).status).toBe(401);
  });

  it('end when the account is shut, and a role acts on the next request', async () => {
    const { token } = await world.program('jimin');
    const { id = '' } = (await world.accounts.byName('jimin')) ?? {};
    await world.accounts.change(id, { role: 'viewer' });
    expect((await world.call('me', { token })).json.role).toBe('viewer');
    await world.accounts.change(id, { disabledAt: 1 });
    expect(await me(token)).toBe(401);
    expect((await world.login('jimin')).status).toBe(401);
  });
});

describe('a browser', () => {
  it('gets a cookie that only https, this host and no script can read, and no token', async () => {
    const browser = world.browser();
    const reply = await browser.signIn('jimin');
    expect(reply.json).not.toHaveProperty('accessToken');
    expect(reply.json).not.toHaveProperty('refreshToken');
    for (const cookie of reply.cookies)
      expect(cookie).toMatch(
        /^__Host-tank-\w+=[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
      );
    expect(reply.cookies).toHaveLength(2);
    expect((await browser.send('me')).json.name).toBe('jimin');
  });

  it('writes only with the right word and from the right origin', async () => {
    const browser = world.browser();
    await browser.signIn('jimin');
    const write = async (headers: Record<string, string>) =>
      (await browser.send('logoutEverywhere', { headers })).json.code;
    expect(await write({ 'x-csrf-token': '' })).toBe('csrf_refused');
    expect(await write({ 'x-csrf-token': 'a.1.b' })).toBe('csrf_refused');
    for (const origin of [
      'https://evil.example.net',
      `${ORIGIN}.evil.example.net`,
      'https://tank.example.com:8443',
      'http://tank.example.com',
      'null',
      '',
    ])
      expect(await write({ origin })).toBe('csrf_refused');
    expect((await browser.send('logoutEverywhere')).status).toBe(204);
  });

  it('cannot use the word of another session, nor an old one', async () => {
    const [mine, other] = [world.browser(), world.browser()];
    await mine.signIn('jimin');
    const stolen = String((await other.signIn('jimin')).json.csrfToken);
    expect((await mine.send('logoutEverywhere', { headers: { 'x-csrf-token': stolen } })).status).toBe(403);
    const fresh = String((await mine.send('csrf')).json.csrfToken);
    expect((await mine.send('logout', { headers: { 'x-csrf-token': fresh } })).status).toBe(204);
    expect((await mine.send('me')).status).toBe(401);
  });

  it('cannot be signed in from a page of somebody else', async () => {
    const body = { name: 'jimin', password: PASSWORD, kind: 'browser' };
    const reply = await world.call('login', { body, headers: { origin: 'https://evil.example.net' } });
    expect(reply.json.code).toBe('csrf_refused');
    expect(reply.cookies).toEqual([]);
  });

  it('is signed out after 15 idle minutes, and after 30 in any case', async () => {
    const idle = world.browser();
    await idle.signIn('jimin');
    world.pass(15 * MINUTE + 1);
    expect((await idle.send('me')).status).toBe(401);
    const busy = world.browser();
    await busy.signIn('jimin');
    for (let minute = 0; minute < 29; minute += 1) {
      world.pass(MINUTE);
      expect((await busy.send('me')).status).toBe(200);
    }
    world.pass(MINUTE);
    expect((await busy.send('me')).status).toBe(401);
  });

  it('with two cookies of the same name has one that somebody planted, and is nobody', async () => {
    const browser = world.browser();
    await browser.signIn('jimin');
    const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`);
    const reply = await world.call('me', { agent: CHROME, cookies: [...cookie, '__Host-tank-session=x.y'] });
    expect(reply.status).toBe(401);
  });

  it.each([
    ['another browser', { agent: CHROME.replace('Chrome/143', 'Edg/143') }],
    ['a script', { agent: 'curl/8.5' }],
  ])('whose cookie turns up in %s is signed out', async (_, request) => {
    const browser = world.browser({ from: '192.0.2.1' });
    await browser.signIn('jimin');
    expect((await browser.send('me', request)).status).toBe(401);
    expect((await browser.send('me')).status).toBe(401);
  });

  it('whose cookie turns up in another network must prove who it is, and then goes on from there', async () => {
    const browser = world.browser({ from: '192.0.2.1' });
    await browser.signIn('jimin');
    const there = { from: '203.0.113.9' };
    expect((await browser.send('me', there)).json.code).toBe('sign_in_again');
    expect((await browser.send('confirm', { ...there, body: { password: 'wrong' } })).status).toBe(401);
    expect((await browser.send('confirm', { ...there, body: {} })).status).toBe(401);
    expect((await browser.send('confirm', { ...there, body: { password: PASSWORD } })).status).toBe(204);
    expect((await browser.send('me', there)).status).toBe(200);
  });

  it('that looks a little odd must confirm before it does what is sensitive', async () => {
    await world.addAccount('owner', 'boss');
    const browser = world.browser({ from: '192.0.2.1' });
    await browser.signIn('boss');
    world.pass(14 * MINUTE);
    await browser.send('me');
    world.pass(2 * MINUTE);
    const odd = { from: '192.0.2.2', agent: CHROME.replace('143', '144') };
    expect((await browser.send('me', odd)).status).toBe(200);
    const body = { name: 'new', role: 'viewer' };
    expect((await browser.send('addUser', { ...odd, body })).json.code).toBe('sign_in_again');
    await browser.send('confirm', { ...odd, body: { password: PASSWORD } });
    expect((await browser.send('addUser', { ...odd, body })).status).toBe(201);
  });
});
