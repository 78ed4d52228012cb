import { isInRanges, parseRange } from './address-range.ts';
import type { TransportName } from './automation.ts';
import { TankError } from './errors.ts';

/** Another system that sends single mails, known by its certificate, with limits of its own. */
export interface ClientSpec {
  readonly id: string;
  readonly title: string;
  readonly organisation: string;
  /** `no-reply@example.com`, or `@example.com` for every address there. */
  readonly senders: readonly string[];
  /** The same, or `*` for everybody. */
  readonly recipients: readonly string[];
  /** Of one request's body. */
  readonly maxBytes: number;
  /** Requests a minute. */
  readonly perMinute: number;
  /** Mails in 24 hours. */
  readonly perDay: number;
  /** From where it may call; none: from anywhere. */
  readonly addressRanges: readonly string[];
  /** None: the installation's. */
  readonly transport?: TransportName;
  /** Certificates of a company's own PKI, which carry no `urn:tank:client:`. */
  readonly identities: readonly ClientIdentity[];
  readonly enabled: boolean;
  /** Told what became of each of its mails. */
  readonly callbackUrl?: string;
}

export type ClientIdentity = { readonly dns: string } | { readonly issuer: string; readonly serial: string };

/** What a certificate says, read out of it and out of nothing else. */
export interface CertificateFacts {
  /** Hexadecimal, upper case. */
  readonly serial: string;
  readonly issuer: string;
  readonly fingerprint: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly uris: readonly string[];
  readonly dns: readonly string[];
  /** It may be shown by a client at all. */
  readonly forClients: boolean;
}

const CLIENT_URI = 'urn:tank:client:';
export const CLIENT_ID = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export const uriOfClient = (id: string): string => CLIENT_URI + id;

/** Ids of clients are written into names of runs, where those of automations stand too. */
export const automationIdOf = (clientId: string): string => `client:${clientId}`;

/** One text for each way in which a certificate may name its client. */
export const keysOfCertificate = ({ uris, dns, issuer, serial }: CertificateFacts): readonly string[] => [
  ...uris.filter((uri) => uri.startsWith(CLIENT_URI)),
  ...dns.map((name) => keyOfIdentity({ dns: name })),
  keyOfIdentity({ issuer, serial }),
];

export const keyOfIdentity = (identity: ClientIdentity): string =>
  'dns' in identity
    ? `dns:${identity.dns.toLowerCase()}`
    : `serial:${normalSerial(identity.serial)}|${identity.issuer}`;

/** `0A:1B`, `0a1b` and `A1B` are one number. */
export const normalSerial = (serial: string): string =>
  serial
    .replaceAll(':', '')
    .toUpperCase()
    .replace(/^0+(?=.)/, '');

/** Why a client is refused. Its record names it; the caller is told nothing but that he is refused. */
export type ClientRefusal =
  | 'certificate_missing'
  | 'certificate_unreadable'
  | 'certificate_not_yet_valid'
  | 'certificate_expired'
  | 'certificate_not_for_clients'
  | 'certificate_revoked'
  | 'client_unknown'
  | 'client_ambiguous'
  | 'client_disabled'
  | 'address_not_allowed'
  | 'sender_not_allowed'
  | 'recipient_not_allowed'
  | 'too_large';

/** Of the certificate alone. A connection may outlive the certificate with which it was opened. */
export const refusalOfCertificate = (
  { notBefore, notAfter, forClients }: CertificateFacts,
  now: number,
): ClientRefusal | undefined => {
  if (now < notBefore) return 'certificate_not_yet_valid';
  if (now > notAfter) return 'certificate_expired';
  return forClients ? undefined : 'certificate_not_for_clients';
};

export const refusalOfCaller = (
  { enabled, addressRanges }: ClientSpec,
  address: string,
): ClientRefusal | undefined => {
  if (!enabled) return 'client_disabled';
  const ranges = addressRanges.flatMap((text) => parseRange(text) ?? []);
  return addressRanges.length === 0 || isInRanges(address, ranges) ? undefined : 'address_not_allowed';
};

export interface Envelope {
  /** Bare addresses, their domains in lower case. */
  readonly senders: readonly string[];
  readonly recipients: readonly string[];
  readonly bytes: number;
}

export const refusalOfMessage = (client: ClientSpec, envelope: Envelope): ClientRefusal | undefined => {
  if (envelope.bytes > client.maxBytes) return 'too_large';
  if (!envelope.senders.every((address) => isCovered(address, client.senders))) return 'sender_not_allowed';
  if (!envelope.recipients.every((address) => isCovered(address, client.recipients)))
    return 'recipient_not_allowed';
  return undefined;
};

/** Whole addresses and whole domains: `@example.com` covers no sub-domain of it. */
const isCovered = (address: string, allowed: readonly string[]): boolean => {
  const bare = address.toLowerCase();
  const domain = bare.slice(bare.lastIndexOf('@'));
  return allowed.some((one) => one === '*' || one.toLowerCase() === bare || one.toLowerCase() === domain);
};

/** What the record of a refusal tells and the caller is not. */
export class RefusedFor extends Error {
  override readonly name = 'RefusedFor';
  readonly reason: ClientRefusal;
  readonly clientId: string | undefined;

  constructor(reason: ClientRefusal, clientId?: string) {
    super(reason);
    this.reason = reason;
    this.clientId = clientId;
  }
}

export const refuseClient = (reason: ClientRefusal, clientId?: string): TankError =>
  new TankError('client_refused', {}, { cause: new RefusedFor(reason, clientId) });
