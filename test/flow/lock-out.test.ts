import { beforeEach, describe, expect, it } from 'vitest';
import { createAuthHandler } from '../../functions/auth/handler.ts';
import type { Passwords } from '../../shared/ports/identity.ts';
import { routeKey } from '../../shared/wire/api.ts';
import { authApi } from '../../shared/wire/auth-api.ts';
import { ask } from '../fixtures/identity.ts';
import { type AuthWorld, openAuth } from '../fixtures/signed-in.ts';

const MINUTE = 60_000;
const WRONG = { password: 'not the right one' };

describe('failed sign-ins', () => {
  let world: AuthWorld;
  beforeEach(async () => {
    world = await openAuth();
    await world.addAccount('operator', 'jimin');
  });

  const guess = async (times: number, name = 'jimin', from = '192.0.2.1') => {
    const statuses = [];
    for (let time = 0; time < times; time += 1)
      statuses.push((await world.login(name, WRONG, { from })).status);
    return statuses;
  };
  const right = async (from = '192.0.2.1') => (await world.login('jimin', {}, { from })).status;

  it('lock the account for this address after five in five minutes, for thirty', async () => {
    await guess(4);
    expect(await right()).toBe(200);
    await guess(5);
    expect(await right()).toBe(401);
    world.pass(30 * MINUTE - 1);
    expect(await right()).toBe(401);
    world.pass(2);
    expect(await right()).toBe(200);
  });

  it('answer alike for an unknown name, a wrong password, and a locked account', async () => {
    await guess(5);
    const strip = ({ status, json }: Awaited<ReturnType<AuthWorld['login']>>) => ({ status, json });
    const locked = strip(await world.login('jimin', {}, { from: '192.0.2.1' }));
    const wrong = strip(await world.login('jimin', WRONG, { from: '192.0.2.9' }));
    const unknown = strip(await world.login('nobody', WRONG, { from: '192.0.2.9' }));
    expect(wrong).toEqual(unknown);
    expect(locked).toEqual(unknown);
    expect(locked.status).toBe(401);
  });

  it('lock names that nobody has as well, so that a lock tells nothing', async () => {
    await guess(5, 'nobody');
    expect(await (await world.ports.signInLocks()).list(world.runtime.clock.now())).toHaveLength(1);
  });

  it('do not lock the same account elsewhere', async () => {
    await guess(5);
    expect(await right('192.0.2.2')).toBe(200);
  });

  it('let five guesses be looked at, however many come at once, and send the rest away', async () => {
    let looked = 0;
    const passwords: Passwords = {
      ...world.passwords,
      matches: async () => {
        looked += 1;
        return false;
      },
    };
    const handler = createAuthHandler({ ...world.ports, passwords: async () => passwords });
    const body = { name: 'jimin', ...WRONG };
    const replies = await Promise.all(
      Array.from({ length: 200 }, () => ask(handler, routeKey(authApi.login), { body })),
    );
    expect(looked).toBe(5);
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(195);
    expect((await ask(handler, routeKey(authApi.login), { body })).status).toBe(401);
  });

  it('fade: five spread over ten minutes lock nothing', async () => {
    for (let time = 0; time < 8; time += 1) {
      await guess(1);
      world.pass(2.5 * MINUTE);
    }
    expect(await right()).toBe(200);
  });

  it('are lifted by an administrator', async () => {
    await world.addAccount('admin', 'boss');
    const { token } = await world.program('boss', { from: '192.0.2.7' });
    const jimin = await world.accounts.byName('jimin');
    await guess(5);
    const user = async () =>
      (await world.call('getUser', { token, params: { id: jimin?.id ?? '' }, from: '192.0.2.7' })).json;
    expect(await user()).toMatchObject({ locked: true });
    const unlocked = await world.call('unlockUser', {
      token,
      params: { id: jimin?.id ?? '' },
      from: '192.0.2.7',
    });
    expect(unlocked.status).toBe(204);
    expect(await user()).toMatchObject({ locked: false });
    expect(await right()).toBe(200);
  });

  it('leave browsers alone that the account has signed in with before', async () => {
    const browser = world.browser({ from: '192.0.2.1' });
    await browser.signIn('jimin');
    await guess(5);
    expect(await right()).toBe(401);
    expect((await browser.signIn('jimin')).status).toBe(200);
  });

  it('lock such a browser by itself when the guesses come from it', async () => {
    const browser = world.browser({ from: '192.0.2.1' });
    await browser.signIn('jimin');
    for (let time = 0; time < 5; time += 1) await browser.signIn('jimin', WRONG);
    expect((await browser.signIn('jimin')).status).toBe(401);
    expect(await right()).toBe(200);
  });

  it('slow down an address that tries many names', async () => {
    const waited = async () => {
      const before = world.runtime.clock.now();
      await world.login('somebody', WRONG, { from: '192.0.2.1' });
      return world.runtime.clock.now() - before;
    };
    expect(await waited()).toBe(0);
    for (let name = 0; name < 10; name += 1) await guess(1, `name-${name}`);
    expect(await waited()).toBe(250);
    for (let name = 0; name < 20; name += 1) await guess(1, `other-${name}`);
    expect(await waited()).toBeGreaterThan(3_000);
  });

  it('slow down guesses at one account from many addresses', async () => {
    for (let host = 1; host <= 12; host += 1) await guess(1, 'jimin', `198.51.100.${host}`);
    const before = world.runtime.clock.now();
    expect(await right('192.0.2.77')).toBe(200);
    expect(world.runtime.clock.now() - before).toBe(250);
  });

  it('are recorded and signalled, without the name that was typed', async () => {
    await guess(5, 'my secret password typed into the wrong field');
    const entries = await world.audit.list({ limit: 10 });
    expect(entries.map(({ event }) => event)).toEqual([
      'sign-in.refused',
      'sign-in.locked',
      ...Array.from({ length: 4 }, () => 'sign-in.refused'),
    ]);
    expect(JSON.stringify([entries, world.lines])).not.toContain('secret');
    expect(world.signalled.map(({ kind }) => kind)).toContain('failed_logins');
  });
});
