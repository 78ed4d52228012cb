import type { X509Certificate } from 'node:crypto';
import { TankError } from '../../domain/errors.ts';

export interface CertificateRules {
  readonly region: string;
  readonly trusted: readonly X509Certificate[];
  readonly now: number;
  /** SNS serves its own certificate alone: the one above it is named in it. */
  readonly fetchIssuer: (url: string) => Promise<X509Certificate | undefined>;
}

const MAX_STEPS = 4;
const MIN_RSA_BITS = 2048;

/** The first certificate, once a way from it to a trusted one has been walked. */
export const climb = async (
  chain: readonly X509Certificate[],
  rules: CertificateRules,
): Promise<X509Certificate> => {
  const [leaf, ...others] = chain;
  if (!leaf) throw refused('its certificate cannot be read');
  checkLeaf(leaf, rules);
  let current = leaf;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    checkTime(current, rules.now);
    if (rules.trusted.some((root) => isIssuedBy(current, root) && isInTime(root, rules.now))) return leaf;
    current = await nextAbove(current, others, rules);
  }
  throw refused('its certificate leads to nobody who is trusted');
};

/** The names under which SNS has signed over the years and regions. */
const namesOf = (region: string): readonly string[] => [
  'sns.amazonaws.com',
  `sns.${region}.amazonaws.com`,
  `sns-${region}.amazonaws.com`,
  `sns-signing.${region}.amazonaws.com`,
];

const checkLeaf = (leaf: X509Certificate, { region }: CertificateRules): void => {
  if (!namesOf(region).some((name) => leaf.checkHost(name, { wildcards: false }) === name))
    throw refused('its certificate belongs to somebody else');
  const { asymmetricKeyType, asymmetricKeyDetails } = leaf.publicKey;
  if (leaf.ca || asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS)
    throw refused('its certificate is not one that signs messages');
};

const isInTime = ({ validFrom, validTo }: X509Certificate, now: number): boolean =>
  Date.parse(validFrom) <= now && now <= Date.parse(validTo);

const checkTime = (certificate: X509Certificate, now: number): void => {
  if (!isInTime(certificate, now)) throw refused('a certificate is not valid at this time');
};

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

const nextAbove = async (
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  { fetchIssuer }: CertificateRules,
): Promise<X509Certificate> => {
  const sent = others.find((other) => isIssuedBy(certificate, other));
  if (sent) return sent;
  const url = issuerUrlOf(certificate);
  const fetched = url === undefined ? undefined : await fetchIssuer(url);
  if (!fetched || !isIssuedBy(certificate, fetched))
    throw refused('its certificate leads to nobody who is trusted');
  return fetched;
};

/** Amazon's own authority only; what comes back is believed for its signature, not for where it lay. */
const ISSUER_URL = /URI:(https?:\/\/crt\.[a-z0-9]+\.amazontrust\.com\/[a-z0-9]+\.cer)(?:\n|$)/;

const issuerUrlOf = ({ infoAccess = '' }: X509Certificate): string | undefined =>
  ISSUER_URL.exec(infoAccess)?.[1];

const refused = (reason: string): TankError => new TankError('notification_refused', { reason });
