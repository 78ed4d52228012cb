import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { Hasher, Secrets, SigningKey } from '../../../ports/keys.ts';
import type { Head } from './chain.ts';

/** Every so many entries, whoever writes that one signs where the chain stands. */
export const CHECKPOINT_EVERY = 100;

/**
 * Two seals: a signature that others can check with the published keys while they are published, and a
 * keyed hash that Tank can check for ever, also after the signing keys were rotated.
 */
export interface Checkpoint extends Head {
  readonly at: number;
  readonly kid: string;
  readonly signature: string;
  readonly seal: string;
}

export interface Sealing {
  readonly secrets: () => Promise<Pick<Secrets, 'signingKeys'>>;
  readonly hasher: () => Promise<Hasher>;
}

const claimOf = ({ sequence, hash, at }: Head & { readonly at: number }): string =>
  `tank audit ${sequence} ${hash} ${at}`;

const sealOf = (hasher: Hasher, claim: string): string => hasher('audit-checkpoint', claim);

export const makeCheckpoint = async (
  head: Head,
  at: number,
  { secrets, hasher }: Sealing,
): Promise<Checkpoint> => {
  const [key] = await (await secrets()).signingKeys();
  if (!key) throw new Error('there is no signing key');
  const claim = claimOf({ ...head, at });
  const signature = sign(null, Buffer.from(claim), createPrivateKey(key.privatePem)).toString('base64url');
  return {
    sequence: head.sequence,
    hash: head.hash,
    at,
    kid: key.kid,
    signature,
    seal: sealOf(await hasher(), claim),
  };
};

export const isGenuine = (checkpoint: Checkpoint, hasher: Hasher, ring: readonly SigningKey[]): boolean => {
  const claim = claimOf(checkpoint);
  if (checkpoint.seal !== sealOf(hasher, claim)) return false;
  const key = ring.find(({ kid }) => kid === checkpoint.kid);
  return (
    key === undefined ||
    verify(
      null,
      Buffer.from(claim),
      createPublicKey(key.publicPem),
      Buffer.from(checkpoint.signature, 'base64url'),
    )
  );
};

export const readCheckpoint = (line: string): Checkpoint | undefined => {
  try {
    const { sequence, hash, at, kid, signature, seal }: Partial<Checkpoint> = JSON.parse(line);
    return sequence !== undefined && hash && at !== undefined && kid && signature && seal
      ? { sequence, hash, at, kid, signature, seal }
      : undefined;
  } catch {
    return undefined;
  }
};
