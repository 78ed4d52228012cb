import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Ask, httpEvent, lambdaContext } from '../fixtures/identity.ts';
import { type AuthWorld, openAuth } from '../fixtures/signed-in.ts';
import { madeSigningKey } from '../fixtures/signing-keys.ts';
import { openTestStore } from '../fixtures/test-store.ts';

/** Anything, as a forger would put it. */
type Fields = Readonly<Record<string, unknown>>;

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** What a forger has to work with: a real token, the published key, a key of his own, and, to prove that each check counts, ours. */
interface Kit {
  readonly token: string;
  readonly kid: string;
  readonly own: KeyObject;
  readonly publicPem: string;
  readonly publicX: string;
  readonly other: KeyObject;
  readonly claims: Fields;
  readonly forge: (claims?: Fields, header?: Fields, key?: KeyObject) => string;
  readonly hmac: (secret: string, alg?: string) => string;
  readonly unsigned: (alg: unknown, signature?: string) => string;
}

const other = createPrivateKey(madeSigningKey().privatePem);
const otherJwk = other.export({ format: 'jwk' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const kitOf = (world: AuthWorld, token: string): Kit => {
  const [key] = world.ring;
  if (!key) throw new Error('there is a key');
  const own = createPrivateKey(key.privatePem);
  const [, payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Fields;
  const header = { alg: 'EdDSA', typ: 'at+jwt', kid: key.kid };
  const input = (head: Fields, body: Fields) => `${encode(head)}.${encode(body)}`;
  return {
    token,
    kid: key.kid,
    own,
    publicPem: key.publicPem,
    publicX: String(own.export({ format: 'jwk' }).x),
    other,
    claims,
    forge: (more = {}, head = {}, with_ = own) => {
      const signed = input({ ...header, ...head }, { ...claims, ...more });
      const hash = with_ === own || with_ === other ? null : 'sha256';
      return `${signed}.${sign(hash, Buffer.from(signed), with_).toString('base64url')}`;
    },
    hmac: (secret, alg = 'HS256') => {
      const signed = input({ ...header, alg }, claims);
      const hash = `sha${alg.slice(2)}`;
      return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
    },
    unsigned: (alg, given = '') =>
      `${input({ ...header, alg }, claims)}.${given === 'real' ? signature : given}`,
  };
};

const seconds = (world: AuthWorld) => Math.floor(world.runtime.clock.now() / 1000);

type Attack = readonly [name: string, forge: (kit: Kit, world: AuthWorld) => string];

const ALGORITHMS: readonly Attack[] = [
  ...['none', 'None', 'NONE', 'nOnE', '', null, 0, ['EdDSA'], {}].map(
    (alg): Attack => [`alg ${JSON.stringify(alg)} without a signature`, (kit) => kit.unsigned(alg)],
  ),
  ...['none', 'HS256', 'ES256', 'RS256', 'PS256', 'Ed448', 'EdDSA512'].map(
    (alg): Attack => [`alg ${alg} with the signature of the real token`, (kit) => kit.unsigned(alg, 'real')],
  ),
  ['EdDSA without a signature', (kit) => kit.unsigned('EdDSA')],
  ...['HS256', 'HS384', 'HS512'].map(
    (alg): Attack => [`${alg} with the public key as its secret`, (kit) => kit.hmac(kit.publicPem, alg)],
  ),
  ['HS256 with the x of the published key', (kit) => kit.hmac(kit.publicX)],
  ['HS256 with the kid', (kit) => kit.hmac(kit.kid)],
  ['HS256 with nothing', (kit) => kit.hmac('')],
  ['HS256 with "secret"', (kit) => kit.hmac('secret')],
  ['RS256 of a key of one’s own', (kit) => kit.forge({}, { alg: 'RS256' }, rsa)],
  ['ES256 of a key of one’s own', (kit) => kit.forge({}, { alg: 'ES256' }, p256)],
];

const KEYS: readonly Attack[] = [
  ['another key under our name', (kit) => kit.forge({}, {}, kit.other)],
  ['another key under its own name', (kit) => kit.forge({}, { kid: 'mine' }, kit.other)],
  ...[
    undefined,
    '',
    '../../../../dev/null',
    '/etc/passwd',
    'file:///dev/null',
    "' OR '1'='1",
    "x' UNION SELECT 'a' --",
    'https://evil.example.net/key.pem',
    '__proto__',
    'constructor',
    null,
    0,
    [],
    {},
    'k'.repeat(4000),
  ].map(
    (kid): Attack => [`kid ${JSON.stringify(kid)?.slice(0, 40)}`, (kit) => kit.forge({}, { kid }, kit.other)],
  ),
  ['a jwk in the header', (kit) => kit.forge({}, { jwk: otherJwk }, kit.other)],
  ['a jwk in the header, and no kid', (kit) => kit.forge({}, { jwk: otherJwk, kid: undefined }, kit.other)],
  ['a jku', (kit) => kit.forge({}, { jku: 'https://evil.example.net/jwks.json' }, kit.other)],
  ['an x5u', (kit) => kit.forge({}, { x5u: 'https://evil.example.net/cert.pem' }, kit.other)],
  ['an x5c', (kit) => kit.forge({}, { x5c: ['MIIB'] }, kit.other)],
  [
    'a jku on our own host',
    (kit) => kit.forge({}, { jku: 'https://tank.example.com/oauth?next=https://evil.test' }, kit.other),
  ],
];

const HEADERS: readonly Attack[] = [
  ...['JWT', 'jwt', 'rt+jwt', 'id_token', '', null, undefined, ['at+jwt']].map(
    (typ): Attack => [`typ ${JSON.stringify(typ)}`, (kit) => kit.forge({}, { typ })],
  ),
  ['crit that nobody knows', (kit) => kit.forge({}, { crit: ['x'], x: 1 })],
  ['b64 false', (kit) => kit.forge({}, { crit: ['b64'], b64: false })],
];

const CLAIMS: readonly Attack[] = [
  ...['elsewhere', 'Tank', 'tank ', '', null, undefined, 0].map(
    (iss): Attack => [`iss ${JSON.stringify(iss)}`, (kit) => kit.forge({ iss })],
  ),
  ...['elsewhere', 'tank', ['elsewhere'], [], null, undefined].map(
    (aud): Attack => [`aud ${JSON.stringify(aud)}`, (kit) => kit.forge({ aud })],
  ),
  ['expired', (kit, world) => kit.forge({ exp: seconds(world) - 6 })],
  ...['9999999999', null, undefined, -1, 0, {}].map(
    (exp): Attack => [`exp ${JSON.stringify(exp)}`, (kit) => kit.forge({ exp })],
  ),
  ['not yet', (kit, world) => kit.forge({ nbf: seconds(world) + 60 })],
  ...['0', null, undefined].map((nbf): Attack => [`nbf ${JSON.stringify(nbf)}`, (kit) => kit.forge({ nbf })]),
  ['made in the future', (kit, world) => kit.forge({ iat: seconds(world) + 60 })],
  [
    'older than we let tokens grow',
    (kit, world) => kit.forge({ iat: seconds(world) - 1000, exp: 9_999_999_999 }),
  ],
  ...['0', null, undefined].map((iat): Attack => [`iat ${JSON.stringify(iat)}`, (kit) => kit.forge({ iat })]),
  ...[null, undefined, 0, ['a']].map(
    (jti): Attack => [`jti ${JSON.stringify(jti)}`, (kit) => kit.forge({ jti })],
  ),
  ...[null, undefined, 0, '', 'nobody', "' OR 1=1 --", ['a']].map(
    (sub): Attack => [`sub ${JSON.stringify(sub)}`, (kit) => kit.forge({ sub })],
  ),
  ...[null, undefined, '1', 0, 2, -1, 1.5].map(
    (epoch): Attack => [`epoch ${JSON.stringify(epoch)}`, (kit) => kit.forge({ epoch })],
  ),
  ...[0, null, 'another', ''].map(
    (sid): Attack => [`sid ${JSON.stringify(sid)}`, (kit) => kit.forge({ sid })],
  ),
];

const FORMS: readonly Attack[] = [
  ['nothing', () => ''],
  ['dots', () => '..'],
  ['many dots', () => '.'.repeat(4000)],
  ['two parts', ({ token }) => token.split('.').slice(0, 2).join('.')],
  ['four parts', ({ token }) => `${token}.x`],
  ['five parts, as an encrypted one', ({ token }) => `${token}.x.y`],
  ['a doubled token', ({ token }) => `${token}${token}`],
  [
    'the payload of somebody else',
    ({ token, claims }) => token.replace(/\.[^.]+\./, `.${encode({ ...claims, sub: 'a2' })}.`),
  ],
  [
    'a header of one’s own',
    ({ token }) => token.replace(/^[^.]+/, encode({ alg: 'EdDSA', typ: 'at+jwt', kid: 'x' })),
  ],
  ['a flipped signature', ({ token }) => token.replace(/.{3}$/, 'AAA')],
  ['a cut signature', ({ token }) => token.slice(0, -4)],
  ['a longer signature', ({ token }) => `${token}AAAA`],
  [
    'a payload that is no object',
    (kit) => `${kit.token.split('.')[0]}.${encode('[]')}.${kit.token.split('.')[2]}`,
  ],
  [
    'a payload that is no JSON',
    (kit) => `${kit.token.split('.')[0]}.${encode('{')}.${kit.token.split('.')[2]}`,
  ],
  [
    'a token in a token',
    (kit) => kit.forge({}, { cty: 'JWT' }).replace(/\.[^.]+\./, `.${encode(kit.token)}.`),
  ],
  ['JSON serialisation', ({ token }) => encode({ payload: token.split('.')[1], signatures: [] })],
  ['four kilobytes of letters', () => 'a'.repeat(4096)],
  ['more than a header may hold', () => `${'a'.repeat(5000)}.b.c`],
];

const ATTACKS = [...ALGORITHMS, ...KEYS, ...HEADERS, ...CLAIMS, ...FORMS];

let world: AuthWorld;
let kit: Kit;
const open = async (whenDone: (work: () => Promise<void>) => void): Promise<void> => {
  world = await openAuth({ database: await openTestStore(whenDone) });
  await world.addAccount('owner', 'boss');
  kit = kitOf(world, (await world.program('boss')).token);
};

const statusOf = async (request: Ask) => {
  const { statusCode } = await world.handler(httpEvent('GET /api/v1/auth/me', request), lambdaContext());
  return statusCode;
};

describe('a forged token', () => {
  beforeAll(() => open(afterAll));

  it('differs from one that is accepted in nothing but its fault', async () => {
    expect(await statusOf({ token: kit.token })).toBe(200);
    expect(await statusOf({ token: kit.forge() })).toBe(200);
    expect(ATTACKS.length).toBeGreaterThan(110);
  });

  it.each(ATTACKS)('is refused: %s', async (_, forge) => {
    expect(await statusOf({ token: forge(kit, world) })).toBe(401);
  });
});

/**
 * An attack that fails for another reason than its own shows nothing. So each is held against a verifier that
 * looks at all but the one thing that it attacks: there it gets in, or its signature at least is whole.
 */
describe('an attack would succeed', () => {
  beforeAll(() => open(afterAll));

  const isSigned = (token: string, key: KeyObject): boolean => {
    const [head = '', payload = '', signature = ''] = token.split('.');
    const signed = Buffer.from(`${head}.${payload}`);
    return verify(
      key === rsa || key === p256 ? 'sha256' : null,
      signed,
      createPublicKey(key),
      Buffer.from(signature, 'base64url'),
    );
  };
  const isMac = (token: string, secret: string): boolean => {
    const [head = '', payload = '', signature = ''] = token.split('.');
    const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg: string };
    return (
      createHmac(`sha${alg.slice(2)}`, secret)
        .update(`${head}.${payload}`)
        .digest('base64url') === signature
    );
  };

  it.each([...HEADERS, ...CLAIMS])('where nobody looks at more than our signature: %s', (_, forge) => {
    expect(isSigned(forge(kit, world), kit.own)).toBe(true);
  });

  it.each(KEYS)('where a token brings or names its own key: %s', (_, forge) => {
    expect(isSigned(forge(kit, world), kit.other)).toBe(true);
    expect(claimsOf(forge(kit, world))).toEqual(kit.claims);
  });

  it.each(ALGORITHMS)('where a token names its own algorithm: %s', (name, forge) => {
    const token = forge(kit, world);
    expect(claimsOf(token)).toEqual(kit.claims);
    const secrets = [kit.publicPem, kit.publicX, kit.kid, '', 'secret'];
    const [, , signature = ''] = token.split('.');
    const isReal = signature === kit.token.split('.')[2];
    const isUnsigned = signature === '';
    const isOwn = [rsa, p256].some((key) => isSigned(token, key));
    expect(isUnsigned || isReal || isOwn || secrets.some((secret) => isMac(token, secret)), name).toBe(true);
  });

  it('each in its own way', () => {
    const forged = ATTACKS.map(([, forge]) => forge(kit, world));
    expect(new Set(forged).size).toBeGreaterThan(ATTACKS.length - 3);
    expect(forged).not.toContain(kit.token);
  });
});

const claimsOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('a token that was ended', () => {
  beforeEach(() => open(onTestFinished));

  /** Other ways to write the same bytes: jose takes some of them, so nothing may go by the text of a token. */
  const REWRITTEN: readonly Attack[] = [
    ['as it was', ({ token }) => token],
    ['with padding', ({ token }) => `${token}==`],
    ['with other spare bits at its end', ({ token }) => token.replace(/.$/, (last) => nextLetter(last))],
    ['in the alphabet of plain base64', ({ token }) => token.replaceAll('-', '+').replaceAll('_', '/')],
    ['with a padded payload', ({ token }) => token.replace(/\.([^.]+)\./, '.$1=.')],
    ['signed anew with the same id', (own) => own.forge()],
    ['signed anew with another order of its claims', (own) => own.forge({ a: 1 })],
    ['signed anew with another id, of the same session', (own) => own.forge({ jti: 'another' })],
  ];

  it.each(REWRITTEN)('by a sign-out stays ended, written %s', async (_, rewrite) => {
    await world.call('logout', { token: kit.token });
    expect(await statusOf({ token: rewrite(kit, world) })).toBe(401);
  });

  it.each(REWRITTEN)('by a password change stays ended, written %s', async (_, rewrite) => {
    const { id = '' } = (await world.accounts.byName('boss')) ?? {};
    await world.accounts.endEverything(id);
    expect(await statusOf({ token: rewrite(kit, world) })).toBe(401);
  });
});

describe('a right token in a wrong place', () => {
  beforeAll(() => open(afterAll));

  it.each<[string, (token: string) => Ask]>([
    ['another scheme', (token) => ({ headers: { authorization: `Token ${token}` } })],
    ['no scheme', (token) => ({ headers: { authorization: token } })],
    ['two blanks', (token) => ({ headers: { authorization: `Bearer  ${token}` } })],
    ['two headers', (token) => ({ headers: { authorization: `Bearer ${token},Bearer ${token}` } })],
    [
      'basic',
      (token) => ({ headers: { authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}` } }),
    ],
    ['a cookie', (token) => ({ cookies: [`__Host-tank-session=${token}`] })],
    ['another cookie', (token) => ({ cookies: [`access_token=${token}`] })],
    ['another header', (token) => ({ headers: { 'x-access-token': token } })],
    ['as an API token', (token) => ({ token: `tank_${token}` })],
    ['a line end', (token) => ({ headers: { authorization: `Bearer ${token}\nX: y` } })],
  ])('is none: %s', async (_, request) => {
    expect(await statusOf(request(kit.token))).toBe(401);
  });
});

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const nextLetter = (letter: string): string => LETTERS[(LETTERS.indexOf(letter) + 1) % 64] ?? 'A';
