/** Encrypts with one data key. `place` (table|column|row) ties a value to where it stands. */
export interface Cipher {
  encrypt(place: string, plain: Uint8Array): Uint8Array;
  decrypt(place: string, cipher: Uint8Array): Uint8Array;
}

/** A keyed hash that joins records without naming anybody; the same for ever. 24 characters of base64url. */
export type Hasher = (purpose: string, value: string) => string;

/** Keys at work: data keys, one for each group of rows, wrapped by the master key. */
export interface Vault {
  /** The cipher of a data key, which is made when there is none of this id. */
  open(dataKeyId: string): Promise<Cipher>;
  hasher(): Promise<Hasher>;
}

/** A data key as it is stored: useless without the master key of that id. */
export interface WrappedKey {
  readonly id: string;
  readonly masterKeyId: string;
  readonly wrapped: Uint8Array;
  readonly createdAt: number;
}

/** Where the vault keeps its data keys. */
export interface DataKeys {
  find(id: string): Promise<WrappedKey | undefined>;
  /** Keeps the first of an id. */
  add(key: WrappedKey): Promise<void>;
  /** How many a master key has wrapped: above none, a missing master key is a loss. */
  count(): Promise<number>;
}

export interface SigningKey {
  readonly kid: string;
  /** Ed25519, PKCS #8 PEM. */
  readonly privatePem: string;
  readonly publicPem: string;
}

export interface MasterKeys {
  readonly current: string;
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

/** Secrets by name. The embedded store makes what is missing on the first start. */
export interface Secrets {
  masterKeys(): Promise<MasterKeys>;
  /** The first signs, all verify. */
  signingKeys(): Promise<readonly SigningKey[]>;
  /** Where the store is, when no setting says so. */
  storeUrl(): Promise<string | undefined>;
  /** User and password of a source or a relay. */
  credentials(name: string): Promise<{ readonly user: string; readonly password: string } | undefined>;
}
