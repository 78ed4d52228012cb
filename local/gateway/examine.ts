import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { contextOf } from './tls.ts';
import { type GatewayFiles, readTrust, type Trust } from './trust.ts';

const DAY_MS = 24 * 3_600_000;
/** As early as the alerts of the daemon. */
const LIST_BEFORE_MS = 7 * DAY_MS;
const CERTIFICATE_BEFORE_MS = 14 * DAY_MS;

/** What keeps clients out, now or soon, in sentences; none: all is well. */
export const examineGateway = async (files: GatewayFiles, now: number): Promise<readonly string[]> => {
  try {
    const trust = await readTrust(files);
    return [
      ...faultsOfPair(trust, files),
      ...faultOfEnd(files.crl, trust.crlEndsAt, now, LIST_BEFORE_MS),
      ...faultOfEnd(files.cert, firstEnd(trust.cert), now, CERTIFICATE_BEFORE_MS),
      ...faultOfEnd(files.ca, firstEnd(trust.ca), now, CERTIFICATE_BEFORE_MS),
    ];
  } catch (thrown) {
    return [`nobody is let in: ${thrown instanceof Error ? thrown.message : 'a file cannot be read'}`];
  }
};

interface ShownClient {
  readonly id: string;
  readonly enabled: boolean;
  readonly certificates: readonly { readonly notAfter: string; readonly revokedAt?: string | undefined }[];
}

/** Whose last certificate ends, and who does not know it. */
export const faultsOfClients = (clients: readonly ShownClient[], now: number): string[] =>
  clients.flatMap(({ id, enabled, certificates }) => {
    const good = certificates.filter(({ revokedAt }) => revokedAt === undefined);
    if (!enabled || good.length === 0) return [];
    const end = Math.max(...good.map(({ notAfter }) => Date.parse(notAfter)));
    return faultOfEnd(`the last certificate of ${id}`, end, now, CERTIFICATE_BEFORE_MS);
  });

const faultsOfPair = (trust: Trust, { cert, key }: GatewayFiles): string[] => {
  try {
    createSecureContext(contextOf(trust));
    return [];
  } catch {
    return [`${cert} and ${key} are no pair that TLS takes`];
  }
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

const firstEnd = (pem: string): number =>
  Math.min(...(pem.match(CERTIFICATE) ?? []).map((one) => Date.parse(new X509Certificate(one).validTo)));

const faultOfEnd = (what: string, end: number, now: number, beforeMs: number): string[] =>
  end - now > beforeMs ? [] : [`${what} ${end <= now ? 'ended' : 'ends'} on ${new Date(end).toISOString()}`];
