import type { CertificateFacts, ClientSpec } from '../domain/client.ts';

export interface Client {
  readonly spec: ClientSpec;
  readonly version: number;
  readonly createdAt: number;
  readonly createdBy: string;
  /** Encrypted: with what its callbacks are signed. */
  readonly callbackSecret?: Uint8Array;
}

export interface ClientCertificate {
  readonly fingerprint: string;
  readonly clientId: string;
  readonly serial: string;
  readonly issuer: string;
  readonly notAfter: number;
  /** When it was shown last, to the minute. */
  readonly seenAt?: number;
  readonly revokedAt?: number;
}

export type NewCertificate = Pick<
  ClientCertificate,
  'fingerprint' | 'clientId' | 'serial' | 'issuer' | 'notAfter'
>;

/** Whom the keys of a certificate name, and whether that certificate is barred. */
export interface Presented {
  readonly clients: readonly Client[];
  readonly revoked: boolean;
}

export interface Clients {
  list(): Promise<readonly Client[]>;
  find(id: string): Promise<Client | undefined>;
  /** False: there is one of this id, or another one has an identity of it. */
  add(client: Omit<Client, 'version' | 'createdAt'>): Promise<boolean>;
  /** False: somebody else was faster, or another client has an identity of it. */
  replace(client: Client, expectedVersion: number): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  present(keys: readonly string[], fingerprint: string): Promise<Presented>;
  /** Issued or shown; one that is known is marked as seen. */
  noteCertificate(certificate: NewCertificate, seen: boolean): Promise<void>;
  certificates(clientId?: string): Promise<readonly ClientCertificate[]>;
  /** By its number, whoever of a client's certificates has it; how many were barred. */
  revoke(clientId: string, serial: string, by: string, reason: string): Promise<number>;
}

/** Reads certificates. */
export interface Certificates {
  /** Undefined: it is none. */
  read(pem: string): CertificateFacts | undefined;
}
