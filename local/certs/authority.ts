import 'reflect-metadata';
import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** P-384 for what lives for years, P-256 for what lives for weeks. */
export type Curve = 'P-256' | 'P-384';

export interface Issued {
  readonly cert: string;
  /** PKCS #8; encrypted when a passphrase was given. */
  readonly key: string;
  readonly serial: string;
  readonly notAfter: Date;
}

/** An authority that is open for signing. */
export interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: CryptoKey;
}

type CryptoKey = webcrypto.CryptoKey;

export interface Wish {
  readonly kind: 'server' | 'client';
  readonly commonName: string;
  readonly names: readonly x509.JsonGeneralName[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly curve?: Curve;
  /** Where its list of the revoked can be read by whoever is shown it. */
  readonly crlUrl?: string;
  /** For tests: what a certificate must not be. */
  readonly usages?: readonly string[];
}

const SERVER_AUTH = x509.ExtendedKeyUsage.serverAuth;
const CLIENT_AUTH = x509.ExtendedKeyUsage.clientAuth;

const HASH: Readonly<Record<Curve, string>> = { 'P-256': 'SHA-256', 'P-384': 'SHA-384' };
const PURPOSE = { server: SERVER_AUTH, client: CLIENT_AUTH };

x509.cryptoProvider.set(webcrypto);

/** Signs leaves and revocations, and no authority beneath it. */
export const makeAuthority = async (options: {
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly passphrase: string;
  readonly curve?: Curve;
}): Promise<Issued> => {
  const { commonName, notBefore, notAfter, passphrase, curve = 'P-384' } = options;
  const keys = await newKeys(curve);
  const serial = newSerial();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial,
    name: [{ CN: [commonName] }],
    notBefore,
    notAfter,
    signingAlgorithm: signing(curve),
    keys: keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: exportKey(keys.privateKey, passphrase),
    serial,
    notAfter,
  };
};

export const openAuthority = async (cert: string, key: string, passphrase: string): Promise<Authority> => {
  const opened = createPrivateKey({ key, passphrase });
  const curve = opened.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'P-384' : 'P-256';
  const der = opened.export({ type: 'pkcs8', format: 'der' });
  return {
    certificate: new x509.X509Certificate(cert),
    key: await webcrypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: curve }, false, [
      'sign',
    ]),
  };
};

export const issue = async (authority: Authority, wish: Wish): Promise<Issued> => {
  const {
    kind,
    commonName,
    names,
    notBefore,
    notAfter,
    curve = 'P-256',
    usages = [PURPOSE[kind]],
    crlUrl,
  } = wish;
  const keys = await newKeys(curve);
  const serial = newSerial();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject: [{ CN: [commonName] }],
    issuer: authority.certificate.subject,
    notBefore,
    notAfter,
    signingAlgorithm: signingOf(authority),
    publicKey: keys.publicKey,
    signingKey: authority.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...(usages.length > 0 ? [new x509.ExtendedKeyUsageExtension([...usages], false)] : []),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...names], false)] : []),
      ...(crlUrl === undefined ? [] : [new x509.CRLDistributionPointsExtension([crlUrl])]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: exportKey(keys.privateKey), serial, notAfter };
};

export interface RevokedSerial {
  readonly serial: string;
  readonly at: Date;
}

/** Node wants the label of RFC 7468, which the library writes otherwise. */
export const makeCrl = async (
  authority: Authority,
  revoked: readonly RevokedSerial[],
  thisUpdate: Date,
  nextUpdate: Date,
): Promise<string> => {
  const crl = await x509.X509CrlGenerator.create({
    issuer: authority.certificate.subject,
    thisUpdate,
    nextUpdate,
    signingAlgorithm: signingOf(authority),
    signingKey: authority.key,
    entries: revoked.map(({ serial, at }) => ({
      serialNumber: serial,
      revocationDate: at,
      reason: x509.X509CrlReason.unspecified,
    })),
  });
  return `-----BEGIN X509 CRL-----\n${Buffer.from(crl.rawData)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n')}-----END X509 CRL-----\n`;
};

/** When a list ends, and the numbers that it names. */
export const readCrl = (
  pem: string,
): { readonly nextUpdate: Date | undefined; readonly serials: readonly string[] } => {
  const crl = new x509.X509Crl(pem.replaceAll('X509 CRL', 'CRL'));
  return { nextUpdate: crl.nextUpdate, serials: crl.entries.map(({ serialNumber }) => serialNumber) };
};

const newKeys = async (namedCurve: Curve) =>
  webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve }, true, ['sign', 'verify']);

const signing = (curve: Curve) => ({ name: 'ECDSA', hash: HASH[curve], namedCurve: curve });

const signingOf = ({ key }: Authority) => {
  const { namedCurve } = key.algorithm as { namedCurve?: Curve };
  return signing(namedCurve ?? 'P-384');
};

/** Positive, and so long that nobody guesses the next one. */
const newSerial = (): string => {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
};

const exportKey = (key: CryptoKey, passphrase?: string): string => {
  const options = { type: 'pkcs8', format: 'pem' } as const;
  const opened = KeyObject.from(key);
  const pem =
    passphrase === undefined
      ? opened.export(options)
      : opened.export({ ...options, cipher: 'aes-256-cbc', passphrase });
  return pem.toString();
};
