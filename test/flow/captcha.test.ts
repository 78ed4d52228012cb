import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCaptcha } from '../../shared/adapters/identity/captcha.ts';
import { createWeb } from '../../shared/adapters/web/web.ts';
import { loadSettings } from '../../shared/config/load.ts';
import { openAuth } from '../fixtures/signed-in.ts';

const WRONG = { password: 'not the right one' };

/** A provider: it takes `solved` with our key, and keeps the forms that it was sent. */
const openProvider = async (answer = '{"success":true}') => {
  const forms: Record<string, string>[] = [];
  const server = createServer((request, reply) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      forms.push(form);
      reply.end(form.response === 'solved' && form.secret === 'key-of-ours' ? answer : '{"success":false}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/siteverify`;
  return { url, forms, close: () => server.close() };
};

const openWith = async (url: string) => {
  const lines: string[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (event: string) => void lines.push(event) };
  const captcha = createCaptcha({
    url,
    web: createWeb({ reach: 'anywhere' }),
    secrets: async () => ({ credentials: async () => ({ user: 'site', password: 'key-of-ours' }) }),
    log,
  });
  const world = await openAuth({ captcha });
  await world.addAccount('operator', 'jimin');
  const fail = async (times: number, name = 'jimin', from = '192.0.2.1') => {
    for (let n = 0; n < times; n += 1) await world.login(name, WRONG, { from });
  };
  const right = (captchaAnswer?: string, from = '192.0.2.1') =>
    world.login('jimin', captchaAnswer === undefined ? {} : { captcha: captchaAnswer }, { from });
  return { ...world, lines, fail, right };
};

describe('a puzzle', () => {
  it('is off unless a provider is named', async () => {
    const loaded = loadSettings({});
    expect(loaded.ok && loaded.settings.access.captchaUrl).toBeUndefined();
    const world = await openAuth();
    await world.addAccount('operator', 'jimin');
    for (let n = 0; n < 4; n += 1) await world.login('jimin', WRONG);
    expect((await world.login('jimin')).status).toBe(200);
  });

  it('is set after three failures of a name or an address, and lets in who solves it', async () => {
    const provider = await openProvider();
    const world = await openWith(provider.url);
    await world.fail(2);
    expect((await world.right()).status).toBe(200);
    await world.fail(3);
    expect((await world.right()).json.code).toBe('captcha_required');
    expect((await world.right('guessed')).json.code).toBe('captcha_required');
    expect((await world.right('solved')).status).toBe(200);
    expect(provider.forms.at(-1)).toEqual({
      secret: 'key-of-ours',
      response: 'solved',
      remoteip: '192.0.2.1',
    });
    // The name is watched wherever it is tried, the address whatever name it tries.
    expect((await world.right(undefined, '203.0.113.5')).json.code).toBe('captcha_required');
    expect((await world.login('somebody-else', WRONG)).status).toBe(401);
  });

  it('is set alike for names that nobody has', async () => {
    const world = await openWith((await openProvider()).url);
    await world.fail(3, 'nobody-of-this-name', '192.0.2.8');
    expect((await world.login('nobody-of-this-name', WRONG, { from: '192.0.2.9' })).json.code).toBe(
      'captcha_required',
    );
  });

  it('does not count as a failure while it waits to be solved', async () => {
    const world = await openWith((await openProvider()).url);
    await world.fail(3);
    for (let n = 0; n < 20; n += 1) await world.right();
    expect((await world.right('solved')).status).toBe(200);
  });

  it.each(['no JSON', '{"success":"true"}', 'null', '{}'])(
    'is not solved when the provider says %s',
    async (answer) => {
      const world = await openWith((await openProvider(answer)).url);
      await world.fail(3);
      expect((await world.right('solved')).json.code).toBe('captcha_required');
    },
  );

  it('stays shut when the provider cannot be asked, for those alone who have failed', async () => {
    const provider = await openProvider();
    provider.close();
    const world = await openWith(provider.url);
    expect((await world.right()).status).toBe(200);
    await world.fail(3);
    expect((await world.right('solved')).json.code).toBe('captcha_required');
    expect(world.lines).toContain('captcha_unavailable');
  });
});
