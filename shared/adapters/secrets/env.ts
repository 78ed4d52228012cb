import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { join } from 'node:path';
import { TankError } from '../../domain/errors.ts';
import type { MasterKeys, Secrets, SigningKey } from '../../ports/keys.ts';
import { createPrivateFile, readPrivateFile, refusal } from './private-file.ts';

interface Options {
  readonly dataDir: string;
  /** TANK_MASTER_KEY: 32 bytes in base64; none: the file in the data folder. */
  readonly masterKey?: string;
  /** Is anything encrypted yet? Only then may a missing master key be made. */
  readonly isAnythingEncrypted: () => Promise<boolean>;
}

/** Secrets on a machine of one's own: keys are made on the first start, credentials are files that a person puts there. */
export const createEmbeddedSecrets = ({ dataDir, masterKey, isAnythingEncrypted }: Options): Secrets => {
  const masterPath = join(dataDir, 'keys', 'master.key');
  const signingPath = join(dataDir, 'keys', 'signing.pem');

  const readMasterKey = async (): Promise<string> => {
    const kept = masterKey ?? (await readPrivateFile(masterPath));
    if (kept !== undefined) return kept;
    if (await isAnythingEncrypted()) throw new TankError('master_key_lost', { key: 'keys/master.key' });
    return makeOnce(masterPath, () => `${randomBytes(KEY_BYTES).toString('base64')}\n`);
  };

  return {
    masterKeys: async () => toMasterKeys(await readMasterKey(), masterPath),
    signingKeys: async () => {
      const pem = (await readPrivateFile(signingPath)) ?? (await makeOnce(signingPath, newSigningPem));
      return [toSigningKey(pem, signingPath)];
    },
    credentials: async (name) => {
      if (!SECRET_NAME.test(name))
        throw new TankError('secret_refused', {
          name: 'of this form',
          reason: `a name is ${SECRET_NAME.source}`,
        });
      const path = join(dataDir, 'secrets', `${name}.json`);
      const content = await readPrivateFile(path);
      return content === undefined ? undefined : toCredentials(content, path);
    },
  };
};

const KEY_BYTES = 32;
const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Read again after making it: another process may have been first. */
const makeOnce = async (path: string, make: () => string): Promise<string> => {
  await createPrivateFile(path, make());
  const content = await readPrivateFile(path);
  if (content === undefined) throw refusal(path, 'it vanished while it was made');
  return content;
};

const toMasterKeys = (base64: string, path: string): MasterKeys => {
  const key = Buffer.from(base64.trim(), 'base64');
  if (key.length !== KEY_BYTES) throw refusal(path, `it does not hold ${KEY_BYTES} bytes in base64`);
  // The id is made from the key, so that a key that was exchanged by mistake is noticed.
  const id = createHash('sha256').update('tank master key id').update(key).digest('hex').slice(0, 16);
  return { current: id, keys: new Map([[id, key]]) };
};

const newSigningPem = (): string => pemOf(generateKeyPairSync('ed25519').privateKey, 'pkcs8');

const toSigningKey = (pem: string, path: string): SigningKey => {
  const privateKey = readPrivateKey(pem, path);
  const publicKey = createPublicKey(privateKey);
  const kid = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64url')
    .slice(0, 16);
  return { kid, privatePem: pem, publicPem: pemOf(publicKey, 'spki') };
};

const readPrivateKey = (pem: string, path: string): KeyObject => {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // What the parser says may quote the key.
  }
  throw refusal(path, 'it is not an Ed25519 private key in PEM');
};

const pemOf = (key: KeyObject, type: 'pkcs8' | 'spki'): string =>
  key.export({ format: 'pem', type }).toString();

const toCredentials = (content: string, path: string): { user: string; password: string } => {
  const { user, password } = parseObject(content, path);
  if (typeof user !== 'string' || typeof password !== 'string')
    throw refusal(path, 'it must be {"user": "…", "password": "…"}');
  return { user, password };
};

const parseObject = (content: string, path: string): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(content));
  } catch {
    throw refusal(path, 'it is not JSON');
  }
};
