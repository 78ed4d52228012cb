import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { errors, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';
import { TankError } from '../../domain/errors.ts';
import type { AccessClaims, PublicKey, Tokens } from '../../ports/identity.ts';
import type { Secrets, SigningKey } from '../../ports/keys.ts';
import type { Runtime } from '../../ports/runtime.ts';

const ISSUER = 'tank';
const AUDIENCE = 'tank-api';
/** RFC 9068. Another kind of token signed with the same key is not an access token. */
const TYPE = 'at+jwt';
const ALGORITHM = 'EdDSA';
const LIFETIME_SECONDS = 15 * 60;
/** Clocks of machines that share a store. */
const TOLERANCE_SECONDS = 5;

interface Dependencies {
  readonly secrets: () => Promise<Pick<Secrets, 'signingKeys'>>;
  readonly runtime: Pick<Runtime, 'clock' | 'id'>;
}

export const createSignedTokens = ({ secrets, runtime }: Dependencies): Tokens => {
  const ring = async () => (await secrets()).signingKeys();
  const privateKeys = memo((key: SigningKey) => createPrivateKey(key.privatePem));
  const publicKeys = memo((key: SigningKey) => createPublicKey(key.publicPem));
  const verifyingKey = async (kid: string | undefined): Promise<KeyObject> => {
    const key = (await ring()).find((candidate) => candidate.kid === kid);
    if (!key) throw new errors.JWSInvalid('unknown kid');
    return publicKeys(key);
  };
  return {
    issue: async ({ subject, epoch, sessionId }) => {
      const [key] = await ring();
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
      const options = { ...RULES, currentDate: new Date(runtime.clock.now()) };
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => verifyingKey(kid), options);
        return readClaims(payload);
      } catch (thrown) {
        if (thrown instanceof errors.JOSEError) throw new TankError('unauthenticated');
        throw thrown;
      }
    },
    publicKeys: async () => (await ring()).map((key) => toPublicKey(key.kid, publicKeys(key))),
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

/** A kid names one key for ever, and the ring holds a handful. */
const memo = (make: (key: SigningKey) => KeyObject) => {
  const made = new Map<string, KeyObject>();
  return (key: SigningKey): KeyObject => {
    const known = made.get(key.kid) ?? make(key);
    made.set(key.kid, known);
    return known;
  };
};
