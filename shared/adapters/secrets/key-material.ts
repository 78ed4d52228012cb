import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { basename } from 'node:path';
import { TankError } from '../../domain/errors.ts';
import type { MasterKeys, SigningKey } from '../../ports/keys.ts';

export const KEY_BYTES = 32;
const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** `place` says where the material was found: a path, the name of a secret; never what it holds. */
export const refusal = (place: string, reason: string): TankError =>
  new TankError('secret_refused', { name: basename(place), reason });

export const demandSecretName = (name: string): void => {
  if (!SECRET_NAME.test(name)) throw refusal('of this form', `a name is ${SECRET_NAME.source}`);
};

export const toMasterKeys = (base64: string, place: string): MasterKeys => {
  const key = Buffer.from(base64.trim(), 'base64');
  if (key.length !== KEY_BYTES) throw refusal(place, `it does not hold ${KEY_BYTES} bytes in base64`);
  // The id is made from the key, so that a key that was exchanged by mistake is noticed.
  const id = createHash('sha256').update('tank master key id').update(key).digest('hex').slice(0, 16);
  return { current: id, keys: new Map([[id, key]]) };
};

export const toSigningKey = (pem: string, place: string): SigningKey => {
  const privateKey = readPrivateKey(pem, place);
  const publicKey = createPublicKey(privateKey);
  const kid = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64url')
    .slice(0, 16);
  return { kid, privatePem: pem, publicPem: pemOf(publicKey, 'spki') };
};

const readPrivateKey = (pem: string, place: string): KeyObject => {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // What the parser says may quote the key.
  }
  throw refusal(place, 'it is not an Ed25519 private key in PEM');
};

export const newSigningPem = (): string => pemOf(generateKeyPairSync('ed25519').privateKey, 'pkcs8');

const pemOf = (key: KeyObject, type: 'pkcs8' | 'spki'): string =>
  key.export({ format: 'pem', type }).toString();

export const toCredentials = (content: string, place: string): { user: string; password: string } => {
  const { user, password } = parseObject(content, place);
  if (typeof user !== 'string' || typeof password !== 'string')
    throw refusal(place, 'it must be {"user": "…", "password": "…"}');
  return { user, password };
};

const parseObject = (content: string, place: string): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(content));
  } catch {
    throw refusal(place, 'it is not JSON');
  }
};
