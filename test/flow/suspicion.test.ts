import { beforeEach, describe, expect, it } from 'vitest';
import { createAuthHandler } from '../../functions/auth/handler.ts';
import { createAlerts } from '../../shared/adapters/alerts/alerts.ts';
import { createSqlAlertMemory } from '../../shared/adapters/sql/alert-memory.ts';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { createSqlSignals } from '../../shared/adapters/sql/identity/signals.ts';
import type { Answer } from '../fixtures/identity.ts';
import { ask, PASSWORD } from '../fixtures/identity.ts';
import { type AuthWorld, CHROME, openAuth } from '../fixtures/signed-in.ts';

const WRONG = { password: 'not the right one' };
const TOO_MANY = 10;

/** The handler with alerts that count and tell, as an installation has them. */
const openWatched = async () => {
  const world = await openAuth();
  const told: string[] = [];
  const alerts = createAlerts({
    channels: [{ name: 'test', tell: async ({ subject }) => void told.push(subject) }],
    memory: async () => createSqlAlertMemory(world.database, sqliteDialect),
    runtime: world.runtime,
  });
  const listeners = { alerts: async () => alerts, audit: world.ports.audit };
  const signals = createSqlSignals(world.database, sqliteDialect, world.runtime, listeners);
  const handler = createAuthHandler({
    ...world.ports,
    alerts: async () => alerts,
    signals: async () => signals,
  });
  const login = (name: string, body: object, from: string) =>
    ask(handler, 'POST /api/v1/auth/login', { body: { name, password: PASSWORD, ...body }, from });
  return { ...world, handler, told, login };
};

const eventsOf = async (world: Pick<AuthWorld, 'audit'>, event: 'suspicious.seen' | 'session.ended') =>
  (await world.audit.list({ limit: 100, event })).map(({ actor, address, facts }) => ({
    actor,
    address,
    facts,
  }));

describe('suspicion', () => {
  it('is told and recorded once when there are many failures, not for each', async () => {
    const world = await openWatched();
    for (let n = 0; n < TOO_MANY - 1; n += 1) await world.login(`person-${n}`, WRONG, '192.0.2.1');
    expect(await eventsOf(world, 'suspicious.seen')).toEqual([]);
    for (let n = 0; n < 5; n += 1) await world.login(`another-${n}`, WRONG, '192.0.2.1');
    expect(await eventsOf(world, 'suspicious.seen')).toEqual([
      { actor: 'nobody', address: '192.0.2.1', facts: { alert: 'failed_logins' } },
    ]);
    expect(world.told).toEqual(['[Tank] warning: failed_logins']);
  });

  it('is shown to administrators: what, how often, from where, and who is locked', async () => {
    const world = await openWatched();
    const { id } = await world.addAccount('operator', 'jimin');
    await world.addAccount('admin', 'chief');
    for (let n = 0; n < 5; n += 1) await world.login('jimin', WRONG, '192.0.2.1');
    for (let n = 0; n < 5; n += 1) await world.login('nobody-of-this-name', WRONG, '192.0.2.2');
    const { json } = await world.login('chief', {}, '198.51.100.1');
    const token = String(json.accessToken);
    await ask(world.handler, 'GET /api/v1/audit', { token, from: '198.51.100.1' });
    const page = await ask(world.handler, 'GET /api/v1/security', { token, from: '198.51.100.1' });
    expect(page.status).toBe(200);
    const { signals, locks } = page.json as unknown as {
      signals: { kind: string; hits: number; addresses: object[] }[];
      locks: object[];
    };
    const of = (kind: string) => signals.find((signal) => signal.kind === kind);
    expect(of('failed_sign_in')).toMatchObject({
      hits: 10,
      addresses: expect.arrayContaining([
        { address: '192.0.2.1', hits: 5 },
        { address: '192.0.2.2', hits: 5 },
      ]),
    });
    expect(of('locked_sign_in')?.hits).toBe(2);
    expect(of('permission_denied')).toMatchObject({ hits: 1, addresses: [{ address: '198.51.100.1' }] });
    // Of a name that nobody has nothing is told.
    expect(locks).toEqual([
      { address: '192.0.2.1', until: expect.any(String), account: id },
      { address: '192.0.2.2', until: expect.any(String) },
    ]);
    expect(JSON.stringify(page.json)).not.toMatch(/jimin|nobody-of-this-name/);
  });

  it('also shows attacks, scans and limits, of the hours that were asked for', async () => {
    const world = await openAuth({ rules: { limits: await tight() } });
    await world.addAccount('admin', 'chief');
    const { token } = await world.program('chief', { from: '198.51.100.1' });
    const page = async (hours: string) => {
      const { json } = await world.call('getSecurity', { token, query: { hours }, from: '198.51.100.1' });
      return (json.signals as { kind: string; hits: number }[]).filter(({ hits }) => hits > 0);
    };
    await ask(world.handler, 'GET /nowhere', { from: '192.0.2.7' });
    await world.call('keys', { query: { q: "1' OR '1'='1" }, from: '192.0.2.7' });
    for (let n = 0; n < 4; n += 1) await world.call('keys', { from: '192.0.2.7' });
    expect((await page('1')).map(({ kind }) => kind).sort()).toEqual([
      'attack_pattern',
      'rate_limit_hit',
      'scan',
    ]);
    world.pass(3 * 3_600_000);
    const { token: later } = await world.program('chief', { from: '198.51.100.1' });
    const { json } = await world.call('getSecurity', {
      token: later,
      query: { hours: '1' },
      from: '198.51.100.1',
    });
    expect((json.signals as { hits: number }[]).every(({ hits }) => hits === 0)).toBe(true);
  });
});

const tight = async () => {
  const { accessRules } = await import('../fixtures/identity-over.ts');
  return { ...accessRules().limits, address: 5 };
};

describe('a session that nobody signed out of', () => {
  let world: AuthWorld;
  beforeEach(async () => {
    world = await openAuth();
    await world.addAccount('operator', 'jimin');
  });

  it('is recorded as ended when it turns up in another browser', async () => {
    const browser = world.browser({ from: '192.0.2.1' });
    await browser.signIn('jimin');
    await browser.send('me', { agent: CHROME.replace('Chrome/143', 'Edg/143'), from: '192.0.2.5' });
    expect(await eventsOf(world, 'session.ended')).toMatchObject([
      { address: '192.0.2.5', facts: { reason: 'risk' } },
    ]);
  });

  it('is recorded as ended when the sixth begins', async () => {
    for (let n = 0; n < 6; n += 1) {
      await world.program('jimin');
      world.pass(1_000);
    }
    expect(await eventsOf(world, 'session.ended')).toMatchObject([{ facts: { reason: 'too_many' } }]);
  });
});

describe('who has found a session', () => {
  let world: AuthWorld;
  let token: string;
  beforeEach(async () => {
    world = await openAuth();
    await world.addAccount('operator', 'jimin');
    token = (await world.program('jimin')).token;
  });

  const guesses: readonly [string, (password: string) => Promise<Answer>][] = [
    ['to confirm it', (password) => world.call('confirm', { token, body: { password } })],
    [
      'to change the password',
      (currentPassword) =>
        world.call('changePassword', {
          token,
          body: { currentPassword, newPassword: 'seven green tugboats at noon' },
        }),
    ],
    [
      'to set up a second factor',
      (password) => world.call('enrolSecondFactor', { token, body: { password } }),
    ],
  ];

  it.each(guesses)(
    'may guess the password five times in five minutes %s, from wherever',
    async (_, guess) => {
      for (let n = 0; n < 5; n += 1) expect((await guess('wrong')).json.code).toBe('wrong_credentials');
      const refused = await guess(PASSWORD);
      expect(refused.json.code).toBe('too_many_requests');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60);
      world.pass(11 * 60_000);
      expect((await guess(PASSWORD)).status).toBeLessThan(300);
    },
  );

  it('starts afresh whenever the right one was given', async () => {
    const [, confirm] = guesses[0] ?? [];
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 4; n += 1) await confirm?.('wrong');
      expect((await confirm?.(PASSWORD))?.status).toBe(204);
    }
  });
});
