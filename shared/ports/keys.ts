/** Keys at work. Values are encrypted with data keys that the master key wraps; the AAD ties a value to its place. */
export interface Vault {
  /** A fresh data key for a row group, wrapped; remembered under its id. */
  newDataKey(id: string): Promise<void>;
  encrypt(dataKey: string, place: string, plain: Uint8Array): Promise<Uint8Array>;
  decrypt(dataKey: string, place: string, cipher: Uint8Array): Promise<Uint8Array>;
  /** A keyed hash that joins records without naming anybody; the same for ever. 24 characters of base64url. */
  hash(purpose: string, value: string): Promise<string>;
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
