import type { ClientCertificate } from '../../shared/ports/clients.ts';
import type { Ports } from '../../shared/ports/ports.ts';

const BEFORE_MS = 14 * 24 * 3_600_000;

/** A client whose last certificate ends within two weeks: once a day, until the next one is known. */
export const remindOfRenewals = async (
  ports: Pick<Ports, 'runtime' | 'clients' | 'alerts'>,
): Promise<void> => {
  const clients = await ports.clients();
  const known = new Set((await clients.list()).flatMap(({ spec }) => (spec.enabled ? [spec.id] : [])));
  const latest = new Map<string, ClientCertificate>();
  for (const certificate of await clients.certificates())
    if (certificate.revokedAt === undefined && known.has(certificate.clientId))
      latest.set(certificate.clientId, certificate);
  const now = ports.runtime.clock.now();
  for (const { clientId, serial, notAfter } of latest.values()) {
    if (notAfter - now > BEFORE_MS) continue;
    const facts = { serial, until: new Date(notAfter).toISOString() };
    await (await ports.alerts()).raise({ kind: 'certificate_expiring', about: clientId, facts });
  }
};
