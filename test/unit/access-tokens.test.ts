import { createPrivateKey } from 'node:crypto';
import { type JWTHeaderParameters, SignJWT, UnsecuredJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSignedTokens } from '../../shared/adapters/identity/signed-tokens.ts';
import type { SigningKey } from '../../shared/ports/keys.ts';
import { madeUpRuntime } from '../fixtures/made-up-runtime.ts';
import { madeSigningKey } from '../fixtures/signing-keys.ts';

/** Anything, as a forger would put it. */
type Fields = Readonly<Record<string, unknown>>;

const MINUTE = 60_000;
const refused = expect.objectContaining({ code: 'unauthenticated' });

const world = () => {
  const own = madeSigningKey();
  const ring: SigningKey[] = [own];
  const { runtime, pass } = madeUpRuntime();
  let reads = 0;
  const signingKeys = async () => {
    reads += 1;
    return [...ring];
  };
  const tokens = createSignedTokens({ secrets: async () => ({ signingKeys }), runtime });
  const seconds = () => Math.floor(runtime.clock.now() / 1000);
  const rightClaims = () => ({
    iss: 'tank',
    aud: 'tank-api',
    sub: 'a1',
    jti: 't1',
    epoch: 1,
    iat: seconds(),
    nbf: seconds(),
    exp: seconds() + 900,
  });
  const forge = (claims: Fields = {}, header: Fields = {}, key = own) =>
    new SignJWT({ ...rightClaims(), ...claims })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid, ...header } as JWTHeaderParameters)
      .sign(createPrivateKey(key.privatePem));
  return { own, ring, reads: () => reads, runtime, pass, tokens, forge, rightClaims };
};

describe('an access token', () => {
  let w: ReturnType<typeof world>;
  beforeEach(() => {
    w = world();
  });

  it('tells whom it stands for, until when, and of which epoch', async () => {
    const { token, lifetimeSeconds } = await w.tokens.issue({ subject: 'a1', epoch: 3 });
    const claims = await w.tokens.verify(token);
    expect(lifetimeSeconds).toBe(900);
    expect(claims).toMatchObject({ subject: 'a1', epoch: 3, expiresAt: w.runtime.clock.now() + 900_000 });
    expect(claims.tokenId).not.toBe('');
  });

  it('is accepted when it is made by hand exactly as it should be (so that the refusals below mean something)', async () => {
    await expect(w.tokens.verify(await w.forge())).resolves.toMatchObject({ subject: 'a1' });
  });

  it('ends after 15 minutes', async () => {
    const { token } = await w.tokens.issue({ subject: 'a1', epoch: 1 });
    w.pass(15 * MINUTE - 1000);
    await expect(w.tokens.verify(token)).resolves.toBeDefined();
    w.pass(7000);
    await expect(w.tokens.verify(token)).rejects.toEqual(refused);
  });

  it('is refused without a signature (alg none)', async () => {
    const unsigned = new UnsecuredJWT(w.rightClaims()).encode();
    await expect(w.tokens.verify(unsigned)).rejects.toEqual(refused);
    const [, payload = ''] = (await w.forge()).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: w.own.kid })).toString(
      'base64url',
    );
    await expect(w.tokens.verify(`${header}.${payload}.`)).rejects.toEqual(refused);
  });

  it('is refused when the public key was used as an HMAC secret', async () => {
    const secret = new TextEncoder().encode(w.own.publicPem);
    const token = await new SignJWT(w.rightClaims())
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: w.own.kid })
      .sign(secret);
    await expect(w.tokens.verify(token)).rejects.toEqual(refused);
  });

  it('is refused when another key signed it, under its own or under our name', async () => {
    const other = madeSigningKey();
    await expect(w.tokens.verify(await w.forge({}, {}, other))).rejects.toEqual(refused);
    await expect(w.tokens.verify(await w.forge({}, { kid: w.own.kid }, other))).rejects.toEqual(refused);
  });

  it('brings no key of its own (jwk in the header)', async () => {
    const other = madeSigningKey();
    const jwk = createPrivateKey(other.privatePem).export({ format: 'jwk' });
    await expect(w.tokens.verify(await w.forge({}, { jwk, kid: 'x' }, other))).rejects.toEqual(refused);
  });

  it.each<[string, Fields, Fields]>([
    ['another issuer', { iss: 'elsewhere' }, {}],
    ['another audience', { aud: 'elsewhere' }, {}],
    ['another type', {}, { typ: 'JWT' }],
    ['no type', {}, { typ: undefined }],
    ['no expiry', { exp: undefined }, {}],
    ['no id', { jti: undefined }, {}],
    ['no subject', { sub: undefined }, {}],
    ['no epoch', { epoch: undefined }, {}],
    ['an epoch that is no number', { epoch: 'x' }, {}],
    ['a start in the future', { nbf: 4_000_000_000 }, {}],
    ['a longer life than we give', { iat: 1_000_000_000 }, {}],
  ])('is refused with %s', async (_, claims, header) => {
    await expect(w.tokens.verify(await w.forge(claims, header))).rejects.toEqual(refused);
  });

  it('is refused when one character of it was changed', async () => {
    const { token } = await w.tokens.issue({ subject: 'a1', epoch: 1 });
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'a2' })).toString('base64url');
    await expect(w.tokens.verify(`${header}.${forged}.${signature}`)).rejects.toEqual(refused);
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    await expect(w.tokens.verify(`${header}.${payload}.${flipped}`)).rejects.toEqual(refused);
  });

  it.each(['', 'x', 'a.b.c', '....', 'null', '{}'])('is refused when it is rubbish: %j', async (rubbish) => {
    await expect(w.tokens.verify(rubbish)).rejects.toEqual(refused);
  });

  it('outlives a change of the signing key while the old one stays in the ring', async () => {
    const { token } = await w.tokens.issue({ subject: 'a1', epoch: 1 });
    w.ring.unshift(madeSigningKey());
    w.pass(5_000);
    await expect(w.tokens.verify(token)).resolves.toBeDefined();
    w.ring.pop();
    w.pass(5_000);
    await expect(w.tokens.verify(token)).rejects.toEqual(refused);
  });

  it('is accepted a second after its key was put into the ring, wherever it was made', async () => {
    await w.tokens.verify(await w.forge());
    const fresh = madeSigningKey();
    w.ring.unshift(fresh);
    w.pass(1_000);
    await expect(w.tokens.verify(await w.forge({}, {}, fresh))).resolves.toBeDefined();
  });

  it('costs the secrets nothing: they are read once in five seconds, and a forger’s names once a second', async () => {
    const token = await w.forge();
    for (let time = 0; time < 50; time += 1) await w.tokens.verify(token);
    expect(w.reads()).toBe(1);
    w.pass(1_000);
    for (let time = 0; time < 50; time += 1)
      await expect(w.tokens.verify(await w.forge({}, { kid: `guess-${time}` }))).rejects.toEqual(refused);
    expect(w.reads()).toBe(2);
  });

  it('is not good for longer because it was checked before', async () => {
    const soon = await w.forge({ exp: Math.floor(w.runtime.clock.now() / 1000) + 60 });
    await expect(w.tokens.verify(soon)).resolves.toBeDefined();
    w.pass(60_000 + 4_000);
    await expect(w.tokens.verify(soon)).resolves.toBeDefined();
    w.pass(2_000);
    await expect(w.tokens.verify(soon)).rejects.toEqual(refused);
  });

  it('says the same the second time', async () => {
    const token = await w.forge();
    expect(await w.tokens.verify(token)).toEqual(await w.tokens.verify(token));
  });

  it('can be verified by others with the published keys, which hold nothing private', async () => {
    const [key] = await w.tokens.publicKeys();
    expect(key).toMatchObject({ kid: w.own.kid, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
    expect(key).not.toHaveProperty('d');
  });
});
