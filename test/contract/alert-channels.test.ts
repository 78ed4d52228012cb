import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { createAlerts } from '../../shared/adapters/alerts/alerts.ts';
import { createMailChannel } from '../../shared/adapters/alerts/mail.ts';
import { createWebhookChannel } from '../../shared/adapters/alerts/webhook.ts';
import { createWeb } from '../../shared/adapters/web/web.ts';
import { loadSettings } from '../../shared/config/load.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { madeUpRuntime } from '../fixtures/made-up-runtime.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const relay = async (mails: string[]): Promise<number> => {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, _, done) => {
      let text = '';
      stream.on('data', (chunk) => {
        text += String(chunk);
      });
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closers.push(() => server.close());
  return (server.server.address() as AddressInfo).port;
};

const hook = async (handle: RequestListener): Promise<string> => {
  const server = createServer(handle);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
};

const MESSAGE = { subject: '[Tank] critical: no_events', text: '한 줄\nA line' };

describe('an alert', () => {
  it('goes by mail over a relay of its own', async () => {
    const mails: string[] = [];
    const url = `smtp://127.0.0.1:${await relay(mails)}`;
    await createMailChannel({ url, from: 'tank@example.com', to: ['a@example.com', 'b@example.com'] }).tell(
      MESSAGE,
    );
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain('Subject: [Tank] critical: no_events');
    expect(mails[0]).toContain('To: a@example.com, b@example.com');
  });

  it('goes to a webhook in the form that chats take', async () => {
    let body = '';
    const url = await hook((request, reply) => {
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => reply.end('ok'));
    });
    await createWebhookChannel(url, createWeb({ reach: 'anywhere' })).tell(MESSAGE);
    expect(JSON.parse(body)).toEqual({ text: '*[Tank] critical: no_events*\n한 줄\nA line' });
  });

  it.each([302, 404, 500])('that the webhook answers with %s was not told', async (status) => {
    const url = await hook((_, reply) => reply.writeHead(status, { location: 'http://127.0.0.1/' }).end());
    const channel = createWebhookChannel(url, createWeb({ reach: 'anywhere' }));
    await expect(channel.tell(MESSAGE)).rejects.toMatchObject({ code: 'web_failed' });
  });

  it('goes every way that is open, whatever is wrong with the others or with the store', async () => {
    const world = madeUpRuntime();
    const told: string[] = [];
    const alerts = createAlerts({
      channels: [
        { name: 'broken', tell: async () => Promise.reject(new Error('no relay')) },
        { name: 'open', tell: async ({ subject }) => void told.push(subject) },
      ],
      memory: async () => Promise.reject(new TankError('store_unavailable', { reason: 'disk full' })),
      runtime: world.runtime,
    });
    await alerts.raise({ kind: 'no_events', about: 'ses', facts: { sent: 3 } });
    await alerts.raise({ kind: 'no_events', about: 'ses', facts: { sent: 4 } });
    expect(told).toHaveLength(1);
    expect(world.lines.some(({ event }) => event === 'alert_not_told')).toBe(true);
    world.pass(3_600_000);
    await alerts.raise({ kind: 'no_events', about: 'ses', facts: { sent: 5 } });
    expect(told).toHaveLength(2);
  });

  it('of many signals is told when there are too many within five minutes, and begins anew after them', async () => {
    const world = madeUpRuntime();
    const told: string[] = [];
    const alerts = createAlerts({
      channels: [{ name: 'open', tell: async ({ text }) => void told.push(text) }],
      memory: async () => Promise.reject(new Error('no store')),
      runtime: world.runtime,
    });
    for (let n = 0; n < 99; n += 1) await alerts.signal('rate_limit_hits', 'api');
    world.pass(5 * 60_000);
    await alerts.signal('rate_limit_hits', 'api');
    expect(told).toEqual([]);
    for (let n = 0; n < 120; n += 1) await alerts.signal('rate_limit_hits', 'api');
    expect(told).toHaveLength(1);
  });
});

describe('the settings of alerts', () => {
  const MAIL = {
    TANK_ALERT_SMTP_URL: 'smtp://alerts.example.com',
    TANK_ALERT_FROM: 'a@example.com',
    TANK_ALERT_TO: 'b@example.com, c@example.com',
  };
  const faults = (environment: Record<string, string>) => {
    const loaded = loadSettings(environment);
    return loaded.ok ? [] : loaded.faults.map(({ key }) => key);
  };

  it('name a relay, a sender and receivers', () => {
    const loaded = loadSettings(MAIL);
    expect(loaded.ok && loaded.settings.alertMail).toEqual({
      url: 'smtp://alerts.example.com',
      from: 'a@example.com',
      to: ['b@example.com', 'c@example.com'],
    });
  });

  it('are refused when something is missing, or when the relay is the one whose failure they tell', () => {
    expect(faults({ TANK_ALERT_SMTP_URL: MAIL.TANK_ALERT_SMTP_URL })).toEqual([
      'TANK_ALERT_FROM',
      'TANK_ALERT_TO',
    ]);
    expect(faults({ ...MAIL, TANK_SMTP_URL: 'smtp://user:word@alerts.example.com' })).toEqual([
      'TANK_ALERT_SMTP_URL',
    ]);
  });
});
