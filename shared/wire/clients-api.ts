import { z } from 'zod';
import { parseAddress } from '../domain/address.ts';
import { parseRange } from '../domain/address-range.ts';
import { TRANSPORTS } from '../domain/automation.ts';
import { CLIENT_ID, normalSerial } from '../domain/client.ts';
import { MEGABYTE, route } from './api.ts';
import { line } from './text.ts';

const DOMAIN = /^@[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
const isAddress = (text: string): boolean => parseAddress(text).ok;

const Sender = z
  .string()
  .max(254)
  .refine((text) => DOMAIN.test(text) || isAddress(text), 'Give an address, or @domain for all of a domain.');
const Recipient = z
  .string()
  .max(254)
  .refine(
    (text) => text === '*' || DOMAIN.test(text) || isAddress(text),
    'Give an address, @domain for all of a domain, or * for everybody.',
  );
const Range = z
  .string()
  .max(50)
  .refine((text) => parseRange(text) !== undefined, 'Give an address or a range such as 10.1.0.0/16.');

const Identity = z.union([
  z.strictObject({
    dns: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i)
      .max(253),
  }),
  z.strictObject({
    issuer: z.string().min(1).max(500),
    serial: z
      .string()
      .regex(/^[0-9a-f:]{1,80}$/i)
      .overwrite(normalSerial),
  }),
]);

const CallbackUrl = z.url({ protocol: /^https$/ }).max(500);

/** What a gateway takes at most; a client's own limit lies beneath. */
export const MESSAGE_LIMIT = 25 * MEGABYTE;

const fields = {
  title: line(1, 200),
  organisation: line(1, 100),
  senders: z.array(Sender).min(1).max(100),
  recipients: z.array(Recipient).min(1).max(1000),
  maxBytes: z.int().min(1000).max(MESSAGE_LIMIT),
  perMinute: z.int().min(1).max(1_000_000),
  perDay: z.int().min(1).max(100_000_000),
  addressRanges: z.array(Range).max(100),
  transport: z.enum(TRANSPORTS),
  identities: z.array(Identity).max(20),
  enabled: z.boolean(),
  callbackUrl: CallbackUrl,
};

const NewClient = z.strictObject({
  ...fields,
  id: z.string().regex(CLIENT_ID, 'Small letters, digits and - within, at most 40.'),
  title: fields.title.optional(),
  maxBytes: fields.maxBytes.default(10 * MEGABYTE),
  perMinute: fields.perMinute.default(600),
  perDay: fields.perDay.default(10_000),
  addressRanges: fields.addressRanges.default([]),
  transport: fields.transport.optional(),
  identities: fields.identities.default([]),
  enabled: fields.enabled.default(true),
  callbackUrl: fields.callbackUrl.optional(),
});
export type NewClient = z.output<typeof NewClient>;

/** What is absent stays; null takes away. */
const ClientChange = z
  .strictObject({
    ...fields,
    transport: fields.transport.nullable(),
    callbackUrl: fields.callbackUrl.nullable(),
  })
  .partial();
export type ClientChange = z.output<typeof ClientChange>;

const time = z.iso.datetime();

const Certificate = z.strictObject({
  fingerprint: z.string(),
  serial: z.string(),
  issuer: z.string(),
  notAfter: time,
  seenAt: time.optional(),
  revokedAt: time.optional(),
});

const ClientReply = z.strictObject({
  ...fields,
  id: z.string(),
  uri: z.string(),
  transport: fields.transport.optional(),
  callbackUrl: z.string().optional(),
  /** Shown once, when the address is set: what callbacks are signed with. */
  callbackSecret: z.string().optional(),
  certificates: z.array(Certificate),
  version: z.int(),
  createdAt: time,
  createdBy: z.string(),
});

const ClientParams = z.strictObject({ id: z.string().regex(CLIENT_ID) });
const Serial = z.string().regex(/^[0-9a-f:]{1,80}$/i);

export const clientsApi = {
  listClients: route('GET', '/api/v1/clients', 'Other systems that may send mails, and their certificates', {
    permission: 'clients:read',
    reply: z.strictObject({ items: z.array(ClientReply), nextCursor: z.string().nullable() }),
  }),
  addClient: route('POST', '/api/v1/clients', 'Let another system send mails, within limits of its own', {
    audit: 'client.changed',
    permission: 'clients:write',
    sensitive: true,
    body: NewClient,
    reply: ClientReply,
    status: 201,
  }),
  changeClient: route('PATCH', '/api/v1/clients/{id}', 'Change what a client may do', {
    audit: 'client.changed',
    permission: 'clients:write',
    sensitive: true,
    params: ClientParams,
    body: ClientChange,
    reply: ClientReply,
  }),
  removeClient: route('DELETE', '/api/v1/clients/{id}', 'Let a client send no more; what it sent stays', {
    audit: 'client.changed',
    permission: 'clients:write',
    params: ClientParams,
    reply: z.undefined(),
    status: 204,
  }),
  noteCertificate: route(
    'POST',
    '/api/v1/clients/{id}/certificates',
    'Note a certificate that was issued to a client, so that its renewal is remembered and it can be revoked',
    {
      audit: 'certificate.noted',
      permission: 'clients:write',
      params: ClientParams,
      body: z.strictObject({ pem: z.string().min(1).max(20_000) }),
      reply: Certificate,
      status: 201,
    },
  ),
  revokeCertificate: route(
    'POST',
    '/api/v1/clients/{id}/certificates/revoke',
    'Refuse a certificate of a client from now on, wherever it is shown',
    {
      audit: 'certificate.revoked',
      permission: 'clients:write',
      params: ClientParams,
      body: z.strictObject({ serial: Serial, reason: line(1, 500) }),
      reply: z.strictObject({ revoked: z.int() }),
    },
  ),
};
