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

export interface SigningKey {
  readonly kid: string;
  /** Ed25519, PKCS #8 PEM. */
  readonly privatePem: string;
  readonly publicPem: string;
}

/** Secrets by name. The embedded store makes what is missing on the first start. */
export interface Secrets {
  masterKeys(): Promise<{ readonly current: string; readonly keys: ReadonlyMap<string, Uint8Array> }>;
  /** The first signs, all verify. */
  signingKeys(): Promise<readonly SigningKey[]>;
  /** User and password of a source or a relay. */
  credentials(name: string): Promise<{ readonly user: string; readonly password: string } | undefined>;
}
