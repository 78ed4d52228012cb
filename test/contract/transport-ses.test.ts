import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSesTransport, type SesSettings } from '../../shared/adapters/ses/transport.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import type { Transport } from '../../shared/ports/transport.ts';
import type { Fault } from '../fixtures/ses-stand-in/settings.ts';
import { type SesStandIn, startSesStandIn } from '../fixtures/ses-stand-in/start.ts';
import { selfSigned } from './self-signed.ts';
import { never, newMail, realClock } from './transport-mails.ts';

const SECRET = 'made-up-secret';
const CLIENTS = ['lean', 'stock'] as const;
const word = (outcome: Outcome) => (outcome.kind === 'rejected' ? `rejected/${outcome.fault}` : outcome.kind);

const answer = (status: number, type?: string, message?: string, body?: string): Fault => ({
  kind: 'answer',
  status,
  ...(type === undefined ? {} : { type }),
  ...(message === undefined ? {} : { message }),
  ...(body === undefined ? {} : { body }),
});

const FAULTS: readonly (readonly [string, Fault, expected: string, taken: number])[] = [
  ['takes the mail and hangs up', { kind: 'acceptAndHangUp' }, 'doubtful', 1],
  ['takes the mail and hangs up in its headers', { kind: 'hangUpInHeaders' }, 'doubtful', 1],
  ['takes the mail and answers broken JSON', { kind: 'brokenJson' }, 'doubtful', 1],
  ['takes the mail and answers without an id', { kind: 'noMessageId' }, 'doubtful', 1],
  ['takes the mail and answers nothing', { kind: 'emptyBody' }, 'doubtful', 1],
  ['drips its answer', { kind: 'drip' }, 'accepted', 1],
  ['answers late', { kind: 'late' }, 'accepted', 1],
  ['hangs up before it takes the mail', { kind: 'hangUp' }, 'doubtful', 0],
  ['answers 500', { kind: 'error5xx' }, 'doubtful', 0],
  ['answers 503 by a gateway', answer(503, undefined, undefined, '<html>busy</html>'), 'doubtful', 0],
  ['answers 200 by a gateway', answer(200, undefined, undefined, '<html>sign in</html>'), 'doubtful', 0],
  ['answers 200 with a list', answer(200, undefined, undefined, '["MessageId"]'), 'doubtful', 0],
  [
    'answers 200 with an id that is none',
    answer(200, undefined, undefined, '{"MessageId":""}'),
    'doubtful',
    0,
  ],
  ['answers 202', answer(202, undefined, undefined, ''), 'doubtful', 0],
  ['redirects', answer(302), 'doubtful', 0],
  [
    'answers 400 with a name that nobody knows',
    answer(400, 'BrandNewException', 'kim@example.com'),
    'doubtful',
    0,
  ],
  ['throttles', { kind: 'throttle' }, 'throttled', 0],
  [
    'throttles by another name',
    answer(400, 'ThrottlingException', 'Maximum sending rate exceeded.'),
    'throttled',
    0,
  ],
  ['has no quota left', answer(400, 'TooManyRequestsException', 'Daily message quota exceeded.'), 'quota', 0],
  ['suspended the account', answer(400, 'AccountSuspendedException', 'suspended'), 'stopped', 0],
  ['paused sending', answer(400, 'SendingPausedException', 'paused'), 'stopped', 0],
  [
    'does not know the configuration set',
    answer(404, 'NotFoundException', 'Configuration set does not exist'),
    'stopped',
    0,
  ],
  [
    'does not know the sender',
    answer(400, 'MessageRejected', 'Email address is not verified: kim@example.com'),
    'stopped',
    0,
  ],
  [
    'knows no such key',
    answer(403, 'UnrecognizedClientException', 'The security token is invalid'),
    'stopped',
    0,
  ],
  ['refuses the content', answer(400, 'MessageRejected', 'Transaction failed'), 'rejected/content', 0],
  [
    'refuses the address',
    answer(400, 'BadRequestException', 'Invalid email address'),
    'rejected/recipient',
    0,
  ],
  [
    'names its fault in the body',
    answer(400, undefined, undefined, '{"__type":"com.amazonaws.ses#ThrottlingException"}'),
    'throttled',
    0,
  ],
];

let standIn: SesStandIn;
beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = SECRET;
  process.env.AWS_SESSION_TOKEN = 'a/session+token==';
  standIn = await startSesStandIn({ secretKey: SECRET, settings: { lateMs: 100, dripMs: 2 } });
});
afterAll(() => standIn.stop());

const open = (settings: Partial<SesSettings>): Transport =>
  createSesTransport(
    { region: 'ap-northeast-2', endpoint: standIn.url, configurationSet: 'tank', ...settings },
    realClock,
  );

const using = async <T>(
  settings: Partial<SesSettings>,
  work: (transport: Transport) => Promise<T>,
): Promise<T> => {
  const transport = open(settings);
  return work(transport).finally(() => transport.close());
};

const listen = async <S extends Server>(server: S): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

describe.each(CLIENTS)('SES by the %s client, when it', (client) => {
  it.each(FAULTS)('%s', async (_, fault, expected, taken) => {
    const before = await standIn.counters();
    await standIn.faults(fault);
    const outcome = await using({ client }, (transport) => transport.send(newMail(), never()));
    expect(word(outcome)).toBe(expected);
    expect(JSON.stringify(outcome)).not.toContain('example.com');
    const after = await standIn.counters();
    expect(after.accepted - before.accepted).toBe(taken);
    expect(after.calls - before.calls).toBe(1);
  });

  it.each(['late', 'drip'] as const)('answers %s, and the call is given up: a doubt', async (kind) => {
    await standIn.settings({ lateMs: 2_000, dripMs: 100 });
    await standIn.faults({ kind });
    const outcome = await using({ client }, (transport) =>
      transport.send(newMail(), AbortSignal.timeout(300)),
    );
    await standIn.settings({ lateMs: 100, dripMs: 2 });
    expect(outcome.kind).toBe('doubtful');
  });

  it('is not there: certainly not reached', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    server.close();
    const outcome = await using({ client, endpoint: `http://127.0.0.1:${port}` }, (transport) =>
      transport.send(newMail(), never()),
    );
    expect(outcome).toEqual({ kind: 'unreached', code: 'ECONNREFUSED' });
  });

  it('shows a certificate that nobody signed: stop', async () => {
    const server = createHttpsServer(selfSigned(), (_, response) => response.end('{"MessageId":"x"}'));
    const port = await listen(server);
    const outcome = await using({ client, endpoint: `https://localhost:${port}` }, (transport) =>
      transport.send(newMail(), never()),
    );
    server.close();
    expect(outcome).toMatchObject({ kind: 'stopped', code: expect.stringMatching(/SELF_SIGNED_CERT/) });
  });

  it('takes mail with tags that SES could not carry as they are', async () => {
    const mail = newMail({ tags: { run: 'r1', 부서: '소매', 'tank-attempt-id': 'forged', empty: '' } });
    expect(await using({ client }, (transport) => transport.send(mail, never()))).toMatchObject({
      kind: 'accepted',
    });
    expect((await standIn.counters()).refusals).toEqual([]);
  });
});

describe('the lean client', () => {
  it('knows that nothing left when a call is given up before the connection stood', async () => {
    const mute = createTcpServer(() => {});
    const port = await listen(mute);
    const outcome = await using({ endpoint: `https://localhost:${port}` }, (transport) =>
      transport.send(newMail(), AbortSignal.timeout(200)),
    );
    mute.close();
    expect(outcome).toEqual({ kind: 'unreached', code: 'ABORT_ERR' });
  });

  it('knows that nothing left when the handshake broke', async () => {
    const rude = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
    const port = await listen(rude);
    const outcome = await using({ endpoint: `https://localhost:${port}` }, (transport) =>
      transport.send(newMail(), never()),
    );
    rude.close();
    expect(outcome).toMatchObject({ kind: 'unreached' });
  });

  it('counts a refusal whose words were cut off as temporary, not as the recipient’s fault', async () => {
    const server = createHttpServer((_, response) => {
      response.writeHead(400, { 'x-amzn-errortype': 'MessageRejected', 'content-length': 200 });
      response.write('{"message":"Email add');
      setTimeout(() => response.destroy(), 20);
    });
    const port = await listen(server);
    const outcome = await using({ endpoint: `http://127.0.0.1:${port}` }, (transport) =>
      transport.send(newMail(), never()),
    );
    server.close();
    expect(outcome).toEqual({ kind: 'temporary', code: 'MessageRejected' });
  });

  it('takes no end of answer for none', async () => {
    const server = createHttpServer((_, response) => {
      response.writeHead(200);
      const flood = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
      response.on('close', () => clearInterval(flood));
    });
    const port = await listen(server);
    const outcome = await using({ endpoint: `http://127.0.0.1:${port}` }, (transport) =>
      transport.send(newMail(), never()),
    );
    server.close();
    expect(outcome).toEqual({ kind: 'doubtful', code: 'answer_truncated' });
  });

  it('does not write to a socket that rested for more than three seconds, by the wall clock', async () => {
    let connections = 0;
    const server = createHttpServer((_, response) => response.end('{"MessageId":"x"}')).on(
      'connection',
      () => {
        connections += 1;
      },
    );
    const port = await listen(server);
    let ahead = 0;
    const clock = { ...realClock, now: () => Date.now() + ahead };
    const transport = createSesTransport(
      { region: 'ap-northeast-2', endpoint: `http://127.0.0.1:${port}` },
      clock,
    );
    const connectionsAfterRest = async (ms: number) => {
      ahead += ms;
      await transport.send(newMail(), never());
      return connections;
    };
    expect([
      await connectionsAfterRest(0),
      await connectionsAfterRest(2_000),
      await connectionsAfterRest(4_000),
      await connectionsAfterRest(-9_000),
    ]).toEqual([1, 1, 2, 3]);
    await transport.close();
    server.close();
  });

  it('without credentials stops, and calls nobody', async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, HOME } = process.env;
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
      delete process.env[name];
    Object.assign(process.env, { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' });
    const outcome = await using({}, (transport) => transport.send(newMail(), never()));
    Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, HOME });
    expect(outcome).toEqual({ kind: 'stopped', code: 'CredentialsProviderError' });
  });
});

describe('the limits of the account', () => {
  it('are asked once a minute', async () => {
    await standIn.settings({ rate: 14, quota: 50_000, sentBefore: 7 });
    let ahead = 0;
    const clock = { ...realClock, monotonic: () => performance.now() + ahead };
    const transport = createSesTransport({ region: 'ap-northeast-2', endpoint: standIn.url }, clock);
    const before = (await standIn.counters()).accountCalls;
    const [limits] = await Promise.all([transport.limits(), transport.limits(), transport.limits()]);
    expect(limits).toMatchObject({
      ratePerSecond: 14,
      dailyQuota: 50_000,
      sendingEnabled: true,
      production: true,
    });
    expect((await standIn.counters()).accountCalls - before).toBe(1);
    ahead = 61_000;
    await standIn.settings({ rate: 0, quota: -1, sendingEnabled: 0, production: 0 });
    const later = await transport.limits();
    expect(later).toMatchObject({ sendingEnabled: false, production: false });
    expect(later).not.toHaveProperty('dailyQuota');
    await standIn.settings({ sendingEnabled: 1, production: 1, sentBefore: 0 });
    await transport.close();
  });

  it('that were never told are a temporary fault', async () => {
    await using({ endpoint: 'http://127.0.0.1:9' }, async (transport) => {
      await expect(transport.limits()).rejects.toMatchObject({ code: 'transport_temporary' });
    });
  });
});

it('there is evidence only with a configuration set', () => {
  const settings = { region: 'ap-northeast-2' };
  expect(createSesTransport(settings, realClock).evidence).toBe('none');
  expect(createSesTransport({ ...settings, configurationSet: 'tank' }, realClock).evidence).toBe('events');
});
