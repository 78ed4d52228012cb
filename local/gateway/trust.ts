import { readFile, stat } from 'node:fs/promises';
import { readCrl } from '../certs/authority.ts';

export interface GatewayFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly crl: string;
}

/** What a handshake is judged by, as it lies on disk now. */
export interface Trust {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly crl: readonly string[];
  /** Certificates that the lists name, by their numbers. */
  readonly revoked: ReadonlySet<string>;
  /** When the first of the lists ends: from then on nobody is let in. */
  readonly crlEndsAt: number;
}

const AUTHORITY = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/;
const BLOCK = /-----BEGIN X509 CRL-----[\s\S]+?-----END X509 CRL-----/g;

/** Throws when anything is missing or cannot be read: without a list of the revoked, nobody can be trusted. */
export const readTrust = async (files: GatewayFiles): Promise<Trust> => {
  const [cert, key, ca, lists] = await Promise.all(
    [files.cert, files.key, files.ca, files.crl].map((file) => readFile(file, 'utf8')),
  );
  const crl = lists?.match(BLOCK) ?? [];
  if (crl.length === 0) throw new Error(`${files.crl} holds no list of revoked certificates`);
  // Without one, TLS would turn to the authorities of the public internet.
  if (!ca || !AUTHORITY.test(ca)) throw new Error(`${files.ca} holds no authority`);
  const read = crl.map(readCrl);
  return {
    cert: cert ?? '',
    key: key ?? '',
    ca,
    crl,
    revoked: new Set(read.flatMap(({ serials }) => serials.map(normal))),
    crlEndsAt: Math.min(...read.map(({ nextUpdate }) => nextUpdate?.getTime() ?? 0)),
  };
};

export const normal = (serial: string): string => serial.toUpperCase().replace(/^0+(?=.)/, '');

/** Changes whenever one of the files does. */
export const fingerprintOf = async (files: GatewayFiles): Promise<string> => {
  const stats = await Promise.all(
    Object.values(files).map(async (file: string) => {
      try {
        const { ino, size, mtimeMs } = await stat(file);
        return `${ino}|${size}|${mtimeMs}`;
      } catch {
        return 'missing';
      }
    }),
  );
  return stats.join(' ');
};
