import { Secret, TOTP } from 'otpauth';
import { beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD } from '../fixtures/identity.ts';
import { type AuthWorld, openAuth } from '../fixtures/signed-in.ts';

const GOOD = 'seven paper boats drift south';
const HOUR = 3_600_000;

let world: AuthWorld;
beforeEach(async () => {
  world = await openAuth();
  await world.addAccount('owner', 'boss');
});
const boss = async () => (await world.program('boss')).token;

describe('accounts', () => {
  it('are made with a one-time password, read, changed, shut and removed', async () => {
    const token = await boss();
    const body = { name: '지민', role: 'operator', organisations: ['retail'], email: 'Jimin@Example.com' };
    const made = await world.call('addUser', { token, body });
    expect(made).toMatchObject({
      status: 201,
      json: { name: '지민', email: 'jimin@example.com', organisations: ['retail'] },
    });
    const password = String(made.json.password);
    expect((await world.login('지민', { password })).json.mustChangePassword).toBe(true);
    const params = { id: String(made.json.id) };
    const changed = await world.call('changeUser', { token, params, body: { role: 'viewer', email: null } });
    expect(changed.json).toMatchObject({ role: 'viewer' });
    expect(changed.json).not.toHaveProperty('email');
    await world.call('changeUser', { token, params, body: { disabled: true } });
    expect((await world.login('지민', { password })).status).toBe(401);
    await world.call('changeUser', { token, params, body: { disabled: false } });
    expect((await world.login('지민', { password })).status).toBe(200);
    expect((await world.call('removeUser', { token, params })).status).toBe(204);
    expect((await world.call('getUser', { token, params })).status).toBe(404);
    expect((await world.login('지민', { password })).status).toBe(401);
  });

  it('do not share a name or a mail address', async () => {
    const token = await boss();
    const add = (body: object) => world.call('addUser', { token, body: { role: 'viewer', ...body } });
    await add({ name: 'a', email: 'a@example.com' });
    expect((await add({ name: 'a' })).json.code).toBe('name_taken');
    expect((await add({ name: 'b', email: 'A@example.com' })).json.code).toBe('name_taken');
    const { json } = await add({ name: 'c' });
    const params = { id: String(json.id) };
    const reply = await world.call('changeUser', { token, params, body: { email: 'a@example.com' } });
    expect(reply.json.code).toBe('name_taken');
  });

  it('are paged by name', async () => {
    const token = await boss();
    for (const name of ['d', 'a', 'c']) await world.addAccount('viewer', name);
    const page = async (query: Record<string, string>) =>
      (await world.call('listUsers', { token, query })).json;
    const first = (await page({ limit: '2' })) as { items: { name: string }[]; nextCursor: string };
    expect(first.items.map(({ name }) => name)).toEqual(['a', 'boss']);
    const second = (await page({ limit: '2', cursor: first.nextCursor })) as typeof first;
    expect(second.items.map(({ name }) => name)).toEqual(['c', 'd']);
  });

  it('of owners and administrators are the owners’ alone', async () => {
    await world.addAccount('admin', 'admin');
    const owner = await world.accounts.byName('boss');
    const { token } = await world.program('admin');
    const add = async (role: string) =>
      (await world.call('addUser', { token, body: { name: role, role } })).status;
    expect([await add('viewer'), await add('operator'), await add('auditor')]).toEqual([201, 201, 201]);
    expect([await add('admin'), await add('owner')]).toEqual([403, 403]);
    const params = { id: owner?.id ?? '' };
    for (const operation of ['removeUser', 'resetPassword', 'endUserSessions', 'resetSecondFactor'] as const)
      expect((await world.call(operation, { token, params })).json.code).toBe('forbidden');
    const viewer = await world.accounts.byName('viewer');
    const raise = await world.call('changeUser', {
      token,
      params: { id: viewer?.id ?? '' },
      body: { role: 'owner' },
    });
    expect(raise.json.code).toBe('forbidden');
  });

  it('always leave one owner', async () => {
    const token = await boss();
    const params = { id: (await world.accounts.byName('boss'))?.id ?? '' };
    expect((await world.call('removeUser', { token, params })).json.code).toBe('still_in_use');
    for (const body of [{ role: 'viewer' }, { disabled: true }])
      expect((await world.call('changeUser', { token, params, body })).json.code).toBe('still_in_use');
    await world.addAccount('owner', 'second');
    expect((await world.call('changeUser', { token, params, body: { role: 'viewer' } })).status).toBe(200);
  });

  it('get a new one-time password from above, and all their sessions end', async () => {
    await world.addAccount('viewer', 'jimin');
    const theirs = await world.program('jimin');
    const params = { id: (await world.accounts.byName('jimin'))?.id ?? '' };
    const { json } = await world.call('resetPassword', { token: await boss(), params });
    expect((await world.call('me', { token: theirs.token })).status).toBe(401);
    expect((await world.login('jimin')).status).toBe(401);
    expect((await world.login('jimin', { password: json.password })).json.mustChangePassword).toBe(true);
  });

  it('may be bound to addresses, at sign-in and later', async () => {
    await world.addAccount('owner', 'bound', { addressRanges: ['192.0.2.0/24'] });
    expect((await world.login('bound', {}, { from: '203.0.113.1' })).json.code).toBe('wrong_credentials');
    const { token } = await world.program('bound', { from: '192.0.2.5' });
    expect((await world.call('listUsers', { token, from: '192.0.2.5' })).status).toBe(200);
    const later = await world.accounts.byName('bound');
    await world.accounts.change(later?.id ?? '', { addressRanges: ['198.51.100.0/24'] });
    expect((await world.call('listUsers', { token, from: '192.0.2.5' })).json.code).toBe('forbidden');
  });

  it.each([
    [{ name: '', role: 'viewer' }, 'name'],
    [{ name: 'x', role: 'master' }, 'role'],
    [{ name: 'x', role: 'viewer', addressRanges: ['1.2.3.4/99'] }, 'addressRanges.0'],
    [{ name: 'x', role: 'viewer', email: 'no address' }, 'email'],
    [{ name: 'x', role: 'viewer', passwordHash: 'x' }, 'passwordHash'],
  ])('are not made of %j', async (body, field) => {
    const reply = await world.call('addUser', { token: await boss(), body });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field }] } });
  });
});

describe('an invitation', () => {
  const invite = async (body: object = {}) =>
    (await world.call('invite', { token: await boss(), body: { name: 'jimin', role: 'viewer', ...body } }))
      .json;
  const accept = (secret: unknown, password = GOOD) =>
    world.call('acceptInvitation', { body: { secret, password } });

  it('lets somebody choose a password once', async () => {
    const { secret, link } = await invite({ role: 'operator', organisations: ['retail'] });
    expect(link).toBe(`https://tank.example.com/invitation#${secret}`);
    expect((await accept(secret, 'short')).json.errors).toMatchObject([{ field: 'password' }]);
    expect(await accept(secret)).toMatchObject({ status: 201, json: { name: 'jimin' } });
    expect((await accept(secret)).status).toBe(404);
    const { token } = { token: String((await world.login('jimin', { password: GOOD })).json.accessToken) };
    expect((await world.call('me', { token })).json).toMatchObject({
      role: 'operator',
      organisations: ['retail'],
    });
  });

  it('is taken up by one of two at once', async () => {
    const { secret } = await invite();
    const replies = await Promise.all([accept(secret), accept(secret, 'eleven quiet owls watch it')]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('ends after 72 hours, or when it is taken back', async () => {
    const late = await invite();
    world.pass(72 * HOUR);
    expect((await accept(late.secret)).status).toBe(404);
    const { secret, id } = await invite({ name: 'sora' });
    const token = await boss();
    expect((await world.call('listInvitations', { token })).json.items).toMatchObject([{ name: 'sora' }]);
    expect((await world.call('revokeInvitation', { token, params: { id: String(id) } })).status).toBe(204);
    expect((await accept(secret)).status).toBe(404);
    expect((await world.call('listInvitations', { token })).json.items).toEqual([]);
  });

  it('lies in the store as a hash only', async () => {
    const { secret } = await invite();
    expect(JSON.stringify(await world.database.all('SELECT * FROM invitation'))).not.toContain(secret);
  });
});

describe('a second factor', () => {
  const enrol = async (name: string) => {
    const { token } = await world.program(name);
    const begun = await world.call('enrolSecondFactor', { token, body: { password: PASSWORD } });
    const secret = Secret.fromBase32(String(begun.json.secret).replaceAll(' ', ''));
    const totp = new TOTP({ secret });
    const code = () => totp.generate({ timestamp: world.runtime.clock.now() });
    const confirmed = await world.call('confirmSecondFactor', { token, body: { code: code() } });
    world.pass(30_000);
    return { token, code, begun, confirmed, codes: confirmed.json.recoveryCodes as string[] };
  };

  beforeEach(async () => {
    await world.addAccount('operator', 'jimin');
  });

  it('is set up with the password and a first code, and then needed to sign in', async () => {
    const { code, begun, confirmed } = await enrol('jimin');
    expect(begun.json.uri).toMatch(/^otpauth:\/\/totp\/Tank:jimin\?issuer=Tank&secret=\w+/);
    expect(confirmed.json.recoveryCodes).toHaveLength(10);
    expect((await world.login('jimin')).json.code).toBe('second_factor_required');
    expect((await world.login('jimin', { code: '000000' })).json.code).toBe('wrong_credentials');
    expect((await world.login('jimin', { password: 'wrong', code: code() })).json.code).toBe(
      'wrong_credentials',
    );
    expect((await world.login('jimin', { code: code() })).status).toBe(200);
  });

  it('takes each code once, also when it comes twice at once', async () => {
    const { code } = await enrol('jimin');
    const same = code();
    const replies = await Promise.all([
      world.login('jimin', { code: same }),
      world.login('jimin', { code: same }),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await world.login('jimin', { code: same })).status).toBe(401);
  });

  it('forgives a telephone half a minute, and no more', async () => {
    const { code } = await enrol('jimin');
    const early = code();
    world.pass(30_000);
    expect((await world.login('jimin', { code: early })).status).toBe(200);
    const old = code();
    world.pass(61_000);
    expect((await world.login('jimin', { code: old })).status).toBe(401);
  });

  it('locks the account like a wrong password when its code is guessed', async () => {
    const { code } = await enrol('jimin');
    for (let guess = 0; guess < 5; guess += 1) await world.login('jimin', { code: String(100_000 + guess) });
    expect((await world.login('jimin', { code: code() })).status).toBe(401);
  });

  it('has recovery codes, each good for one sign-in', async () => {
    const { codes } = await enrol('jimin');
    const [first = '', second = ''] = codes;
    expect((await world.login('jimin', { code: first })).status).toBe(200);
    expect((await world.login('jimin', { code: first })).status).toBe(401);
    expect((await world.login('jimin', { code: second.toUpperCase() })).status).toBe(200);
    expect(JSON.stringify(await world.database.all('SELECT * FROM recovery_code'))).not.toContain(second);
  });

  it('lies encrypted in the store', async () => {
    const { begun } = await enrol('jimin');
    const base32 = String(begun.json.secret).replaceAll(' ', '');
    const [row] = await world.database.all('SELECT secret FROM second_factor');
    const stored = Buffer.from(row?.secret as Uint8Array);
    expect(stored.includes(Buffer.from(Secret.fromBase32(base32).bytes))).toBe(false);
  });

  it('cannot be put under somebody by whoever found his session open', async () => {
    const { token } = await world.program('jimin');
    const begun = await world.call('enrolSecondFactor', { token, body: { password: 'guess' } });
    expect(begun.json.code).toBe('wrong_credentials');
    await enrol('jimin');
    const again = await world.call('enrolSecondFactor', { token, body: { password: PASSWORD } });
    expect(again.json.code).toBe('illegal_move');
  });

  it('is switched off with password and code, or from above when it is lost', async () => {
    const mine = await enrol('jimin');
    const off = (body: object) => world.call('removeSecondFactor', { token: mine.token, body });
    expect((await off({ password: PASSWORD, code: '000000' })).status).toBe(401);
    expect((await off({ password: PASSWORD, code: mine.code() })).status).toBe(204);
    expect((await world.login('jimin')).status).toBe(200);
    await enrol('jimin');
    const params = { id: (await world.accounts.byName('jimin'))?.id ?? '' };
    expect((await world.call('resetSecondFactor', { token: await boss(), params })).status).toBe(204);
    expect((await world.login('jimin')).status).toBe(200);
  });

  it('must be set up by owners before anything else, where it is required', async () => {
    world = await openAuth({ rules: { ownerSecondFactor: true } });
    await world.addAccount('owner', 'boss');
    const signedIn = await world.login('boss');
    expect(signedIn.json.mustEnrolSecondFactor).toBe(true);
    const token = String(signedIn.json.accessToken);
    const users = async (with_: string) => (await world.call('listUsers', { token: with_ })).json.code;
    expect(await users(token)).toBe('second_factor_enrolment_required');
    expect((await world.call('me', { token })).json.mustEnrolSecondFactor).toBe(true);
    const mine = await enrol('boss');
    expect(await users(mine.token)).toBeUndefined();
    const next = await world.login('boss', { code: mine.code() });
    expect(next.json.mustEnrolSecondFactor).toBe(false);
    expect(await users(String(next.json.accessToken))).toBeUndefined();
    await world.addAccount('admin', 'admin');
    expect((await world.call('listUsers', { token: (await world.program('admin')).token })).status).toBe(200);
  });
});

describe('an API token', () => {
  const make = async (body: object = {}, name = 'boss') => {
    const { token } = await world.program(name);
    const reply = await world.call('makeApiToken', {
      token,
      body: { name: 'ci', scopes: ['users:read'], ...body },
    });
    return { ...reply, secret: String(reply.json.token), session: token };
  };

  it('does what its scopes say, within what the role may', async () => {
    const { status, secret } = await make();
    expect(status).toBe(201);
    expect(secret).toMatch(/^tank_[\w-]{43}$/);
    expect((await world.call('listUsers', { token: secret })).status).toBe(200);
    const body = { name: 'x', role: 'viewer' };
    expect((await world.call('addUser', { token: secret, body })).json.code).toBe('forbidden');
    await world.addAccount('viewer', 'jimin');
    const weak = await make({ scopes: ['*:*'] }, 'jimin');
    expect((await world.call('listUsers', { token: weak.secret })).json.code).toBe('forbidden');
    expect((await world.call('me', { token: secret })).json.permissions).toEqual(['users:read']);
  });

  it('ends when it expires, when it is revoked, and with its account', async () => {
    const short = await make({ days: 1 });
    world.pass(24 * HOUR);
    expect((await world.call('me', { token: short.secret })).status).toBe(401);
    const { secret, session, json } = await make();
    expect(
      (await world.call('revokeApiToken', { token: session, params: { id: String(json.id) } })).status,
    ).toBe(204);
    expect((await world.call('me', { token: secret })).status).toBe(401);
    await world.addAccount('viewer', 'jimin');
    const theirs = await make({}, 'jimin');
    const { id = '' } = (await world.accounts.byName('jimin')) ?? {};
    await world.accounts.change(id, { disabledAt: 1 });
    expect((await world.call('me', { token: theirs.secret })).status).toBe(401);
  });

  it('may be bound to addresses', async () => {
    const { secret } = await make({ addressRanges: ['192.0.2.0/24'] });
    expect((await world.call('me', { token: secret, from: '192.0.2.9' })).status).toBe(200);
    expect((await world.call('me', { token: secret, from: '203.0.113.9' })).status).toBe(403);
    expect((await make({ addressRanges: ['nonsense'] })).json.errors).toMatchObject([
      { field: 'addressRanges.0' },
    ]);
  });

  it('shows when it was used last, and never itself again', async () => {
    const { secret, session } = await make();
    await world.call('me', { token: secret });
    const list = await world.call('listApiTokens', { token: session });
    expect(list.json.items).toMatchObject([{ name: 'ci', seenAt: '2026-03-05T00:00:00.000Z' }]);
    expect(JSON.stringify(list.json)).not.toContain(secret);
    expect(JSON.stringify(await world.database.all('SELECT * FROM api_token'))).not.toContain(secret);
  });

  it('cannot make another', async () => {
    const { secret } = await make({ scopes: ['*:*'] });
    const body = { name: 'more', scopes: ['*:*'] };
    expect((await world.call('makeApiToken', { token: secret, body })).json.code).toBe('forbidden');
  });
});
