import {
  type CertificateFacts,
  keysOfCertificate,
  RefusedFor,
  refusalOfCaller,
  refusalOfCertificate,
  refuseClient,
} from '../domain/client.ts';
import { TankError, toTankError } from '../domain/errors.ts';
import type { Client, Presented } from '../ports/clients.ts';
import type { Clock } from '../ports/runtime.ts';
import { type Call, type ChainPorts, type HttpEvent, type HttpMiddleware, routeOf } from './call.ts';

/** How old what is known of a client may be: a revocation acts within seconds, and its requests cost no query each. */
const KNOWN_FOR_MS = 5_000;
const KEPT = 1_000;

interface Known {
  readonly presented: Promise<Presented>;
  readonly until: number;
}

/**
 * A certificate becomes a client. The host has verified its chain and put it into the event; what it says is
 * read from the certificate itself, and nothing is believed that a header could say.
 */
export const knowClient = (ports: ChainPorts): HttpMiddleware => {
  const known = rememberFor(KNOWN_FOR_MS, ports.runtime.clock);
  const look = (facts: CertificateFacts): Promise<Presented> =>
    known(facts.fingerprint, async () => {
      const clients = await ports.clients();
      const presented = await clients.present(keysOfCertificate(facts), facts.fingerprint);
      const [client, ...others] = presented.clients;
      if (client && others.length === 0)
        await clients.noteCertificate({ ...facts, clientId: client.spec.id }, true);
      return presented;
    });

  return {
    before: async ({ event, context: { call } }) => {
      if (call.match && routeOf(call).route.permission === 'client')
        call.client = await clientOf(event, call, ports, look);
    },
    onError: async ({ event, error, context: { call } }) => {
      const { cause } = toTankError(error);
      if (cause instanceof RefusedFor) await recordRefusal(ports, event, call, cause);
    },
  };
};

const clientOf = async (
  event: HttpEvent,
  call: Call,
  { certificates, runtime }: ChainPorts,
  look: (facts: CertificateFacts) => Promise<Presented>,
): Promise<Client> => {
  const pem = event.requestContext?.authentication?.clientCert?.clientCertPem;
  if (!pem)
    throw new TankError('client_certificate_required', {}, { cause: new RefusedFor('certificate_missing') });
  const facts = certificates.read(pem);
  if (!facts) throw refuseClient('certificate_unreadable');
  const { clients, revoked } = await look(facts);
  const [client, ...others] = clients;
  const id = client?.spec.id;
  const unfit = refusalOfCertificate(facts, runtime.clock.now());
  if (unfit) throw refuseClient(unfit, id);
  if (revoked) throw refuseClient('certificate_revoked', id);
  if (!client) throw refuseClient('client_unknown');
  if (others.length > 0) throw refuseClient('client_ambiguous');
  const refusal = refusalOfCaller(client.spec, call.address);
  if (refusal) throw refuseClient(refusal, id);
  return client;
};

const rememberFor = (ms: number, clock: Pick<Clock, 'monotonic'>) => {
  const kept = new Map<string, Known>();
  return (key: string, ask: () => Promise<Presented>): Promise<Presented> => {
    const known = kept.get(key);
    if (known && known.until > clock.monotonic()) return known.presented;
    kept.delete(key);
    const [oldest] = kept.keys();
    if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
    const presented = ask();
    kept.set(key, { presented, until: clock.monotonic() + ms });
    presented.catch(() => kept.delete(key));
    return presented;
  };
};

const recordRefusal = async (
  { audit, runtime, certificates }: ChainPorts,
  event: HttpEvent,
  call: Call,
  { reason, clientId }: RefusedFor,
): Promise<void> => {
  const pem = event.requestContext?.authentication?.clientCert?.clientCertPem ?? '';
  const serial = certificates.read(pem)?.serial;
  const facts = { reason, operation: call.match?.operation ?? '', ...(serial && { serial }) };
  runtime.log.warn('client_refused', { requestId: call.requestId, client: clientId, reason });
  try {
    await (await audit()).write({
      event: 'client.refused',
      outcome: 'refused',
      actor: clientId === undefined ? 'nobody' : `client:${clientId}`,
      address: call.address,
      requestId: call.requestId,
      ...(clientId !== undefined && { subject: clientId }),
      facts,
    });
  } catch (thrown) {
    runtime.log.error('audit_unavailable', { requestId: call.requestId }, thrown);
  }
};
