import { X509Certificate } from 'node:crypto';
import { type CertificateFacts, normalSerial } from '../../domain/client.ts';
import type { Certificates } from '../../ports/clients.ts';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** Certificates that a process has at hand: those of its clients, which come back with each request. */
const KEPT = 1_000;

export const createCertificates = (): Certificates => {
  const known = new Map<string, CertificateFacts>();
  return {
    read: (pem) => {
      const kept = known.get(pem);
      if (kept) return kept;
      const facts = readFacts(pem);
      if (!facts) return undefined;
      const [oldest] = known.keys();
      if (known.size >= KEPT && oldest !== undefined) known.delete(oldest);
      known.set(pem, facts);
      return facts;
    },
  };
};

const readFacts = (pem: string): CertificateFacts | undefined => {
  try {
    const certificate = new X509Certificate(pem);
    const names = readNames(certificate.subjectAltName ?? '');
    return {
      serial: normalSerial(certificate.serialNumber),
      issuer: certificate.issuer.replaceAll('\n', ','),
      fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      notBefore: Date.parse(certificate.validFrom),
      notAfter: Date.parse(certificate.validTo),
      uris: names.flatMap(([kind, value]) => (kind === 'URI' ? [value] : [])),
      dns: names.flatMap(([kind, value]) => (kind === 'DNS' ? [value.toLowerCase()] : [])),
      forClients: !certificate.ca && purposesOf(certificate).includes(CLIENT_AUTH),
    };
  } catch {
    return undefined;
  }
};

/** `keyUsage` of Node is the extended one. Without it a certificate is for everything, which is too much. */
const purposesOf = ({ keyUsage }: X509Certificate): readonly string[] => keyUsage ?? [];

/** `URI:urn:a, DNS:b`; Node puts a value into quotes as JSON when it holds what could be taken for a further name. */
const readNames = (text: string): (readonly [kind: string, value: string])[] =>
  [...text.matchAll(/(?:^|, )([A-Za-z0-9 ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?=, |$)/g)].map(
    ([, kind = '', value = '']) => [kind, value.startsWith('"') ? String(JSON.parse(value)) : value],
  );
