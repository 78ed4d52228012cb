import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { SecretMaker } from '../../ports/identity.ts';

const BYTES = 32;

/** A hash without salt and without cost is enough: nobody guesses 256 random bits. */
export const secretMaker: SecretMaker = {
  make: () => randomBytes(BYTES).toString('base64url'),
  sign: (secret, text) => createHmac('sha256', secret).update(text).digest('hex'),
  hash: (secret) => createHash('sha256').update(secret).digest('base64url'),
};
