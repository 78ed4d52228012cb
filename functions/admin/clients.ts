import { type ClientSpec, normalSerial, uriOfClient } from '../../shared/domain/client.ts';
import { TankError } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import type { Client, ClientCertificate } from '../../shared/ports/clients.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { sealCallbackSecret } from '../../shared/use-cases/callback-secret.ts';
import type { ClientChange, NewClient } from '../../shared/wire/clients-api.ts';

export const listClients = async (ports: Ports) => {
  const clients = await ports.clients();
  const [all, certificates] = await Promise.all([clients.list(), clients.certificates()]);
  const own = ({ spec }: Client) => certificates.filter(({ clientId }) => clientId === spec.id);
  return { items: all.map((client) => describe(client, own(client))), nextCursor: null };
};

export const addClient = async (
  ports: Ports,
  { title, transport, callbackUrl, ...given }: NewClient,
  by: Principal,
) => {
  const spec: ClientSpec = {
    ...given,
    title: title ?? given.id,
    ...(transport && { transport }),
    ...(callbackUrl && { callbackUrl }),
  };
  const secret = callbackUrl ? await newSecret(ports, spec.id) : undefined;
  const added = await (await ports.clients()).add({
    spec,
    createdBy: by.id,
    ...(secret && { callbackSecret: secret.sealed }),
  });
  if (!added) throw new TankError('client_conflict');
  return shown(ports, spec.id, secret?.plain);
};

export const changeClient = async (ports: Ports, id: string, change: ClientChange) => {
  const client = await findClient(ports, id);
  const { transport = client.spec.transport, callbackUrl = client.spec.callbackUrl, ...rest } = change;
  const { transport: _, callbackUrl: __, ...kept } = client.spec;
  const spec: ClientSpec = {
    ...kept,
    ...given(rest),
    ...(transport && { transport }),
    ...(callbackUrl && { callbackUrl }),
  };
  const secret = change.callbackUrl ? await newSecret(ports, id) : undefined;
  const sealed = secret?.sealed ?? (callbackUrl ? client.callbackSecret : undefined);
  const { version, createdAt, createdBy } = client;
  const next = { spec, version, createdAt, createdBy, ...(sealed && { callbackSecret: sealed }) };
  if (!(await (await ports.clients()).replace(next, version))) throw new TankError('client_conflict');
  return shown(ports, id, secret?.plain);
};

/** Without the fields that were not named. */
const given = <T extends object>(change: T) =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

export const removeClient = async (ports: Ports, id: string): Promise<undefined> => {
  if (!(await (await ports.clients()).remove(id))) throw new TankError('not_found', { what: 'client' });
  return undefined;
};

export const noteCertificate = async (ports: Ports, id: string, pem: string) => {
  await findClient(ports, id);
  const facts = ports.certificates.read(pem);
  if (!facts) {
    const problem = 'It is no certificate in PEM.';
    throw new TankError('invalid_request', {}, { fields: [{ field: 'pem', problem }] });
  }
  const clients = await ports.clients();
  await clients.noteCertificate({ ...facts, clientId: id }, false);
  const noted = (await clients.certificates(id)).find(({ fingerprint }) => fingerprint === facts.fingerprint);
  // The first client that a certificate was noted for keeps it.
  if (!noted) throw new TankError('client_conflict');
  return describeCertificate(noted);
};

export const revokeCertificate = async (
  ports: Ports,
  id: string,
  { serial, reason }: { readonly serial: string; readonly reason: string },
  by: Principal,
) => {
  // A client that was removed may come back; a key that was lost does not.
  const clients = await ports.clients();
  const revoked = await clients.revoke(id, serial, by.id, reason);
  // Asked for once more, it is still revoked.
  const isKnown = (await clients.certificates(id)).some((one) => one.serial === normalSerial(serial));
  if (!isKnown) {
    await findClient(ports, id);
    const problem = 'This client has no certificate of that number.';
    throw new TankError('invalid_request', {}, { fields: [{ field: 'serial', problem }] });
  }
  ports.runtime.log.warn('certificate_revoked', { client: id, serial });
  return { revoked };
};

const findClient = async (ports: Ports, id: string): Promise<Client> => {
  const client = await (await ports.clients()).find(id);
  if (!client) throw new TankError('not_found', { what: 'client' });
  return client;
};

const newSecret = async (ports: Ports, id: string) => {
  const plain = ports.secretMaker.make();
  return { plain, sealed: await sealCallbackSecret(ports, id, plain) };
};

const shown = async (ports: Ports, id: string, callbackSecret: string | undefined) => {
  const certificates = await (await ports.clients()).certificates(id);
  return {
    ...describe(await findClient(ports, id), certificates),
    ...(callbackSecret && { callbackSecret }),
  };
};

const describe = (
  { spec, version, createdAt, createdBy }: Client,
  certificates: readonly ClientCertificate[],
) => ({
  ...spec,
  senders: [...spec.senders],
  recipients: [...spec.recipients],
  addressRanges: [...spec.addressRanges],
  identities: [...spec.identities],
  uri: uriOfClient(spec.id),
  certificates: certificates.map(describeCertificate),
  version,
  createdAt: new Date(createdAt).toISOString(),
  createdBy,
});

const describeCertificate = ({ fingerprint, serial, issuer, ...at }: ClientCertificate) => ({
  fingerprint,
  serial,
  issuer,
  notAfter: new Date(at.notAfter).toISOString(),
  ...(at.seenAt === undefined ? {} : { seenAt: new Date(at.seenAt).toISOString() }),
  ...(at.revokedAt === undefined ? {} : { revokedAt: new Date(at.revokedAt).toISOString() }),
});
