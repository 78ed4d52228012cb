import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AccessRules } from '../../shared/domain/access-rules.ts';
import { parseRange } from '../../shared/domain/address-range.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { httpChain } from '../../shared/middleware/http-chain.ts';
import type { Counters } from '../../shared/ports/counters.ts';
import { route } from '../../shared/wire/api.ts';
import { ask, identityPorts } from '../fixtures/identity.ts';
import { accessRules } from '../fixtures/identity-over.ts';

const reply = z.strictObject({});
const api = {
  open: route('GET', '/open', 'Open to all', { permission: 'public', reply }),
  login: route('POST', '/login', 'Sign in', { permission: 'public', limit: 'login', reply }),
  mine: route('GET', '/mine', 'Of one’s own', { permission: 'token', reply }),
  start: route('POST', '/start', 'Start', { permission: 'token', limit: 'run-start', reply }),
  events: route('POST', '/events', 'Events', { permission: 'public', limit: 'events', reply }),
};

const limited = async (
  limits: Partial<AccessRules['limits']>,
  changes: Partial<AccessRules> = {},
  counters?: Partial<Counters>,
) => {
  const rules = accessRules();
  const world = await identityPorts({ rules: { ...changes, limits: { ...rules.limits, ...limits } } });
  const ports = counters
    ? { ...world.ports, counters: async () => ({ ...world.counters, ...counters }) }
    : world.ports;
  const nothing = async () => ({});
  const handler = httpChain(
    api,
    { open: nothing, login: nothing, mine: nothing, start: nothing, events: nothing },
    ports,
  );
  const statuses = async (key: string, requests: readonly Parameters<typeof ask>[2][]) => {
    const replies = [];
    for (const request of requests) replies.push((await ask(handler, key, request)).status);
    return replies;
  };
  const tokenOf = async (name: string) => {
    const { id } = await world.addAccount('viewer', name);
    return (await world.tokens.issue({ subject: id, epoch: 1 })).token;
  };
  return { ...world, handler, statuses, tokenOf };
};

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('rate limits', () => {
  it('count each address by itself', async () => {
    const { statuses } = await limited({ address: 2 });
    const [a, b] = [{ from: '192.0.2.1' }, { from: '192.0.2.2' }];
    expect(await statuses('GET /open', [a, a, a, b, a])).toEqual([200, 200, 429, 200, 429]);
  });

  it('take all addresses of an IPv6 /64 for one, because one caller holds it whole', async () => {
    const { statuses } = await limited({ address: 2 });
    const from = (host: string) => ({ from: `2001:db8:0:1:${host}` });
    expect(await statuses('GET /open', ['1::1', '2::2', '3::3'].map(from))).toEqual([200, 200, 429]);
    expect(await statuses('GET /open', [{ from: '2001:db8:0:2::1' }])).toEqual([200]);
  });

  it('count everybody together', async () => {
    const { statuses } = await limited({ global: 3 });
    const requests = [1, 2, 3, 4].map((host) => ({ from: `192.0.2.${host}` }));
    expect(await statuses('GET /open', requests)).toEqual([200, 200, 200, 429]);
  });

  it('count an account wherever it calls from', async () => {
    const { statuses, tokenOf } = await limited({ user: 2 });
    const [jimin, sora] = [await tokenOf('jimin'), await tokenOf('sora')];
    const from = (token: string, host: number) => ({ token, from: `192.0.2.${host}` });
    expect(
      await statuses('GET /mine', [from(jimin, 1), from(jimin, 2), from(jimin, 3), from(sora, 3)]),
    ).toEqual([200, 200, 429, 200]);
  });

  it('count wrong tokens for their address', async () => {
    const { statuses } = await limited({ address: 2 });
    expect(await statuses('GET /mine', times(3, { token: 'a.b.c' }))).toEqual([401, 401, 429]);
  });

  it('hold sign-in and the start of runs in classes of their own', async () => {
    const { statuses, tokenOf } = await limited({ login: 1, 'run-start': 1 });
    const token = await tokenOf('jimin');
    expect(await statuses('POST /login', times(2, {}))).toEqual([200, 429]);
    expect(await statuses('POST /start', times(2, { token }))).toEqual([200, 429]);
    expect(await statuses('GET /open', [{}])).toEqual([200]);
  });

  it('do not count events with the people at the same address', async () => {
    const { statuses } = await limited({ address: 1, global: 1, events: 3 });
    expect(await statuses('POST /events', times(4, {}))).toEqual([200, 200, 200, 429]);
    expect(await statuses('GET /open', [{}])).toEqual([200]);
  });

  it('are wider where many sit behind one address, in every class by the same factor', async () => {
    const range = parseRange('198.51.100.0/24');
    const wide = { ranges: range ? [range] : [], limit: 4 };
    const { statuses } = await limited({ address: 2, login: 1 }, { wide });
    const [company, other] = [{ from: '198.51.100.7' }, { from: '192.0.2.1' }];
    expect(await statuses('GET /open', times(5, company))).toEqual([200, 200, 200, 200, 429]);
    expect(await statuses('POST /login', times(2, other))).toEqual([200, 429]);
  });

  it('let nobody make up an address, unless a proxy that is trusted says so', async () => {
    const forged = [1, 2, 3].map((host) => ({
      from: '203.0.113.9',
      headers: { 'x-forwarded-for': `192.0.2.${host}`, 'cf-connecting-ip': `192.0.2.${host}` },
    }));
    expect(await (await limited({ address: 2 })).statuses('GET /open', forged)).toEqual([200, 200, 429]);
    const range = parseRange('203.0.113.9');
    const proxies = { ranges: range ? [range] : [], cloudflare: false };
    expect(await (await limited({ address: 2 }, { proxies })).statuses('GET /open', forged)).toEqual(
      times(3, 200),
    );
  });

  it("do not hold for the machine's own administrator", async () => {
    const { handler, tokens } = await limited({ address: 1, global: 1, user: 1 });
    const { token } = await tokens.issue({ subject: 'os:tankmail', epoch: 0 });
    for (let call = 0; call < 3; call += 1)
      expect((await ask(handler, 'GET /mine', { token })).status).toBe(200);
  });

  it('tell on every reply what is left, and when to come again', async () => {
    const { handler, pass } = await limited({ address: 2 });
    pass(10_000);
    const first = await ask(handler, 'GET /open');
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '50',
      'ratelimit-policy': '2;w=60',
    });
    await ask(handler, 'GET /open');
    const refused = await ask(handler, 'GET /open');
    expect(refused).toMatchObject({ status: 429, json: { code: 'too_many_requests' } });
    expect(refused.headers).toMatchObject({ 'retry-after': '80', 'ratelimit-remaining': '0' });
    expect((await ask(handler, 'POST /login')).headers['retry-after']).toBe('80');
    pass(80_000);
    expect((await ask(handler, 'GET /open')).status).toBe(200);
  });

  it('refuse without asking the store whom they know to be over the limit', async () => {
    let asked = 0;
    const world = await limited({ address: 1 });
    const counting: Partial<Counters> = {
      add: (additions) => {
        asked += 1;
        return world.counters.add(additions);
      },
    };
    const { statuses } = await limited({ address: 1 }, {}, counting);
    expect(await statuses('GET /open', times(50, {}))).toEqual([200, ...times(49, 429)]);
    expect(asked).toBe(2);
  });

  it('keep sign-in shut when they cannot be asked, let all else pass, and somebody hears of it', async () => {
    const broken: Partial<Counters> = {
      add: async () => {
        throw new TankError('store_unavailable', { reason: 'gone' });
      },
    };
    const { statuses, raised, lines } = await limited({}, {}, broken);
    expect(await statuses('POST /login', [{}])).toEqual([503]);
    expect(raised).toEqual([]);
    expect(await statuses('GET /open', [{}])).toEqual([200]);
    expect(raised).toEqual([{ kind: 'rate_limit_unavailable', about: 'counters' }]);
    expect(lines.map(({ event }) => event)).toContain('rate_limit_unavailable');
  });
});
