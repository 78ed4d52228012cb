import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';
import { TankError } from '../../domain/errors.ts';
import type { AccessClaims, PublicKey, Tokens } from '../../ports/identity.ts';
import type { Secrets, SigningKey } from '../../ports/keys.ts';
import type { Clock, Runtime } from '../../ports/runtime.ts';

const ISSUER = 'tank';
const AUDIENCE = 'tank-api';
/** RFC 9068. Another kind of token signed with the same key is not an access token. */
const TYPE = 'at+jwt';
const ALGORITHM = 'EdDSA';
const LIFETIME_SECONDS = 15 * 60;
/** Clocks of machines that share a store. */
const TOLERANCE_SECONDS = 5;
/** Programs show one token for its whole life; a signature is checked once for each, the times and the key each time. */
const VERIFIED_KEPT = 2_000;
/** To read and parse the ring costs more than all else that a request does; so long may a barred key go on. */
const RING_KEPT_MS = 5_000;
/** A kid that is not known may be of a key that was made a moment ago; a forger must not make us read at each try. */
const RING_LOOKED_AGAIN_MS = 1_000;

interface Dependencies {
  readonly secrets: () => Promise<Pick<Secrets, 'signingKeys'>>;
  readonly runtime: Pick<Runtime, 'clock' | 'id'>;
}

interface Verified {
  readonly claims: AccessClaims;
  readonly kid: string | undefined;
  readonly until: number;
}

export const createSignedTokens = ({ secrets, runtime }: Dependencies): Tokens => {
  const ring = kept(runtime.clock, async () => (await secrets()).signingKeys());
  const privateKeys = memo((key: SigningKey) => createPrivateKey(key.privatePem));
  const publicKeys = memo((key: SigningKey) => createPublicKey(key.publicPem));
  const verifyingKey = async (kid: string | undefined): Promise<KeyObject> => {
    const named = (keys: readonly SigningKey[]) => keys.find((candidate) => candidate.kid === kid);
    const key = named(await ring(RING_KEPT_MS)) ?? named(await ring(RING_LOOKED_AGAIN_MS));
    if (!key) throw new errors.JWSInvalid('unknown kid');
    return publicKeys(key);
  };
  const verified = new Map<string, Verified>();
  const remember = (token: string, value: Verified): void => {
    const [oldest] = verified.keys();
    if (verified.size >= VERIFIED_KEPT && oldest !== undefined) verified.delete(oldest);
    verified.set(token, value);
  };
  return {
    issue: async ({ subject, epoch, sessionId }) => {
      const [key] = await ring(RING_KEPT_MS);
      if (!key) throw new TankError('secret_refused', { name: 'signing', reason: 'there is no signing key' });
      const now = Math.floor(runtime.clock.now() / 1000);
      const token = await new SignJWT({ epoch, ...(sessionId && { sid: sessionId }) })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.kid })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject)
        .setJti(runtime.id())
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + LIFETIME_SECONDS)
        .sign(privateKeys(key));
      return { token, lifetimeSeconds: LIFETIME_SECONDS };
    },
    verify: async (token) => {
      const now = runtime.clock.now();
      try {
        const known = verified.get(token);
        if (known && now < known.until && (await verifyingKey(known.kid))) return known.claims;
        const options = { ...RULES, currentDate: new Date(now) };
        const { payload, protectedHeader } = await jwtVerify(token, ({ kid }) => verifyingKey(kid), options);
        const claims = readClaims(payload);
        remember(token, { claims, kid: protectedHeader.kid, until: endOf(payload) });
        return claims;
      } catch (thrown) {
        if (thrown instanceof errors.JOSEError) throw new TankError('unauthenticated');
        throw thrown;
      }
    },
    publicKeys: async () => (await ring(RING_KEPT_MS)).map((key) => toPublicKey(key.kid, publicKeys(key))),
  };
};

/** jose checks only what it is told to: nothing here may be left out. */
const RULES: JWTVerifyOptions = {
  algorithms: [ALGORITHM],
  issuer: ISSUER,
  audience: AUDIENCE,
  typ: TYPE,
  requiredClaims: ['sub', 'exp', 'nbf', 'iat', 'jti', 'epoch'],
  maxTokenAge: LIFETIME_SECONDS,
  clockTolerance: TOLERANCE_SECONDS,
};

/** When it expires or is older than we let tokens grow, whichever is first. */
const endOf = ({ exp = 0, iat = 0 }: JWTPayload): number =>
  (Math.min(exp, iat + LIFETIME_SECONDS) + TOLERANCE_SECONDS) * 1000;

const readClaims = ({ sub, jti, exp, epoch, sid }: Readonly<Record<string, unknown>>): AccessClaims => {
  if (
    typeof sub !== 'string' ||
    typeof jti !== 'string' ||
    typeof exp !== 'number' ||
    typeof epoch !== 'number' ||
    (sid !== undefined && typeof sid !== 'string')
  ) {
    throw new TankError('unauthenticated');
  }
  return {
    subject: sub,
    tokenId: jti,
    expiresAt: exp * 1000,
    epoch,
    ...(sid !== undefined && { sessionId: sid }),
  };
};

const toPublicKey = (kid: string, key: KeyObject): PublicKey => {
  const { x } = key.export({ format: 'jwk' });
  if (!x) throw new TankError('secret_refused', { name: 'signing', reason: 'it is not an Ed25519 key' });
  return { kid, kty: 'OKP', crv: 'Ed25519', x, alg: ALGORITHM, use: 'sig' };
};

/** The same for callers of the same moment, and for as long as each of them is content with. A fault is not kept. */
const kept = <T>({ monotonic }: Pick<Clock, 'monotonic'>, read: () => Promise<T>) => {
  let last: { readonly at: number; readonly value: Promise<T> } | undefined;
  return (forMs: number): Promise<T> => {
    if (last && monotonic() - last.at < forMs) return last.value;
    const fresh = { at: monotonic(), value: read() };
    fresh.value.catch(() => {
      if (last === fresh) last = undefined;
    });
    last = fresh;
    return fresh.value;
  };
};

/** A kid names one key for ever, and the ring holds a handful. */
const memo = (make: (key: SigningKey) => KeyObject) => {
  const made = new Map<string, KeyObject>();
  return (key: SigningKey): KeyObject => {
    const known = made.get(key.kid) ?? make(key);
    made.set(key.kid, known);
    return known;
  };
};
