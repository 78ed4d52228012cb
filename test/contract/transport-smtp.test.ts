import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { SmtpSettings } from '../../shared/adapters/smtp/settings.ts';
import { createSmtpTransport } from '../../shared/adapters/smtp/transport.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import { attachmentOf } from '../unit/mime-mails.ts';
import { type Act, type Script, type Step, startRelay, startScriptedRelay } from './smtp-relay.ts';
import { never, newMail, realClock } from './transport-mails.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const transportTo = (settings: SmtpSettings) => {
  const transport = createSmtpTransport({ maxConnections: 1, ...settings }, realClock);
  cleanups.push(() => transport.close());
  return transport;
};

const scripted = async (...scripts: readonly Script[]) => {
  const relay = await startScriptedRelay(...scripts);
  cleanups.push(relay.stop);
  return { relay, transport: transportTo({ url: relay.url, plainOnLoopback: true }) };
};

const real = async (...[options]: Parameters<typeof startRelay>) => {
  const relay = await startRelay(options);
  cleanups.push(relay.stop);
  return relay;
};

const word = (outcome: Outcome) => (outcome.kind === 'rejected' ? `rejected/${outcome.fault}` : outcome.kind);

const TABLE: readonly (readonly [Step, Act, string, code: string])[] = [
  ['greeting', '421 4.3.2 busy', 'unreached', '421 4.3.2'],
  ['greeting', '554 5.7.1 go away', 'stopped', '554 5.7.1'],
  ['greeting', 'hang up', 'unreached', 'ECONNECTION'],
  ['EHLO', '421 4.3.2 closing', 'unreached', '421 4.3.2'],
  ['EHLO', 'hang up', 'unreached', 'ECONNECTION'],
  ['MAIL', '451 4.3.0 later', 'temporary', '451 4.3.0'],
  ['MAIL', '421 4.7.0 too many messages', 'throttled', '421 4.7.0'],
  ['MAIL', '454 Throttling failure: Daily message quota exceeded.', 'quota', '454'],
  ['MAIL', '550 5.1.8 sender refused', 'stopped', '550 5.1.8'],
  ['MAIL', '530 5.7.0 authentication required', 'stopped', '530 5.7.0'],
  ['MAIL', 'hang up', 'unreached', 'ECONNECTION'],
  ['RCPT', '450 4.2.1 busy', 'temporary', '450 4.2.1'],
  ['RCPT', '550 5.1.1 <kim@example.com> unknown', 'rejected/recipient', '550 5.1.1'],
  ['RCPT', 'hang up', 'unreached', 'ECONNECTION'],
  ['DATA', '451 4.3.0 later', 'temporary', '451 4.3.0'],
  ['DATA', '554 5.5.1 no', 'rejected/content', '554 5.5.1'],
  ['DATA', 'hang up', 'unreached', 'ECONNECTION'],
  ['dot', '451 4.3.0 later', 'temporary', '451 4.3.0'],
  ['dot', '421 4.3.2 closing', 'temporary', '421 4.3.2'],
  ['dot', '554 5.6.0 virus', 'rejected/content', '554 5.6.0'],
  ['dot', '550 5.1.1 unknown', 'rejected/recipient', '550 5.1.1'],
  ['dot', '454 4.7.0 Maximum sending rate exceeded', 'throttled', '454 4.7.0'],
  ['dot', 'hang up', 'doubtful', 'ECONNECTION'],
];

describe('an SMTP relay that', () => {
  it.each(TABLE)('at %s says "%s" makes the mail %s', async (step, act, expected, code) => {
    const { relay, transport } = await scripted({ [step]: act });
    const outcome = await transport.send(newMail(), never());
    expect(word(outcome)).toBe(expected);
    expect(outcome).toMatchObject({ code });
    expect(relay.taken).toHaveLength(step === 'dot' ? 1 : 0);
  });

  it('hangs up in the middle of the data has no mail', async () => {
    const { relay, transport } = await scripted({ 'in data': 'hang up' });
    const mail = newMail({ attachments: [attachmentOf('big.pdf', Buffer.alloc(8 * 1024 * 1024))] });
    expect(await transport.send(mail, never())).toMatchObject({ kind: 'unreached' });
    expect(relay.taken).toEqual([]);
  });

  it('is not there was not reached', async () => {
    const { relay, transport } = await scripted({});
    await relay.stop();
    cleanups.splice(0, 1);
    expect(await transport.send(newMail(), never())).toEqual({ kind: 'unreached', code: 'ECONNREFUSED' });
  });

  it.each(['greeting', 'MAIL', 'RCPT', 'DATA'] as const)(
    'is silent at %s until the call is given up has no mail',
    async (step) => {
      const { transport } = await scripted({ [step]: 'silence' });
      expect(await transport.send(newMail(), AbortSignal.timeout(100))).toEqual({
        kind: 'unreached',
        code: 'ABORT_ERR',
      });
    },
  );

  it('is silent after the dot until the call is given up may have the mail', async () => {
    const { relay, transport } = await scripted({ dot: 'silence' });
    expect(await transport.send(newMail(), AbortSignal.timeout(200))).toEqual({
      kind: 'doubtful',
      code: 'ABORT_ERR',
    });
    expect(relay.taken).toHaveLength(1);
  });

  it('closes a resting conversation costs no try: the mail goes over another one', async () => {
    const { relay, transport } = await scripted({ MAIL: ['250 ok', 'hang up'] }, {});
    expect(await transport.send(newMail(), never())).toMatchObject({ kind: 'accepted' });
    expect(await transport.send(newMail(), never())).toMatchObject({ kind: 'accepted' });
    expect(relay.connections()).toBe(2);
    expect(relay.taken).toHaveLength(2);
  });

  it('closes a resting conversation after the dot leaves a doubt, and gets no second copy', async () => {
    const { relay, transport } = await scripted({ dot: ['250 ok', 'hang up'] }, {});
    await transport.send(newMail(), never());
    expect(await transport.send(newMail(), never())).toMatchObject({ kind: 'doubtful' });
    expect(relay.connections()).toBe(1);
  });

  it('refuses one recipient keeps the conversation for the next', async () => {
    const { relay, transport } = await scripted({ RCPT: '550 5.1.1 unknown' });
    await transport.send(newMail(), never());
    await transport.send(newMail(), never());
    expect(relay.connections()).toBe(1);
  });

  it('hung up gets the next mail over a new connection', async () => {
    const { relay, transport } = await scripted({ dot: 'hang up' }, {});
    expect(await transport.send(newMail(), never())).toMatchObject({ kind: 'doubtful' });
    expect(await transport.send(newMail(), never())).toMatchObject({ kind: 'accepted' });
    expect(relay.connections()).toBe(2);
  });

  it('takes one conversation at a time makes others wait, and a waiting mail can be given up', async () => {
    const { transport } = await scripted({ dot: 'silence' });
    const first = transport.send(newMail(), AbortSignal.timeout(400));
    expect(await transport.send(newMail(), AbortSignal.timeout(50))).toEqual({
      kind: 'unreached',
      code: 'ABORT_ERR',
    });
    expect(await first).toMatchObject({ kind: 'doubtful' });
  });
});

describe('towards a relay with TLS', () => {
  it('mail goes encrypted and authenticated, by STARTTLS', async () => {
    const relay = await real();
    expect(await transportTo(relay).send(newMail(), never())).toMatchObject({ kind: 'accepted' });
    expect(relay.mails[0]).toMatchObject({
      secure: true,
      user: 'tank',
      to: ['kim@example.com'],
      from: 'no-reply@example.com',
    });
  });

  it('mail goes encrypted from the start, by smtps', async () => {
    const relay = await real({ secure: true });
    expect(await transportTo(relay).send(newMail(), never())).toMatchObject({ kind: 'accepted' });
    expect(relay.mails[0]).toMatchObject({ secure: true });
  });

  it('bounces go to the return path', async () => {
    const relay = await real();
    await transportTo(relay).send(newMail({ returnPath: 'bounces@example.com' }), never());
    expect(relay.mails[0]).toMatchObject({ from: 'bounces@example.com' });
  });

  it.each([
    ['signed by nobody known', {}, (url: string) => ({ url })],
    ['for another name', { certificateFor: 'other.example.com' }, (url: string, ca: string) => ({ url, ca })],
    ['signed by nobody known, TLS from the start', { secure: true }, (url: string) => ({ url })],
  ])('a certificate %s stops the run before a password is said', async (_, options, settings) => {
    const relay = await real(options);
    const outcome = await transportTo(settings(relay.url, relay.ca)).send(newMail(), never());
    expect(outcome).toMatchObject({ kind: 'stopped', code: expect.stringMatching(/CERT/) });
    expect(relay.mails).toEqual([]);
  });

  it('a relay without STARTTLS gets no mail', async () => {
    const relay = await real({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
    expect(await transportTo(relay).send(newMail(), never())).toMatchObject({ kind: 'stopped' });
    expect(relay.mails).toEqual([]);
  });

  it('a wrong password stops the run', async () => {
    const relay = await real();
    const url = relay.url.replace('p%40ss', 'wrong');
    expect(await transportTo({ ...relay, url }).send(newMail(), never())).toEqual({
      kind: 'stopped',
      code: '535',
    });
  });

  it('mail without TLS is refused by the settings unless the relay is on this machine', () => {
    expect(() =>
      createSmtpTransport({ url: 'smtp://relay.example.com:25', plainOnLoopback: true }, realClock),
    ).toThrow('machine');
  });

  it('a mail larger than the relay takes is refused before its data', async () => {
    const relay = await real({ size: 10_000 });
    const mail = newMail({ attachments: [attachmentOf('a.pdf', Buffer.alloc(20_000))] });
    expect(await transportTo(relay).send(mail, never())).toMatchObject({
      kind: 'rejected',
      fault: 'content',
    });
  });

  it('a DKIM key signs what is sent', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const relay = await real();
    const dkim = { domain: 'example.com', selector: 'tank', privateKey };
    expect(await transportTo({ ...relay, dkim }).send(newMail(), never())).toMatchObject({
      kind: 'accepted',
    });
    expect(relay.mails[0]?.bytes.toString()).toMatch(/^DKIM-Signature: v=1;.*d=example\.com;.*s=tank;/s);
  });

  it('a DKIM-signed mail whose answer is lost is in doubt', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const relay = await startScriptedRelay({ dot: 'hang up' });
    cleanups.push(relay.stop);
    const transport = transportTo({
      url: relay.url,
      plainOnLoopback: true,
      dkim: { domain: 'example.com', selector: 'tank', privateKey },
    });
    expect(await transport.send(newMail(), never())).toMatchObject({ kind: 'doubtful' });
  });

  it('no relay but SES is told of tags', async () => {
    const relay = await real();
    await transportTo({ ...relay, sesConfigurationSet: 'tank' }).send(
      newMail({ tags: { run: 'x' } }),
      never(),
    );
    expect(relay.mails[0]?.bytes.toString()).not.toMatch(/X-SES/i);
  });
});
