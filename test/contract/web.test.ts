import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createWeb, type ResolvedAddress } from '../../shared/adapters/web/web.ts';
import { selfSigned } from './self-signed.ts';

const HERE: ResolvedAddress = { address: '127.0.0.1', family: 4 };
const LIMITS = { timeoutMs: 2_000, maxBytes: 1_000 };

describe('an exchange over the web', () => {
  const { cert, key } = selfSigned('lists.example.com');
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  const serve = async (handle: RequestListener, secure = true): Promise<number> => {
    const server = secure ? createHttps({ cert, key }, handle) : createHttp(handle);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  };
  const publicWeb = (resolve: (host: string) => Promise<readonly ResolvedAddress[]>, allowed = true) =>
    createWeb({ reach: 'public', resolve, ca: cert, ...(allowed ? { isAllowed: () => true } : {}) });

  it('goes to the address that was checked, under the name that was asked for', async () => {
    const port = await serve((request, reply) =>
      reply.setHeader('X-Seen', request.headers.host ?? '').end('list'),
    );
    const asked: string[] = [];
    const web = publicWeb(async (host) => {
      asked.push(host);
      return [HERE];
    });
    const reply = await web.exchange({ url: `https://lists.example.com:${port}/a?b`, ...LIMITS });
    expect([reply.status, Buffer.from(reply.body).toString()]).toEqual([200, 'list']);
    expect(reply.headers['x-seen']).toBe(`lists.example.com:${port}`);
    expect(asked).toEqual(['lists.example.com']);
  });

  it('asks for an address once: what the name says a moment later changes nothing', async () => {
    const port = await serve((_, reply) => reply.end('good'));
    let asked = 0;
    const web = publicWeb(async () => {
      asked += 1;
      return [asked === 1 ? HERE : { address: '10.0.0.1', family: 4 }];
    });
    const reply = await web.exchange({ url: `https://lists.example.com:${port}/`, ...LIMITS });
    expect([Buffer.from(reply.body).toString(), asked]).toEqual(['good', 1]);
  });

  it.each([
    ['a private address', [{ address: '10.0.0.1', family: 4 }]],
    ['a private address among public ones', [{ address: '8.8.8.8', family: 4 }, HERE]],
    ['a mapped address', [{ address: '::ffff:127.0.0.1', family: 6 }]],
    ['no address', []],
  ])('is refused to a name that stands for %s', async (_, addresses) => {
    let reached = 0;
    const port = await serve((_request, reply) => {
      reached += 1;
      reply.end();
    });
    const web = publicWeb(async () => addresses, false);
    const exchange = web.exchange({ url: `https://lists.example.com:${port}/`, ...LIMITS });
    await expect(exchange).rejects.toMatchObject({ code: 'web_failed' });
    expect(reached).toBe(0);
  });

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://017700000001/',
    'https://169.254.169.254/latest/meta-data/',
    'http://lists.example.com/',
    'ftp://lists.example.com/',
    'file:///etc/passwd',
    'https://user:word@lists.example.com/',
    'lists.example.com',
  ])('is refused to %s', async (url) => {
    const web = publicWeb(async () => [{ address: '8.8.8.8', family: 4 }], false);
    await expect(web.exchange({ url, ...LIMITS })).rejects.toMatchObject({ code: 'web_failed' });
  });

  it('follows no redirect by itself', async () => {
    const port = await serve((_, reply) => reply.writeHead(302, { location: 'https://127.0.0.1/' }).end());
    const reply = await publicWeb(async () => [HERE]).exchange({
      url: `https://lists.example.com:${port}/`,
      ...LIMITS,
    });
    expect([reply.status, reply.headers.location]).toEqual([302, 'https://127.0.0.1/']);
  });

  it('believes no certificate of another name', async () => {
    const port = await serve((_, reply) => reply.end());
    const exchange = publicWeb(async () => [HERE]).exchange({
      url: `https://other.example.com:${port}/`,
      ...LIMITS,
    });
    await expect(exchange).rejects.toMatchObject({ facts: { reason: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
  });

  it('reads no more than it may, however much comes', async () => {
    const port = await serve((_, reply) => {
      reply.write('x'.repeat(5_000));
    });
    const exchange = publicWeb(async () => [HERE]).exchange({
      url: `https://lists.example.com:${port}/`,
      ...LIMITS,
    });
    await expect(exchange).rejects.toMatchObject({ facts: { reason: 'it is larger than 1000 bytes' } });
  });

  it.each([
    ['says nothing', () => {}],
    ['drips', (reply: { write(text: string): boolean }) => setInterval(() => reply.write('x'), 20).unref()],
  ])('ends in time although the other side %s', async (_, behave) => {
    const port = await serve((_request, reply) => void behave(reply));
    const web = publicWeb(async () => [HERE]);
    const started = performance.now();
    const exchange = web.exchange({
      url: `https://lists.example.com:${port}/`,
      timeoutMs: 150,
      maxBytes: 1_000,
    });
    await expect(exchange).rejects.toMatchObject({ facts: { reason: 'it took too long' } });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('posts a body, over plain HTTP as well where the settings name the place', async () => {
    const port = await serve((request, reply) => request.pipe(reply), false);
    const reply = await createWeb({ reach: 'anywhere' }).exchange({
      url: `http://127.0.0.1:${port}/hook`,
      method: 'POST',
      body: '안녕',
      ...LIMITS,
    });
    expect(Buffer.from(reply.body).toString()).toBe('안녕');
  });
});
