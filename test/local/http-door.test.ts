import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpDoorOptions } from '../../local/http-door.ts';
import { dial, eventually, openTestDoor, routeTo } from '../fixtures/doors.ts';

type Event = APIGatewayProxyEventV2;
type Opened = Awaited<ReturnType<typeof openTestDoor>>;

const doors: Opened[] = [];
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close()));
});

const ROUTES = [
  routeTo('GET', '/things'),
  routeTo('POST', '/things', 1_000),
  routeTo('PUT', '/things/{id}', 8 * 1024 * 1024),
  routeTo('GET', '/things/{id}'),
];
const FAST = { headersMs: 200, readMs: 250, writeMs: 400, handlerMs: 500, idleMs: 300, lingerMs: 500 };

const open = async (handle: (event: Event) => unknown, options: Partial<HttpDoorOptions> = {}) => {
  const door = await openTestDoor(ROUTES, handle, options);
  doors.push(door);
  return door;
};

/** Answers with the event that it was given. */
const echo = (event: Event) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(event),
});
const eventOf = async (response: Response): Promise<Event> => (await response.json()) as Event;

describe('the event', () => {
  it('is an HTTP API event, payload 2.0', async () => {
    const { url, port } = await open(echo);
    const event = await eventOf(
      await fetch(`${url}/things/a%20b?x=1&y=%EA%B0%80&x=2&empty=&flag`, {
        headers: { 'X-Some': 'Thing', 'user-agent': 'test' },
      }),
    );
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /things/{id}',
      rawPath: '/things/a%20b',
      rawQueryString: 'x=1&y=%EA%B0%80&x=2&empty=&flag',
      queryStringParameters: { x: '1,2', y: '가', empty: '', flag: '' },
      pathParameters: { id: 'a b' },
      headers: { 'x-some': 'Thing', host: `127.0.0.1:${port}` },
      isBase64Encoded: false,
      requestContext: {
        domainName: '127.0.0.1',
        routeKey: 'GET /things/{id}',
        stage: '$default',
        http: {
          method: 'GET',
          path: '/things/a%20b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
      },
    });
    expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(Math.abs(event.requestContext.timeEpoch - Date.now())).toBeLessThan(5_000);
    expect(event.requestContext.requestId).toMatch(/^id-/);
  });

  it('leaves out what is empty', async () => {
    const { url } = await open(echo);
    const event = await eventOf(await fetch(`${url}/things`));
    expect(event.rawQueryString).toBe('');
    for (const absent of ['cookies', 'queryStringParameters', 'pathParameters', 'body'])
      expect(event).not.toHaveProperty(absent);
  });

  it('joins headers that come twice and takes the cookies out of them', async () => {
    const { port } = await open(echo);
    const caller = await dial(port);
    caller.write(
      'GET /things HTTP/1.1\r\nHost: a\r\nX-Two: 1\r\nx-two: 2\r\nCookie: a=1; b=2\r\ncookie: c=3\r\nAuthorization: one\r\nAuthorization: two\r\nConnection: close\r\n\r\n',
    );
    await caller.ended();
    const event = JSON.parse(caller.received.split('\r\n\r\n')[1] ?? '') as Event;
    expect(event.headers).toMatchObject({ 'x-two': '1,2', authorization: 'one,two' });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.cookies).toEqual(['a=1', 'b=2', 'c=3']);
  });

  it.each([
    ['application/json', '{"a":"가"}', false],
    ['application/json; charset=utf-8', '{"a":1}', false],
    ['text/csv', 'a,b', false],
    ['application/x-www-form-urlencoded', 'a=b', true],
    ['application/octet-stream', 'abc', true],
    ['', 'abc', true],
  ])('carries a body of type "%s" as HTTP APIs do', async (type, body, base64) => {
    const { url } = await open(echo);
    const event = await eventOf(
      await fetch(`${url}/things`, {
        method: 'POST',
        body: Buffer.from(body),
        headers: type ? { 'content-type': type } : {},
      }),
    );
    expect(event.isBase64Encoded).toBe(base64);
    expect(Buffer.from(event.body ?? '', base64 ? 'base64' : 'utf8').toString()).toBe(body);
  });

  it('keeps bytes that are not UTF-8 whole, whatever the type says', async () => {
    const { url } = await open(echo);
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
    const event = await eventOf(
      await fetch(`${url}/things`, {
        method: 'POST',
        body: bytes,
        headers: { 'content-type': 'text/plain' },
      }),
    );
    expect(Buffer.from(event.body ?? '', 'base64').equals(bytes)).toBe(true);
  });

  it('holds a chunked body of megabytes unharmed', async () => {
    const { port } = await open((event) => ({
      statusCode: 200,
      body: event.body ?? '',
      isBase64Encoded: event.isBase64Encoded,
    }));
    const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => at % 251));
    const received = await new Promise<Buffer>((resolve, reject) => {
      const out = httpRequest({ port, method: 'PUT', path: '/things/1' }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
      });
      out.on('error', reject);
      for (let at = 0; at < sent.length; at += 100_000) out.write(sent.subarray(at, at + 100_000));
      out.end();
    });
    expect(received.equals(sent)).toBe(true);
  });
});

describe('the answer', () => {
  it('carries status, headers, cookies and a body', async () => {
    const { url } = await open(() => ({
      statusCode: 201,
      headers: { Location: '/things/7', 'X-N': 7 },
      cookies: ['a=1; HttpOnly', 'b=2'],
      body: '한글',
    }));
    const response = await fetch(`${url}/things`, { method: 'POST' });
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/things/7');
    expect(response.headers.get('x-n')).toBe('7');
    expect(response.headers.getSetCookie()).toEqual(['a=1; HttpOnly', 'b=2']);
    expect(response.headers.get('content-length')).toBe('6');
    expect(response.headers.get('x-request-id')).toMatch(/^id-/);
    expect(await response.text()).toBe('한글');
  });

  it.each([
    [{ greeting: 'hello' }, '{"greeting":"hello"}'],
    [[1, 2], '[1,2]'],
    ['hello', 'hello'],
    [7, '7'],
  ])('is inferred from the bare value %j', async (value, text) => {
    const { url } = await open(() => value);
    const response = await fetch(`${url}/things`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/json',
      text,
    ]);
  });

  it('turns base64 into bytes, also with line breaks in it', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_001 }, (_, at) => at % 256));
    const wrapped = bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
    for (const body of [bytes.toString('base64'), wrapped]) {
      const { url } = await open(() => ({
        statusCode: 200,
        headers: { 'content-type': 'application/pdf' },
        body,
        isBase64Encoded: true,
      }));
      const response = await fetch(`${url}/things`);
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    }
  });

  it('keeps characters whole where it cuts a large text', async () => {
    const body = `x${'😀가'.repeat(60_000)}`;
    const { url } = await open(() => ({ statusCode: 200, body }));
    expect((await (await fetch(`${url}/things`)).text()) === body).toBe(true);
  });

  it('has no body where the status forbids one', async () => {
    const { url } = await open(() => ({ statusCode: 204, body: 'not shown' }));
    const response = await fetch(`${url}/things`);
    expect([response.status, await response.text(), response.headers.get('content-length')]).toEqual([
      204,
      '',
      null,
    ]);
  });

  it('to HEAD is the one to GET without its body', async () => {
    const { port } = await open((event) => ({ statusCode: 200, body: event.requestContext.http.method }));
    const caller = await dial(port);
    caller.write('HEAD /things HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await caller.ended();
    expect(caller.received).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(caller.received).toMatch(/content-length: 3\r\n/i);
    expect(caller.received).toMatch(/\r\n\r\n$/);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('secret detail');
      },
    ],
    ['answers nothing', () => undefined],
    ['answers a status of words', () => ({ statusCode: 'fine' })],
    ['answers status 999', () => ({ statusCode: 999 })],
    ['answers status 101', () => ({ statusCode: 101 })],
    ['answers an object as body', () => ({ statusCode: 200, body: { a: 1 } })],
    ['splits a header', () => ({ statusCode: 200, headers: { a: 'b\r\nset-cookie: x=1' } })],
    ['splits a cookie', () => ({ statusCode: 200, cookies: ['a=1\r\nx: y'] })],
    ['answers a function', () => () => 1],
  ])('is "internal" and nothing more when a handler %s', async (_, handler) => {
    const { url, runtime } = await open(handler);
    const response = await fetch(`${url}/things`, { headers: { 'accept-language': 'en' } });
    const problem = await response.json();
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(problem).toEqual({
      type: 'urn:tank:error:internal',
      title: 'Internal error',
      status: 500,
      code: 'internal',
      detail: 'Something went wrong here; the request id names it in the log.',
      mend: 'Report this with the number of the request or run.',
      requestId: response.headers.get('x-request-id'),
    });
    expect(runtime.lines).toContainEqual(
      expect.objectContaining({ level: 'error', event: 'http_handler_failed' }),
    );
  });

  it('never lets a handler decide about the connection', async () => {
    const { url } = await open(() => ({
      statusCode: 200,
      headers: { 'Content-Length': '1', 'Transfer-Encoding': 'chunked', Connection: 'x' },
      body: 'whole',
    }));
    expect(await (await fetch(`${url}/things`)).text()).toBe('whole');
  });
});

describe('before a handler is known', () => {
  const never = () => expect.unreachable('the handler was called');

  it.each([
    ['GET', '/nothing', 404, 'unknown_route'],
    ['DELETE', '/things', 405, 'wrong_method'],
    ['BREW', '/things', 400, 'invalid_request'],
    ['GET', '/things/%zz', 400, 'malformed_path'],
    ['GET', '/things?a=%E0%A4%A', 400, 'malformed_path'],
    ['GET', '/things?%', 400, 'malformed_path'],
    ['GET', '/things/..', 404, 'unknown_route'],
    ['OPTIONS', '*', 400, 'malformed_path'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const { port } = await open(never);
    const caller = await dial(port);
    caller.write(`${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    await caller.ended();
    expect(caller.received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(caller.received.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, code });
  });

  it('answers in the language of the caller', async () => {
    const { url } = await open(never);
    const speak = async (language: string) => {
      const response = await fetch(`${url}/nothing`, { headers: { 'accept-language': language } });
      return [
        response.headers.get('content-language'),
        ((await response.json()) as { detail: string }).detail,
      ];
    };
    expect(await speak('en-GB')).toEqual(['en', 'There is nothing at this path.']);
    expect(await speak('ko-KR,ko;q=0.9')).toEqual(['ko', '이 경로에는 아무것도 없습니다.']);
  });

  it('names the allowed methods with 405, and with OPTIONS', async () => {
    const { url } = await open(never);
    const refused = await fetch(`${url}/things`, { method: 'DELETE' });
    expect(refused.headers.get('allow')).toBe('GET, HEAD, OPTIONS, POST');
    const options = await fetch(`${url}/things`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
  });

  it('takes the absolute form that proxies are sent', async () => {
    const { port } = await open(echo);
    const caller = await dial(port);
    caller.write(
      'GET http://tank.example.com/things?a=1 HTTP/1.1\r\nHost: tank.example.com\r\nConnection: close\r\n\r\n',
    );
    await caller.ended();
    expect(caller.received).toContain('"rawPath":"/things"');
  });

  it.each([
    ['garbage', 'not http at all\r\n\r\n', 400],
    ['a header without a name', 'GET /things HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n', 400],
    [
      'two lengths',
      'POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
    ],
    [
      'a length and chunks',
      'POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['headers without end', `GET /things HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answers %s and hangs up', async (_, bytes, status) => {
    const { port } = await open(never);
    const caller = await dial(port);
    caller.write(bytes);
    await caller.ended();
    expect(caller.received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(caller.received).toContain('"code":"invalid_request"');
    expect(caller.received.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  });

  it('survives a chunk that is none, in the middle of a body', async () => {
    const { port, url } = await open(echo, { limits: FAST });
    const caller = await dial(port);
    caller.write(
      'POST /things HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZZ\r\n',
    );
    await caller.until(/HTTP\/1.1 400 /);
    await caller.ended();
    expect((await fetch(`${url}/things`)).status).toBe(200);
  });
});

describe('a body over the limit', () => {
  it('is refused by its declared length before it is sent', async () => {
    const { port } = await open(echo);
    const caller = await dial(port);
    caller.write('POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n');
    await caller.until(/HTTP\/1.1 413 .*"code":"body_too_large"/s);
    expect(caller.received).toMatch(/connection: close/i);
  });

  it('is refused by its counted length while it streams', async () => {
    const { port } = await open(echo);
    const caller = await dial(port);
    caller.write('POST /things HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    caller.write(`1f4\r\n${'x'.repeat(500)}\r\n`);
    await sleep(30);
    expect(caller.received).toBe('');
    caller.write(`1f5\r\n${'x'.repeat(501)}\r\n`);
    await caller.until(/HTTP\/1.1 413 /);
  });

  it('is taken when it is exactly the limit', async () => {
    const { url } = await open((event) => ({ statusCode: 200, body: String(event.body?.length) }));
    const response = await fetch(`${url}/things`, { method: 'POST', body: 'x'.repeat(1_000) });
    expect([response.status, await response.text()]).toEqual([200, '1000']);
  });

  it('is answered so that a caller who sends it all first still reads why', async () => {
    const { port } = await open(echo);
    const caller = await dial(port);
    const body = 'x'.repeat(4_000_000);
    caller.socket.pause();
    caller.write(`POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
    await new Promise((resolve) => caller.socket.write(body, resolve));
    await sleep(50);
    caller.socket.resume();
    await caller.ended();
    expect(caller.received).toMatch(/^HTTP\/1.1 413 /);
    expect(caller.received).toContain('body_too_large');
  });

  it('is not asked for when the caller waits for 100 Continue', async () => {
    const { port } = await open(echo);
    const refused = await dial(port);
    refused.write('POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n');
    await refused.until(/413/);
    expect(refused.received).not.toContain('100 Continue');
    const welcome = await dial(port);
    welcome.write('POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    await welcome.until(/HTTP\/1.1 100 Continue\r\n\r\n/);
    welcome.write('ok');
    await welcome.until(/HTTP\/1.1 200 OK/);
  });

  it('and many bodies at once are bounded together', async () => {
    const { url } = await open(async () => sleep(200, { statusCode: 204 }), {
      limits: { maxBodyBytes: 1_500 },
    });
    const send = () => fetch(`${url}/things`, { method: 'POST', body: 'x'.repeat(1_000) });
    const first = send();
    await sleep(50);
    const second = await send();
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await first).status).toBe(204);
    expect((await send()).status).toBe(204);
  });
});

describe('slow callers', () => {
  it('of headers get 408', async () => {
    const { port } = await open(echo, { limits: FAST });
    const caller = await dial(port);
    caller.write('GET /things HTTP/1.1\r\nHost: a\r\n');
    await caller.ended();
    expect(caller.received).toMatch(/^HTTP\/1.1 408 .*request_timeout/s);
  });

  it('of bodies get 408, however steadily they drip', async () => {
    const { port } = await open(echo, { limits: FAST });
    const caller = await dial(port);
    caller.write('POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\nAccept-Language: en\r\n\r\n');
    const drip = setInterval(() => caller.write('x'), 20);
    await caller.ended().finally(() => clearInterval(drip));
    expect(caller.received).toMatch(/^HTTP\/1.1 408 .*The request did not arrive within 0.25 seconds/s);
  });

  it('who say nothing at all, and who stay after an answer, are let go', async () => {
    const { port } = await open(echo, { limits: FAST });
    const silent = await dial(port);
    const idle = await dial(port);
    idle.write('GET /things HTTP/1.1\r\nHost: a\r\n\r\n');
    await idle.until(/200 OK/);
    await Promise.all([silent.ended(), idle.ended()]);
    expect(silent.received).not.toContain('200 OK');
    expect(idle.received.match(/^HTTP\/1.1 /gm)).toHaveLength(1);
  });

  it('who do not read their answer are cut', async () => {
    const { port, inFlight } = await open(() => ({ statusCode: 200, body: 'x'.repeat(30_000_000) }), {
      limits: FAST,
    });
    const caller = await dial(port);
    caller.socket.pause();
    caller.write('GET /things HTTP/1.1\r\nHost: a\r\n\r\n');
    await eventually(() => inFlight.count === 1);
    await eventually(() => inFlight.count === 0);
    caller.socket.resume();
    await caller.ended();
    expect(caller.received.length).toBeLessThan(30_000_000);
  });

  it('are turned away when there are too many connections', async () => {
    const { port } = await open(echo, { limits: { maxConnections: 2 } });
    const first = await dial(port);
    await dial(port);
    const third = await dial(port);
    await third.ended();
    expect(third.received).toBe('');
    first.write('GET /things HTTP/1.1\r\nHost: a\r\n\r\n');
    await first.until(/200 OK/);
  });

  it('are no reason to refuse the others', async () => {
    const { port, url } = await open(echo);
    const slow = await Promise.all(Array.from({ length: 50 }, () => dial(port)));
    for (const caller of slow)
      caller.write('POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx');
    expect((await fetch(`${url}/things`)).status).toBe(200);
  });
});

describe('one connection', () => {
  it('serves pipelined requests one after the other, in their order', async () => {
    let atOnce = 0;
    let most = 0;
    const { port } = await open(async (event) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await sleep(event.pathParameters?.id === '1' ? 60 : 5);
      atOnce -= 1;
      return { statusCode: 200, body: `<${event.pathParameters?.id}>` };
    });
    const caller = await dial(port);
    caller.write(['1', '2', '3'].map((id) => `GET /things/${id} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
    await caller.until(/<1>.*<2>.*<3>/s);
    expect(most).toBe(1);
  });

  it('is cut when it pipelines without end', async () => {
    let calls = 0;
    const { port } = await open(async () => {
      calls += 1;
      return sleep(50, { statusCode: 204 });
    });
    const caller = await dial(port);
    caller.write('GET /things HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200));
    await caller.ended();
    expect(calls).toBeLessThanOrEqual(16);
  });

  it('ends with its good answer when what follows is no request', async () => {
    const { port } = await open(async () => sleep(50, { statusCode: 200, body: '<good>' }));
    const caller = await dial(port);
    caller.write('GET /things HTTP/1.1\r\nHost: a\r\n\r\nrubbish\r\n\r\n');
    await caller.ended();
    expect(caller.received).toMatch(/connection: close.*<good>$/is);
  });

  it('serves nothing that follows a refused body', async () => {
    let calls = 0;
    const { port } = await open(() => {
      calls += 1;
      return { statusCode: 204 };
    });
    const caller = await dial(port);
    caller.write(`POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n`);
    await caller.until(/413/);
    caller.write(`${'x'.repeat(2_000)}GET /things HTTP/1.1\r\nHost: a\r\n\r\n`);
    await caller.ended();
    expect(calls).toBe(0);
  });

  it('that goes away in the middle leaves no trace', async () => {
    const { port, inFlight, runtime } = await open(echo);
    const caller = await dial(port);
    caller.write('POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx');
    await eventually(() => inFlight.count === 1);
    caller.socket.destroy();
    await eventually(() => inFlight.count === 0);
    expect(runtime.lines.filter((line) => line.level === 'error')).toEqual([]);
  });
});

describe('listening ends', () => {
  it('while the answer under way is still given, as the last of its connection', async () => {
    const { door, port, url } = await open(async () => sleep(100, { statusCode: 200, body: 'done' }));
    const caller = await dial(port);
    caller.write('GET /things HTTP/1.1\r\nHost: a\r\n\r\n');
    await sleep(30);
    door.stopListening();
    await expect(fetch(`${url}/things`)).rejects.toThrow();
    await caller.ended();
    expect(caller.received).toMatch(/connection: close.*done$/is);
  });
});

describe('what HTTP allows and this door does not', () => {
  it.each([
    ['a request without a host', 'GET /things HTTP/1.1\r\n\r\n', 400, 'invalid_request'],
    [
      'an expectation that nobody knows',
      'GET /things HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n',
      400,
      'invalid_request',
    ],
    ['a tunnel', 'CONNECT example.com:25 HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'wrong_method'],
  ])('%s is answered with a problem', async (_, request, status, code) => {
    const { port } = await open(echo);
    const caller = await dial(port);
    caller.write(request);
    await caller.until(new RegExp(`^HTTP/1.1 ${status} .*"code":"${code}"`, 's'));
    expect(caller.received).toContain('application/problem+json');
  });
});
