import { sign } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSigningCertificates } from '../../shared/adapters/sns/certificates.ts';
import { createSns } from '../../shared/adapters/sns/sns.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { type SnsMessage, textToSign } from '../../shared/domain/sns.ts';
import type { HttpReply } from '../../shared/middleware/call.ts';
import type { WebRequest } from '../../shared/ports/web.ts';
import { routeKey } from '../../shared/wire/api.ts';
import { eventsApi } from '../../shared/wire/events-api.ts';
import { feedbackWorld, HARD, sesEvent } from '../fixtures/feedback-world.ts';
import { httpEvent, lambdaContext } from '../fixtures/identity.ts';
import { type MadeCertificate, makeCertificate } from '../fixtures/made-certificates.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const REGION = 'ap-northeast-2';
const HOST = `https://sns.${REGION}.amazonaws.com`;
const CERT_PATH = '/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem';
const CERT_URL = `${HOST}${CERT_PATH}`;
const TOPIC = `arn:aws:sns:${REGION}:123456789012:tank-events`;
const ISSUER_URL = 'http://crt.r2m01.amazontrust.com/r2m01.cer';
const NOW = Date.parse('2026-03-05T00:00:00Z');
const MINUTE = 60_000;

const root = makeCertificate({ name: 'Made-up Root', ca: true });
const middle = makeCertificate({ name: 'Made-up Authority', ca: true, issuer: root });
const signer = makeCertificate({ name: 'sns.amazonaws.com', issuer: middle, issuerUrl: ISSUER_URL });
const stranger = makeCertificate({ name: 'Stranger', ca: true });

/** The internet, as far as it answers. */
let web: Map<string, { status: number; body: Uint8Array }>;
let asked: WebRequest[];
let world: ReturnType<typeof feedbackWorld>;

beforeEach(async () => {
  asked = [];
  web = new Map([
    [CERT_URL, { status: 200, body: Buffer.from(signer.pem) }],
    [ISSUER_URL, { status: 200, body: middle.der }],
    [`${HOST}/`, { status: 200, body: new Uint8Array() }],
  ]);
  const exchange = async (request: WebRequest) => {
    asked.push(request);
    const reply = web.get(request.url);
    if (!reply) throw new TankError('web_failed', { host: 'somewhere', reason: 'ENOTFOUND' });
    return { ...reply, headers: {} };
  };
  const clock = { now: () => world.runtime.clock.now() };
  const certificates = createSigningCertificates({ web: { exchange }, clock, roots: [root.pem] });
  const sns = createSns({ topics: [TOPIC], web: { exchange }, certificates });
  world = feedbackWorld(await openTestStore(), undefined, sns);
  await world.sentRun(20);
});

let ids = 0;
const unsigned = (over: Partial<SnsMessage> = {}): SnsMessage => {
  ids += 1;
  return {
    Type: 'Notification',
    MessageId: `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`,
    TopicArn: TOPIC,
    Message: sesEvent({ run: 'r1', send: 3, bounce: HARD }),
    Timestamp: '2026-03-05T00:00:00.000Z',
    SignatureVersion: '1',
    Signature: '',
    SigningCertURL: CERT_URL,
    ...over,
  };
};

const signed = (over: Partial<SnsMessage> = {}, by: MadeCertificate = signer): SnsMessage => {
  const message = unsigned(over);
  const hash = message.SignatureVersion === '2' ? 'sha256' : 'sha1';
  const signature = sign(hash, Buffer.from(textToSign(message)), by.privateKey).toString('base64');
  return { ...message, Signature: signature };
};

const confirmation = (over: Partial<SnsMessage> = {}): SnsMessage =>
  signed({
    Type: 'SubscriptionConfirmation',
    Message: 'You have chosen to subscribe to the topic.',
    Token: '2336412f37fb687f5d51e6e2425e9',
    SubscribeURL: 'https://evil.example.com/?Action=ConfirmSubscription',
    ...over,
  });

const post = async (message: unknown, headers: Record<string, string> = {}): Promise<number> => {
  const rawBody = typeof message === 'string' ? message : JSON.stringify(message);
  const event = httpEvent(routeKey(eventsApi.takeSnsMessage), {
    rawBody,
    headers: { 'content-type': 'text/plain; charset=UTF-8', ...headers },
  });
  return ((await world.handler(event, lambdaContext())) as HttpReply).statusCode ?? 0;
};

const delivery = async () => (await world.sendOf('r1-00000003'))?.delivery;
const alter = (message: SnsMessage, over: Partial<SnsMessage>): SnsMessage => ({ ...message, ...over });

describe('a message of SNS over HTTPS', () => {
  it.each(['1', '2'])('signed by version %s is taken in', async (SignatureVersion) => {
    expect(await post(signed({ SignatureVersion }))).toBe(204);
    expect(await delivery()).toBe('bounced');
    expect(asked.map(({ url }) => url)).toEqual([CERT_URL, ISSUER_URL]);
  });

  it('with a subject, and with headers that say the same, is taken in', async () => {
    const message = signed({ Subject: 'Amazon SES Email Event Notification' });
    const headers = { 'x-amz-sns-topic-arn': TOPIC, 'x-amz-sns-message-type': 'Notification' };
    expect(await post(message, headers)).toBe(204);
  });

  it('costs one look at the certificate a day, however many come at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, send) => post(signed({ Message: sesEvent({ run: 'r1', send }) }))),
    );
    expect(asked.filter(({ url }) => url === CERT_URL)).toHaveLength(1);
    world.pass(25 * 60 * MINUTE);
    await post(signed({ Timestamp: '2026-03-06T01:00:00.000Z' }));
    expect(asked.filter(({ url }) => url === CERT_URL)).toHaveLength(2);
  });

  it('repeated by SNS after a failure is taken in then', async () => {
    const message = signed();
    web.delete(CERT_URL);
    expect(await post(message)).toBe(502);
    web.set(CERT_URL, { status: 200, body: Buffer.from(signer.pem) });
    world.pass(55 * MINUTE);
    expect(await post(message)).toBe(204);
  });

  it('that is not about a mail is acknowledged', async () => {
    expect(
      await post(signed({ Message: 'Successfully validated SNS topic for Amazon SES event publishing.' })),
    ).toBe(204);
    expect(await world.events.count()).toBe(0);
  });

  it('that is no event is refused for good, without a word of it in the log', async () => {
    expect(await post(signed({ Message: '{"secret":"jimin@example.com"' }))).toBe(400);
    expect(JSON.stringify(world.lines)).not.toContain('jimin');
  });
});

describe('a subscription', () => {
  it('is confirmed by its topic and token, never by the address that came along', async () => {
    expect(await post(confirmation())).toBe(204);
    const [confirm] = asked.filter(({ method }) => method === 'POST');
    expect(confirm?.url).toBe(`${HOST}/`);
    expect(Object.fromEntries(new URLSearchParams(confirm?.body))).toMatchObject({
      Action: 'ConfirmSubscription',
      TopicArn: TOPIC,
      Token: '2336412f37fb687f5d51e6e2425e9',
    });
    expect(asked.some(({ url }) => url.includes('evil'))).toBe(false);
    expect(world.told.map(({ subject }) => subject)).toEqual(['[Tank] warning: topic_confirmed']);
  });

  it('that SNS does not confirm is tried again at its next delivery', async () => {
    web.set(`${HOST}/`, { status: 500, body: new Uint8Array() });
    const message = confirmation();
    expect(await post(message)).toBe(502);
    web.set(`${HOST}/`, { status: 200, body: new Uint8Array() });
    expect(await post(message)).toBe(204);
  });

  it('that was ended is told to people, and nothing is done about it', async () => {
    expect(await post(confirmation({ Type: 'UnsubscribeConfirmation' }))).toBe(204);
    expect(asked.some(({ method }) => method === 'POST')).toBe(false);
    expect(world.told.map(({ subject }) => subject)).toEqual(['[Tank] critical: topic_unsubscribed']);
  });
});

const atHost = (url: string) => () => signed({ SigningCertURL: url });
const hours = (n: number) => new Date(NOW + n * 60 * MINUTE).toISOString();
const EVENT = sesEvent({ run: 'r1', send: 3, bounce: HARD });

/** Refused before anything is asked of the network. */
const BEFORE_THE_NETWORK: readonly (readonly [string, () => unknown, Record<string, string>?])[] = [
  ['no JSON', () => 'hello'],
  ['nothing', () => ''],
  ['a list', () => [signed()]],
  ['another topic', () => signed({ TopicArn: `${TOPIC}-2` })],
  ['a topic of another account', () => signed({ TopicArn: TOPIC.replace('123456789012', '999999999999') })],
  ['a topic of another region', () => signed({ TopicArn: TOPIC.replace(REGION, 'us-east-1') })],
  ['a topic in other letters', () => signed({ TopicArn: TOPIC.toUpperCase() })],
  ['a topic with a tail', () => signed({ TopicArn: `${TOPIC}\n` })],
  ['another topic in its header', () => signed(), { 'x-amz-sns-topic-arn': `${TOPIC}-2` }],
  ['another type in its header', () => signed(), { 'x-amz-sns-message-type': 'SubscriptionConfirmation' }],
  ['another id in its header', () => signed(), { 'x-amz-sns-message-id': 'other' }],
  ['raw delivery', () => signed(), { 'x-amz-sns-rawdelivery': 'true' }],
  ['raw delivery of a bare event', () => EVENT, { 'x-amz-sns-rawdelivery': 'true' }],
  ['a bare event', () => EVENT],
  ['no type', () => alter(signed(), { Type: undefined as never })],
  ['an unknown type', () => alter(signed(), { Type: 'Other' as never })],
  ['no signature', () => alter(signed(), { Signature: '' })],
  ['a signature that is no base64', () => alter(signed(), { Signature: 'not base64!' })],
  ['a signature version 3', () => signed({ SignatureVersion: '3' })],
  ['a signature version of the prototype', () => signed({ SignatureVersion: 'constructor' })],
  ['a time two hours ago', () => signed({ Timestamp: hours(-2) })],
  ['a time in an hour', () => signed({ Timestamp: hours(1) })],
  ['a time that is none', () => signed({ Timestamp: 'yesterday' })],
  ['a time of another form', () => signed({ Timestamp: 'Thu, 05 Mar 2026 00:00:00 GMT' })],
  ['a certificate over http', atHost(CERT_URL.replace('https', 'http'))],
  ['a certificate in S3', atHost(`https://sns.s3.${REGION}.amazonaws.com${CERT_PATH}`)],
  [
    'a certificate in a bucket named sns',
    atHost(`https://s3.amazonaws.com/sns.${REGION}.amazonaws.com${CERT_PATH}`),
  ],
  [
    'a certificate at a look-alike host',
    atHost(`https://sns.${REGION}.amazonaws.com.evil.example${CERT_PATH}`),
  ],
  ['a certificate at a look-alike domain', atHost(`https://sns.${REGION}.amazonaws-com.example${CERT_PATH}`)],
  ['a certificate at a subdomain', atHost(`https://evil.sns.${REGION}.amazonaws.com${CERT_PATH}`)],
  ['a certificate of another service', atHost(`https://sqs.${REGION}.amazonaws.com${CERT_PATH}`)],
  ['a certificate of another region', atHost(CERT_URL.replace(REGION, 'us-east-1'))],
  [
    'a certificate behind a user name',
    atHost(`https://sns.${REGION}.amazonaws.com@evil.example${CERT_PATH}`),
  ],
  ['a certificate with a user name', atHost(`https://evil@sns.${REGION}.amazonaws.com${CERT_PATH}`)],
  ['a certificate at a port', atHost(`https://sns.${REGION}.amazonaws.com:8443${CERT_PATH}`)],
  ['a certificate with a query', atHost(`${CERT_URL}?x=.pem`)],
  ['a certificate with a fragment', atHost(`${CERT_URL}#.pem`)],
  ['a certificate at another path', atHost(`${HOST}/evil/SimpleNotificationService-0123456789abcdef.pem`)],
  ['a certificate by a detour', atHost(`${HOST}/../SimpleNotificationService-0123456789abcdef.pem`)],
  ['a certificate at an open redirect', atHost(`${HOST}/?Action=Redirect&to=${CERT_PATH}`)],
  [
    'a certificate with a backslash',
    atHost(`https://sns.${REGION}.amazonaws.com\\@evil.example${CERT_PATH}`),
  ],
  ['a certificate at a trailing dot', atHost(`https://sns.${REGION}.amazonaws.com.${CERT_PATH}`)],
  ['a certificate in fullwidth letters', atHost(CERT_URL.replace('sns', 'ｓｎｓ'))],
  ['a certificate with an escape', atHost(CERT_URL.replace('amazonaws', 'amazon%61ws'))],
  ['a certificate on this machine', atHost(`https://127.0.0.1${CERT_PATH}`)],
  ['a certificate at the metadata service', atHost('http://169.254.169.254/latest/meta-data/')],
];

/** Refused by the signature. */
const BY_THE_SIGNATURE: readonly (readonly [string, () => unknown])[] = [
  [
    'another message',
    () => alter(signed(), { Message: sesEvent({ run: 'r1', send: 3, complaint: 'abuse' }) }),
  ],
  ['another id', () => alter(signed(), { MessageId: '00000000-0000-4000-8000-ffffffffffff' })],
  ['another time', () => alter(signed(), { Timestamp: '2026-03-05T00:00:01.000Z' })],
  ['a subject put in', () => alter(signed(), { Subject: 'urgent' })],
  ['a subject taken out', () => alter(signed({ Subject: 'urgent' }), { Subject: undefined })],
  [
    'another type',
    () => alter(signed({ Token: 't', SubscribeURL: 'u' }), { Type: 'SubscriptionConfirmation' }),
  ],
  ['version 2 said of version 1', () => alter(signed(), { SignatureVersion: '2' })],
  ['version 1 said of version 2', () => alter(signed({ SignatureVersion: '2' }), { SignatureVersion: '1' })],
  ['a cut signature', () => alter(signed(), { Signature: signed().Signature.slice(0, 100) })],
  ['a signature of another message', () => alter(signed(), { Signature: signed().Signature })],
  ['a signature by a stranger', () => signed({}, stranger)],
  ['another token', () => alter(confirmation(), { Token: 'other' })],
];

it('of more than 40 forged messages, one after another, none is taken in and nothing is fetched', async () => {
  const answers: number[] = [];
  for (const [, make, headers] of BEFORE_THE_NETWORK) answers.push(await post(make(), headers));
  expect(answers.length).toBeGreaterThanOrEqual(40);
  expect(answers.filter((status) => status !== 403)).toEqual([]);
  expect(asked).toEqual([]);
  expect([await world.events.count(), await delivery()]).toEqual([0, 'none']);
});

describe('refused, and without effect, is a message with', () => {
  it.each(BEFORE_THE_NETWORK.map(([name, make, headers = {}]) => [name, make, headers] as const))(
    '%s, before anything is fetched',
    async (_, make, headers) => {
      expect(await post(make(), headers)).toBe(403);
      expect(asked).toEqual([]);
      expect(await delivery()).toBe('none');
      expect(await world.events.count()).toBe(0);
    },
  );

  it.each(BY_THE_SIGNATURE)('%s, by its signature', async (_, make) => {
    expect(await post(make())).toBe(403);
    expect(asked.filter(({ method }) => method === 'POST')).toEqual([]);
    expect(await delivery()).toBe('none');
  });

  it('a signature that was good once: a replay', async () => {
    const message = signed();
    expect(await post(message)).toBe(204);
    expect(await post(message)).toBe(403);
    world.pass(30 * MINUTE);
    expect(await post(message)).toBe(403);
    expect(asked).toHaveLength(2);
  });

  it('no token to confirm by', async () => {
    expect(await post(confirmation({ Token: undefined }))).toBe(403);
  });

  const withCertificate = async (body: string | Uint8Array, by: MadeCertificate): Promise<number> => {
    web.set(CERT_URL, { status: 200, body: Buffer.from(body) });
    return post(signed({}, by));
  };

  it.each([
    ['of a stranger', () => makeCertificate({ name: 'sns.amazonaws.com', issuer: stranger })],
    ['that signs for itself', () => makeCertificate({ name: 'sns.amazonaws.com' })],
    [
      'of somebody else',
      () => makeCertificate({ name: 'example.com', issuer: middle, issuerUrl: ISSUER_URL }),
    ],
    [
      'with a wildcard',
      () => makeCertificate({ name: '*.amazonaws.com', issuer: middle, issuerUrl: ISSUER_URL }),
    ],
    [
      'that has expired',
      () =>
        makeCertificate({
          name: 'sns.amazonaws.com',
          issuer: middle,
          issuerUrl: ISSUER_URL,
          until: '2026-01-01',
        }),
    ],
    [
      'that is not valid yet',
      () =>
        makeCertificate({
          name: 'sns.amazonaws.com',
          issuer: middle,
          issuerUrl: ISSUER_URL,
          from: '2027-01-01',
        }),
    ],
    [
      'with a key of 1,024 bits',
      () => makeCertificate({ name: 'sns.amazonaws.com', issuer: middle, issuerUrl: ISSUER_URL, bits: 1024 }),
    ],
    [
      'under one that is no authority',
      () => makeCertificate({ name: 'sns.amazonaws.com', issuer: signer, issuerUrl: ISSUER_URL }),
    ],
    [
      'whose authority lies elsewhere',
      () =>
        makeCertificate({
          name: 'sns.amazonaws.com',
          issuer: middle,
          issuerUrl: 'http://evil.example/r2m01.cer',
        }),
    ],
    [
      'whose authority lies at a look-alike',
      () =>
        makeCertificate({
          name: 'sns.amazonaws.com',
          issuer: middle,
          issuerUrl: 'http://crt.r2m01.amazontrust.com.evil.example/a.cer',
        }),
    ],
  ] as const)('a certificate %s', async (_, make) => {
    const made = make();
    expect(await withCertificate(made.pem, made)).toBe(403);
    expect(asked.every(({ url }) => url === CERT_URL || url === ISSUER_URL)).toBe(true);
    expect(await delivery()).toBe('none');
  });

  it('a certificate that a redirect or an error page stands for', async () => {
    web.set(CERT_URL, { status: 302, body: Buffer.from(signer.pem) });
    expect(await post(signed())).toBe(502);
    expect(await withCertificate('<html>no</html>', signer)).toBe(403);
    expect(
      await withCertificate('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', signer),
    ).toBe(403);
  });

  it('ever new certificates: after ten in a minute nothing more is fetched', async () => {
    for (let n = 0; n < 30; n += 1) {
      const SigningCertURL = `${HOST}/SimpleNotificationService-${String(n).padStart(32, '0')}.pem`;
      await post(signed({ SigningCertURL }));
    }
    expect(asked).toHaveLength(10);
  });
});

describe('the chain of a certificate', () => {
  it('may come with it, or be asked for where Amazon keeps it', async () => {
    const bare = makeCertificate({ name: `sns.${REGION}.amazonaws.com`, issuer: middle });
    web.set(CERT_URL, { status: 200, body: Buffer.from(bare.pem + middle.pem) });
    expect(await post(signed({}, bare))).toBe(204);
    expect(asked).toHaveLength(1);
  });

  it('that ends in an authority which has expired leads nowhere', async () => {
    const old = makeCertificate({ name: 'Old Authority', ca: true, issuer: root, until: '2026-01-01' });
    const leaf = makeCertificate({ name: 'sns.amazonaws.com', issuer: old });
    web.set(CERT_URL, { status: 200, body: Buffer.from(leaf.pem + old.pem) });
    expect(await post(signed({}, leaf))).toBe(403);
  });
});

it('many refusals are told as an attack', async () => {
  for (let n = 0; n < 6; n += 1) await post('hello');
  expect(world.told.map(({ subject }) => subject)).toEqual(['[Tank] critical: attack_signals']);
});
