import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { TankError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { Web } from '../../ports/web.ts';
import { type CertificateRules, climb } from './chain.ts';

interface Dependencies {
  readonly web: Web;
  readonly clock: Pick<Clock, 'now'>;
  /** Beside the roots that Node trusts. */
  readonly anchors?: readonly string[];
  /** Instead of the roots that Node trusts; for tests. */
  readonly roots?: readonly string[];
}

export interface SigningCertificates {
  /** The public key behind the certificate at this address, which must be checked already. */
  get(url: string, region: string): Promise<X509Certificate>;
}

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 32 * 1024;
const KEEP_MS = 24 * 3_600_000;
/** SNS changes its certificate about once a year: more at a time are somebody's guesses. */
const MAX_KEPT = 8;
const MAX_FETCHES_PER_MINUTE = 10;

/** Fetched once and kept for a day; many messages at the same moment share one fetch. */
export const createSigningCertificates = ({
  web,
  clock,
  anchors = [],
  roots,
}: Dependencies): SigningCertificates => {
  const kept = new Map<string, { readonly until: number; readonly certificate: Promise<X509Certificate> }>();
  const fetches: number[] = [];
  let trusted: readonly X509Certificate[] | undefined;

  const rules = (region: string): CertificateRules => {
    trusted ??= [...anchors, ...(roots ?? rootCertificates)].map((pem) => new X509Certificate(pem));
    return { region, trusted, now: clock.now(), fetchIssuer: (url) => fetchIssuer(web, url) };
  };

  const load = async (url: string, region: string): Promise<X509Certificate> => {
    demandRoom(fetches, clock.now());
    const reply = await web.exchange({ url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
    if (reply.status !== 200)
      throw new TankError('web_failed', {
        host: new URL(url).hostname,
        reason: `it answered ${reply.status}`,
      });
    return climb(readPem(Buffer.from(reply.body).toString('latin1')), rules(region));
  };

  return {
    get: (url, region) => {
      const known = kept.get(url);
      if (known && known.until > clock.now()) return known.certificate;
      const certificate = load(url, region);
      kept.set(url, { until: clock.now() + KEEP_MS, certificate });
      certificate.catch(() => kept.delete(url));
      const [oldest] = kept.keys();
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
      return certificate;
    },
  };
};

const demandRoom = (fetches: number[], now: number): void => {
  while (fetches.length > 0 && (fetches[0] ?? 0) <= now - 60_000) fetches.shift();
  if (fetches.length >= MAX_FETCHES_PER_MINUTE) throw refused('too many different certificates');
  fetches.push(now);
};

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

const readPem = (text: string): readonly X509Certificate[] => {
  try {
    return (text.match(PEM) ?? []).map((pem) => new X509Certificate(pem));
  } catch {
    throw refused('its certificate cannot be read');
  }
};

const fetchIssuer = async (web: Web, url: string): Promise<X509Certificate | undefined> => {
  const reply = await web.exchange({ url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  try {
    return reply.status === 200 ? new X509Certificate(reply.body) : undefined;
  } catch {
    return undefined;
  }
};

const refused = (reason: string): TankError => new TankError('notification_refused', { reason });
