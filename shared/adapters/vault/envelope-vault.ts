import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { TankError } from '../../domain/errors.ts';
import type { Cipher, DataKeys, Hasher, Secrets, Vault, WrappedKey } from '../../ports/keys.ts';
import type { Clock } from '../../ports/runtime.ts';
import { createRecentlyUsed } from './recently-used.ts';
import { createSealedBox } from './sealed-box.ts';

interface Dependencies {
  readonly secrets: () => Promise<Pick<Secrets, 'masterKeys'>>;
  readonly dataKeys: () => Promise<DataKeys>;
  readonly clock: Clock;
}

/** The key of the hashes is a data key too, so that it outlives every rotation of the master key. */
const INDEX = 'index';
const DATA_KEY_BYTES = 32;
const HASH_BYTES = 18;
/** Many times the runs that are worked on at one time. */
const KEYS_KEPT = 256;

export const createEnvelopeVault = ({ secrets, dataKeys, clock }: Dependencies): Vault => {
  const unwrap = async ({ id, masterKeyId, wrapped }: WrappedKey): Promise<Uint8Array> => {
    const master = (await (await secrets()).masterKeys()).keys.get(masterKeyId);
    if (!master) throw new TankError('master_key_lost', { key: masterKeyId });
    return createSealedBox(master).decrypt(placeOf(id), wrapped);
  };

  /** Found again after it was added: of two makers at once, the store keeps the first. */
  const dataKey = async (id: string): Promise<Uint8Array> => {
    const store = await dataKeys();
    const known = await store.find(id);
    if (known) return unwrap(known);
    await store.add(await newDataKey(id));
    const added = await store.find(id);
    if (!added) throw new TankError('internal', {}, { cause: new Error(`data key ${id} was not kept`) });
    return unwrap(added);
  };

  const newDataKey = async (id: string): Promise<WrappedKey> => {
    const { current, keys } = await (await secrets()).masterKeys();
    const master = keys.get(current);
    if (!master) throw new TankError('master_key_lost', { key: current });
    const wrapped = createSealedBox(master).encrypt(placeOf(id), randomBytes(DATA_KEY_BYTES));
    return { id, masterKeyId: current, wrapped, createdAt: clock.now() };
  };

  const ciphers = createRecentlyUsed<Cipher>(KEYS_KEPT, async (id) => createSealedBox(await dataKey(id)));
  const hashers = createRecentlyUsed<Hasher>(1, async (id) => createHasher(await dataKey(id)));

  return { open: ciphers, hasher: () => hashers(INDEX) };
};

const placeOf = (id: string): string => `data_key|wrapped|${id}`;

const createHasher = (bytes: Uint8Array): Hasher => {
  const key = createSecretKey(bytes);
  return (purpose, value) =>
    createHmac('sha256', key)
      .update(`${purpose}\0${value}`)
      .digest('base64url')
      .slice(0, BASE64URL_CHARACTERS);
};

/** 18 bytes are 24 characters without padding. */
const BASE64URL_CHARACTERS = (HASH_BYTES * 4) / 3;
