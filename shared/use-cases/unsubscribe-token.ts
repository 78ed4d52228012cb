import { ADDRESS, addressKey } from '../domain/address-key.ts';
import type { Cipher } from '../ports/keys.ts';
import type { Ports } from '../ports/ports.ts';

/** Whom a link stands for, and whose mail it stops. */
export interface Unsubscription {
  readonly addressHash: string;
  readonly organisation: string;
}

export interface UnsubscribeTokens {
  make(address: string, organisation: string): string;
  /** Undefined: it is none of ours, or was changed. */
  read(token: string): Unsubscription | undefined;
}

/** Its key outlives every rotation, so that the link in an old mail works for as long as the store does. */
const DATA_KEY = 'unsubscribe';
const PLACE = 'unsubscribe|token|1';
/** Of a keyed hash in base64url. */
const HASH_LENGTH = 24;

/** Sealed, so that a token is signed and says nothing: neither address nor organisation can be read off it. */
export const openUnsubscribeTokens = async (ports: Pick<Ports, 'vault'>): Promise<UnsubscribeTokens> => {
  const vault = await ports.vault();
  const [cipher, hash] = await Promise.all([vault.open(DATA_KEY), vault.hasher()]);
  return {
    make: (address, organisation) => {
      const plain = Buffer.from(hash(ADDRESS, addressKey(address)) + organisation);
      return Buffer.from(cipher.encrypt(PLACE, plain)).toString('base64url');
    },
    read: (token) => {
      const plain = unseal(cipher, Buffer.from(token, 'base64url'));
      if (plain === undefined || plain.length <= HASH_LENGTH) return undefined;
      return { addressHash: plain.slice(0, HASH_LENGTH), organisation: plain.slice(HASH_LENGTH) };
    },
  };
};

const unseal = (cipher: Cipher, sealed: Uint8Array): string | undefined => {
  try {
    return Buffer.from(cipher.decrypt(PLACE, sealed)).toString();
  } catch {
    return undefined;
  }
};
