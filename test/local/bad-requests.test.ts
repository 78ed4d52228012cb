import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { signIn } from '../support/sign-in.ts';
import { newMachine, type Started, scrapMachines, startTank } from '../support/tank.ts';

let daemon: Started;
let token: string;
beforeAll(async () => {
  await ensureBuilt();
  // Every one of these requests would count against the five sign-ins a minute.
  const machine = await newMachine({ TANK_LIMIT_LOGIN: '1000', TANK_LIMIT_ADDRESS: '10000' });
  daemon = await startTank(machine, ['serve']);
  token = await signIn(machine, daemon.url);
}, 90_000);
afterAll(scrapMachines);

interface Bad {
  readonly what: string;
  readonly path: string;
  readonly request: RequestInit;
  readonly status: number;
  readonly code: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly { readonly field: string }[];
}

const JSON_TYPE = { 'content-type': 'application/json' };
const login = (body: string, headers: Record<string, string> = JSON_TYPE): RequestInit => ({
  method: 'POST',
  headers,
  body,
});
/** `TOKEN` is replaced by a real one. */
const SIGNED_IN = { authorization: 'TOKEN' };
const LOGIN = '/api/v1/auth/login';
const CREDENTIALS = { name: 'admin', password: 'wrong' };

const BAD: readonly Bad[] = [
  {
    what: 'malformed JSON',
    path: LOGIN,
    request: login('{"name": "admin"'),
    status: 400,
    code: 'malformed_json',
  },
  {
    what: 'a body of text',
    path: LOGIN,
    request: login('name=admin', { 'content-type': 'text/plain' }),
    status: 415,
    code: 'wrong_content_type',
  },
  {
    what: 'a form',
    path: LOGIN,
    request: { method: 'POST', body: new URLSearchParams(CREDENTIALS) },
    status: 415,
    code: 'wrong_content_type',
  },
  {
    what: 'a body over the limit of its route',
    path: LOGIN,
    request: login(JSON.stringify({ ...CREDENTIALS, password: 'x'.repeat(16_384) })),
    status: 413,
    code: 'body_too_large',
  },
  {
    what: 'a body over the limit of another route',
    path: '/api/v1/definitions',
    request: {
      method: 'POST',
      headers: { ...JSON_TYPE, ...SIGNED_IN },
      body: JSON.stringify({ documents: [{ source: 'x'.repeat(10_485_760) }] }),
    },
    status: 413,
    code: 'body_too_large',
  },
  {
    what: 'an unknown field',
    path: LOGIN,
    request: login(JSON.stringify({ ...CREDENTIALS, pasword: 'x' })),
    status: 400,
    code: 'invalid_request',
    errors: [{ field: 'pasword' }],
  },
  {
    what: 'a missing field',
    path: LOGIN,
    request: login('{"name":"admin"}'),
    status: 400,
    code: 'invalid_request',
    errors: [{ field: 'password' }],
  },
  {
    what: 'an array instead of an object',
    path: LOGIN,
    request: login('[]'),
    status: 400,
    code: 'invalid_request',
  },
  {
    what: 'no body at all',
    path: LOGIN,
    request: { method: 'POST', headers: JSON_TYPE },
    status: 400,
    code: 'malformed_json',
  },
  {
    what: 'an unknown query parameter',
    path: '/api/v1/runs?limt=3',
    request: { headers: SIGNED_IN },
    status: 400,
    code: 'invalid_request',
    errors: [{ field: 'query.limt' }],
  },
  {
    what: 'a query parameter out of range',
    path: '/api/v1/runs?limit=0',
    request: { headers: SIGNED_IN },
    status: 400,
    code: 'invalid_request',
    errors: [{ field: 'query.limit' }],
  },
  { what: 'an unknown route', path: '/api/v1/nothing', request: {}, status: 404, code: 'unknown_route' },
  {
    what: 'an unknown route with a token',
    path: '/api/v1/nothing',
    request: { headers: SIGNED_IN },
    status: 404,
    code: 'unknown_route',
  },
  {
    what: 'an unknown thing on a known route',
    path: '/api/v1/runs/nobody',
    request: { headers: SIGNED_IN },
    status: 404,
    code: 'not_found',
  },
  {
    what: 'a wrong method',
    path: LOGIN,
    request: { method: 'DELETE' },
    status: 405,
    code: 'wrong_method',
    headers: { allow: 'OPTIONS, POST' },
  },
  {
    what: 'broken percent-encoding',
    path: '/api/v1/runs/%E0%A4',
    request: { headers: SIGNED_IN },
    status: 400,
    code: 'malformed_path',
  },
  {
    what: 'no token',
    path: '/api/v1/runs',
    request: {},
    status: 401,
    code: 'unauthenticated',
    headers: { 'www-authenticate': 'Bearer realm="tank"' },
  },
  {
    what: 'a garbage token',
    path: '/api/v1/runs',
    request: { headers: { authorization: 'Bearer a.b.c' } },
    status: 401,
    code: 'unauthenticated',
  },
  {
    what: 'a token with another signature',
    path: '/api/v1/runs',
    request: { headers: { authorization: 'TOKEN-altered' } },
    status: 401,
    code: 'unauthenticated',
  },
  {
    what: 'a password instead of a token',
    path: '/api/v1/runs',
    request: { headers: { authorization: 'Basic YWRtaW46YWRtaW4=' } },
    status: 401,
    code: 'unauthenticated',
  },
  {
    what: 'wrong credentials',
    path: LOGIN,
    request: login(JSON.stringify(CREDENTIALS)),
    status: 401,
    code: 'wrong_credentials',
  },
];

const withToken = (headers: RequestInit['headers'], language: string): Headers => {
  const all = new Headers(headers);
  const given = all.get('authorization');
  if (given === 'TOKEN') all.set('authorization', `Bearer ${token}`);
  if (given === 'TOKEN-altered') all.set('authorization', `Bearer ${alter(token)}`);
  all.set('accept-language', language);
  return all;
};

/** The same claims under a signature that nobody made. */
const alter = (jwt: string): string => {
  const [head, claims, signature = ''] = jwt.split('.');
  return [head, claims, [...signature].reverse().join('')].join('.');
};

const STACK = /\bat \w+ \(|\.[mc]?[jt]s\b|node_modules|node:|SyntaxError|ZodError/;
const HANGUL = /[가-힣]/;

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;
}

describe.each(['ko', 'en'] as const)('the built daemon answers in %s', (language) => {
  it.each(BAD)('$what with $status $code', async ({ path, request, status, code, headers = {}, errors }) => {
    const response = await fetch(`${daemon.url}${path}`, {
      ...request,
      headers: withToken(request.headers, language),
    });
    const text = await response.text();
    const problem: Problem = JSON.parse(text);
    expect(problem).toMatchObject({
      type: `urn:tank:error:${code}`,
      status,
      code,
      ...(errors && { errors }),
    });
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/problem+json',
      'content-language': language,
      'x-request-id': problem.requestId,
      ...headers,
    });
    for (const words of [problem.title, problem.detail]) expect(HANGUL.test(words)).toBe(language === 'ko');
    expect(text).not.toMatch(STACK);
  });
});

/** What comes back on a bare connection, until the other side ends it. */
const exchange = async (lines: readonly string[], drip?: string): Promise<string> => {
  const socket = connect(Number(new URL(daemon.url).port), '127.0.0.1');
  await once(socket, 'connect');
  let received = '';
  socket.setEncoding('utf8').on('data', (text) => {
    received += text;
  });
  socket.write(lines.join('\r\n'));
  const dripping = drip && setInterval(() => socket.writable && socket.write(drip), 500);
  socket.on('error', () => {});
  await once(socket, 'close');
  if (dripping) clearInterval(dripping);
  return received;
};

describe('the built daemon', () => {
  it.concurrent('ends a body that comes in drips, with a problem in the language of its headers', async () => {
    const answer = await exchange(
      [
        `POST ${LOGIN} HTTP/1.1`,
        'host: x',
        'content-type: application/json',
        'accept-language: ko',
        'content-length: 1000',
        '',
        '{',
      ],
      ' ',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
    expect(answer).toMatch(HANGUL);
  }, 60_000);

  it.concurrent('ends headers that never end', async () => {
    const answer = await exchange(['GET /health HTTP/1.1', 'host: x', 'x-slow: '], 'x');
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*"code":"request_timeout"/s);
  }, 60_000);

  it.each([
    ['what is no HTTP', ['SSH-2.0-OpenSSH_9.2', '', ''], 400],
    ['headers over their limit', ['GET /health HTTP/1.1', `x: ${'x'.repeat(20_000)}`, '', ''], 431],
    [
      'a body of two lengths',
      ['POST /x HTTP/1.1', 'host: x', 'content-length: 1', 'content-length: 2', '', 'xx'],
      400,
    ],
  ])('refuses %s', async (_, lines, status) => {
    const answer = await exchange(lines);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*"code":"invalid_request"`, 's'));
    expect(answer).not.toMatch(STACK);
  });

  it('still works after all of this', async () => {
    expect((await fetch(`${daemon.url}/ready`)).status).toBe(200);
    expect(
      (await fetch(`${daemon.url}/api/v1/runs`, { headers: { authorization: `Bearer ${token}` } })).status,
    ).toBe(200);
    expect(daemon.said()).not.toMatch(STACK);
  });
});
