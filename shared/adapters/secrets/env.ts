import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { TankError } from '../../domain/errors.ts';
import type { Secrets } from '../../ports/keys.ts';
import {
  demandSecretName,
  KEY_BYTES,
  newSigningPem,
  refusal,
  toCredentials,
  toMasterKeys,
  toSigningKey,
} from './key-material.ts';
import { createPrivateFile, readPrivateFile } from './private-file.ts';

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
    storeUrl: async () => undefined,
    credentials: async (name) => {
      demandSecretName(name);
      const path = join(dataDir, 'secrets', `${name}.json`);
      const content = await readPrivateFile(path);
      return content === undefined ? undefined : toCredentials(content, path);
    },
  };
};

/** Read again after making it: another process may have been first. */
const makeOnce = async (path: string, make: () => string): Promise<string> => {
  await createPrivateFile(path, make());
  const content = await readPrivateFile(path);
  if (content === undefined) throw refusal(path, 'it vanished while it was made');
  return content;
};
