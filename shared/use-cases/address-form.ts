import { ADDRESS, addressKey } from '../domain/address-key.ts';
import { maskAddress } from '../domain/masking.ts';
import type { Cipher, Hasher } from '../ports/keys.ts';
import type { Ports } from '../ports/ports.ts';
import type { Suppression } from '../ports/suppressions.ts';

/** The data key under which addresses are kept that must not be mailed. */
const SUPPRESSIONS = 'suppressions';

/** How an address becomes an entry; it is kept in a form that only an export opens. */
export interface AddressForm {
  entry(address: string, about: Pick<Suppression, 'scope' | 'reason' | 'origin' | 'createdAt'>): Suppression;
  hash(address: string): string;
  open(entry: Suppression): string | undefined;
}

export const openAddressForm = async (ports: Pick<Ports, 'vault'>): Promise<AddressForm> => {
  const vault = await ports.vault();
  const [cipher, hasher] = await Promise.all([vault.open(SUPPRESSIONS), vault.hasher()]);
  return addressForm(cipher, hasher);
};

const addressForm = (cipher: Cipher, hasher: Hasher): AddressForm => {
  const hash = (address: string) => hasher(ADDRESS, addressKey(address));
  return {
    hash,
    entry: (address, about) => {
      const key = addressKey(address);
      const addressHash = hash(address);
      return {
        ...about,
        addressHash,
        masked: maskAddress(key),
        address: cipher.encrypt(placeOf(addressHash), Buffer.from(key)),
      };
    },
    open: ({ addressHash, address }) =>
      address && Buffer.from(cipher.decrypt(placeOf(addressHash), address)).toString(),
  };
};

const placeOf = (addressHash: string): string => `suppression|address|${addressHash}`;
