import { beforeEach, describe, expect, it } from 'vitest';
import { createAuthHandler } from '../../functions/auth/handler.ts';
import type { HttpHandler } from '../../shared/middleware/http-chain.ts';
import type { Passwords } from '../../shared/ports/identity.ts';
import { routeKey } from '../../shared/wire/api.ts';
import { authApi } from '../../shared/wire/auth-api.ts';
import { usersApi } from '../../shared/wire/users-api.ts';
import { ask, identityPorts, PASSWORD } from '../fixtures/identity.ts';

const LOGIN = routeKey(authApi.login);
const ME = routeKey(authApi.me);
const LOGOUT = routeKey(authApi.logout);
const CHANGE = routeKey(authApi.changePassword);
const NEW_PASSWORD = 'seven paper boats drift south';

describe('signing in', () => {
  let world: Awaited<ReturnType<typeof identityPorts>>;
  let handler: HttpHandler;

  beforeEach(async () => {
    world = await identityPorts();
    handler = createAuthHandler(world.ports);
  });

  const login = (name: string, password: string) => ask(handler, LOGIN, { body: { name, password } });
  const tokenOf = async (name: string, password = PASSWORD) =>
    String((await login(name, password)).json.accessToken);
  const me = (token: string) => ask(handler, ME, { token });

  it('gives a token that tells who one is', async () => {
    await world.addAccount('operator', 'jimin');
    const reply = await login('jimin', PASSWORD);
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ tokenType: 'Bearer', expiresIn: 900, mustChangePassword: false });
    const who = await me(String(reply.json.accessToken));
    expect(who.json).toMatchObject({ name: 'jimin', role: 'operator', mustChangePassword: false });
    expect(who.json).not.toHaveProperty('passwordHash');
  });

  it('answers alike for an unknown name and a wrong password', async () => {
    await world.addAccount('operator', 'jimin');
    const unknown = await login('nobody', PASSWORD);
    const wrong = await login('jimin', `${PASSWORD}!`);
    expect(unknown.status).toBe(401);
    const alike = ({ headers, ...reply }: typeof wrong) => ({
      ...reply,
      headers: { ...headers, 'ratelimit-remaining': '' },
    });
    expect(alike(unknown)).toEqual(alike(wrong));
  });

  it('hashes once for an unknown name as for a wrong password, so that the time does not tell them apart', async () => {
    const hashed: boolean[] = [];
    const passwords: Passwords = {
      ...world.passwords,
      matches: async (_, hash) => {
        hashed.push(hash !== undefined);
        return false;
      },
    };
    handler = createAuthHandler({ ...world.ports, passwords: async () => passwords });
    await world.addAccount('operator', 'jimin');
    await login('jimin', 'wrong');
    await login('nobody', 'wrong');
    expect(hashed).toEqual([true, false]);
  });

  it('is refused for control characters in disguise, not answered with a fault of the store', async () => {
    expect((await login('ji\u0000min', PASSWORD)).status).toBe(401);
  });

  it('of 50 at once under 50 names answers each, with 401 or 429, and tells when to come again', async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, (_, n) => login(`nobody-${n}`, 'x')));
    const statuses = replies.map((reply) => reply.status);
    const busy = replies.filter((reply) => reply.status === 429);
    expect(busy.length).toBeGreaterThan(20);
    expect(statuses.filter((status) => status === 401)).toHaveLength(50 - busy.length);
    expect(busy[0]?.headers['retry-after']).toBe('3');
  });

  it('ends at sign-out, for this token only', async () => {
    await world.addAccount('viewer', 'jimin');
    const [first, second] = [await tokenOf('jimin'), await tokenOf('jimin')];
    expect((await ask(handler, LOGOUT, { token: first })).status).toBe(204);
    expect((await me(first)).status).toBe(401);
    expect((await me(second)).status).toBe(200);
    expect((await ask(handler, LOGOUT, { token: first })).status).toBe(401);
  });

  it('publishes the keys that verify', async () => {
    const reply = await ask(handler, routeKey(authApi.keys));
    expect(reply.status).toBe(200);
    expect(JSON.stringify(reply.json)).toContain(world.ring[0]?.kid);
    expect(JSON.stringify(reply.json)).not.toContain('"d"');
  });

  describe('a password change', () => {
    const change = (token: string, currentPassword: string, newPassword: string, language = 'en') =>
      ask(handler, CHANGE, {
        token,
        body: { currentPassword, newPassword },
        headers: { 'accept-language': language },
      });

    it('ends every older token and gives a fresh one', async () => {
      await world.addAccount('viewer', 'jimin');
      const [mine, other] = [await tokenOf('jimin'), await tokenOf('jimin')];
      const reply = await change(mine, PASSWORD, NEW_PASSWORD);
      expect(reply.status).toBe(200);
      expect((await me(mine)).status).toBe(401);
      expect((await me(other)).status).toBe(401);
      expect((await me(String(reply.json.accessToken))).status).toBe(200);
      expect((await login('jimin', PASSWORD)).status).toBe(401);
      expect((await login('jimin', NEW_PASSWORD)).status).toBe(200);
    });

    it('demands the present password', async () => {
      await world.addAccount('viewer', 'jimin');
      const reply = await change(await tokenOf('jimin'), 'not the one', NEW_PASSWORD);
      expect(reply.json.code).toBe('wrong_credentials');
      expect((await login('jimin', PASSWORD)).status).toBe(200);
    });

    it.each([
      ['en', 'short', 'Use at least 15 characters.'],
      ['ko', 'short', '15자 이상이어야 합니다.'],
      ['en', 'Password123456789', 'This is a common password; choose another.'],
      ['en', PASSWORD, 'Choose another password than before.'],
      ['en', 'long '.repeat(60), 'Use at most 200 characters.'],
    ])('is refused by the rule (%s): %s', async (language, password, problem) => {
      await world.addAccount('viewer', 'jimin');
      const reply = await change(await tokenOf('jimin'), PASSWORD, password, language);
      expect(reply.status).toBe(400);
      expect(reply.json.errors).toEqual([{ field: 'newPassword', problem }]);
    });

    it('lets one of two simultaneous changes win', async () => {
      await world.addAccount('viewer', 'jimin');
      const token = await tokenOf('jimin');
      const replies = await Promise.all([
        change(token, PASSWORD, NEW_PASSWORD),
        change(token, PASSWORD, 'eleven quiet owls watch it'),
      ]);
      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 401]);
    });
  });

  describe('the first administrator', () => {
    const FIRST = routeKey(usersApi.firstAdministrator);
    const make = async () => {
      const { token } = await world.tokens.issue({ subject: 'os:tankmail', epoch: 0 });
      return (await ask(handler, FIRST, { token })).json;
    };

    it('is made once, with a password that must be replaced before anything else', async () => {
      const first = await make();
      expect(first.name).toBe('admin');
      expect(await make()).toEqual({ name: 'admin', password: null });
      const reply = await login('admin', String(first.password));
      expect(reply.json.mustChangePassword).toBe(true);
      const token = String(reply.json.accessToken);
      expect((await ask(handler, FIRST, { token })).json.code).toBe('password_change_required');
      const body = { currentPassword: first.password, newPassword: NEW_PASSWORD };
      const changed = await ask(handler, CHANGE, { token, body });
      expect(changed.json.mustChangePassword).toBe(false);
      expect((await ask(handler, FIRST, { token: String(changed.json.accessToken) })).status).toBe(200);
    });

    it('is not made where there is an account', async () => {
      await world.addAccount('viewer');
      expect(await make()).toMatchObject({ password: null });
      expect(await world.accounts.list()).toHaveLength(1);
    });

    it('is one, when two processes start at once', async () => {
      const made = await Promise.all([make(), make()]);
      expect(made.filter(({ password }) => password !== null)).toHaveLength(1);
      expect(await world.accounts.list()).toHaveLength(1);
    });

    it('is made by nobody from outside', async () => {
      expect((await ask(handler, FIRST)).status).toBe(401);
      await world.addAccount('operator', 'jimin');
      expect((await ask(handler, FIRST, { token: await tokenOf('jimin') })).status).toBe(403);
    });
  });

  it('denies every route that is not public to a caller without a token', async () => {
    const closed = Object.values(authApi).filter(({ permission }) => permission !== 'public');
    for (const route of closed) expect((await ask(handler, routeKey(route))).status).toBe(401);
    expect(closed.length).toBeGreaterThan(10);
  });

  it('writes neither names nor passwords nor tokens into the log', async () => {
    await world.addAccount('operator', 'jimin');
    const token = await tokenOf('jimin');
    await login('jimin', 'a wrong password');
    await me(token);
    await ask(handler, LOGIN, { rawBody: `{"name":"jimin","password":"${PASSWORD}"` });
    const log = JSON.stringify(world.lines);
    expect(world.lines.length).toBeGreaterThan(3);
    for (const secret of ['jimin', PASSWORD, 'a wrong password', token]) expect(log).not.toContain(secret);
  });
});
