import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Exit } from '../cli/exit.ts';
import type { Issued } from './authority.ts';

const OWNER_ONLY = 0o600;

export interface CertificateEntry {
  readonly serial: string;
  readonly kind: 'ca' | 'server' | 'client';
  /** Of a client its id, of a server its first name. */
  readonly subject: string;
  readonly notAfter: string;
  readonly revokedAt?: string;
  readonly reason?: string;
}

/** `certs` in the data folder: the authority, the list of the revoked, the gateway's own certificate, and what was issued. */
export const openCertsFolder = (dataDir: string) => {
  const folder = join(dataDir, 'certs');
  const at = (name: string): string => join(folder, name);
  const put = (name: string, content: string): string => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeWhole(at(name), content);
    return at(name);
  };
  const entries = (): readonly CertificateEntry[] =>
    existsSync(at(INDEX)) ? (JSON.parse(readFileSync(at(INDEX), 'utf8')) as CertificateEntry[]) : [];
  return {
    folder,
    at,
    put,
    entries,
    has: (name: string): boolean => existsSync(at(name)),
    read: (name: string): string => {
      if (!existsSync(at(name)))
        throw new Exit(2, `${at(name)} is not there. Begin with: tank certs init-ca`);
      return readFileSync(at(name), 'utf8');
    },
    note: (entry: CertificateEntry): void => {
      put(INDEX, JSON.stringify([...entries(), entry], null, 2));
    },
    revoke: (serial: string, reason: string, when: Date): CertificateEntry => {
      const found = entries().find((entry) => entry.serial === serial && entry.kind !== 'ca');
      if (!found)
        throw new Exit(
          2,
          `No certificate with the number ${serial} was issued here; tank certs list shows them.`,
        );
      const revoked = { ...found, revokedAt: found.revokedAt ?? when.toISOString(), reason };
      put(
        INDEX,
        JSON.stringify(
          entries().map((entry) => (entry.serial === serial ? revoked : entry)),
          null,
          2,
        ),
      );
      return revoked;
    },
  };
};

export type CertsFolder = ReturnType<typeof openCertsFolder>;

const INDEX = 'issued.json';

/** Whoever reads it meanwhile reads the old one or the new one. */
export const writeWhole = (file: string, content: string): void => {
  writeFileSync(`${file}.new`, content, { mode: OWNER_ONLY });
  renameSync(`${file}.new`, file);
};

export const entryOf = (
  kind: CertificateEntry['kind'],
  subject: string,
  { serial, notAfter }: Issued,
): CertificateEntry => ({
  serial,
  kind,
  subject,
  notAfter: notAfter.toISOString(),
});
