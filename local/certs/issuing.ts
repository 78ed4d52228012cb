import { isIP } from 'node:net';
import { CLIENT_ID, uriOfClient } from '../../shared/domain/client.ts';
import { Exit } from '../cli/exit.ts';
import { type Authority, type Issued, issue, makeAuthority, makeCrl, openAuthority } from './authority.ts';
import { type CertsFolder, entryOf } from './folder.ts';

const DAY_MS = 24 * 3_600_000;
const LEAF_DAYS = 90;
const CA_YEARS = 10;
/** Clocks of other machines may be behind. */
const EARLIER_MS = 5 * 60_000;

const times = (days: number, last = Number.POSITIVE_INFINITY) => ({
  notBefore: new Date(Date.now() - EARLIER_MS),
  notAfter: new Date(Math.min(Date.now() + days * DAY_MS, last)),
});

/** Nothing that an authority signs is worth anything after its own end. */
const timesUnder = ({ certificate }: Authority, days: number) => {
  const last = certificate.notAfter.getTime();
  if (last <= Date.now())
    throw new Exit(2, `The authority ended on ${certificate.notAfter.toISOString()}; a new one is needed.`);
  return times(days, last);
};

/** An authority that is there already is not replaced: every certificate would end with it. */
export const initCa = async (
  folder: CertsFolder,
  { name, years, passphrase, crlDays }: { name: string; years: number; passphrase: string; crlDays: number },
): Promise<Issued> => {
  if (years > CA_YEARS) throw new Exit(2, `An authority lives at most ${CA_YEARS} years.`);
  if (folder.has('ca.key')) throw new Exit(2, `${folder.at('ca.key')} is there already.`);
  const ca = await makeAuthority({ commonName: name, passphrase, ...times(years * 365) });
  folder.put('ca.key', ca.key);
  folder.put('ca.crt', ca.cert);
  folder.note(entryOf('ca', name, ca));
  await writeCrl(folder, await openFolderAuthority(folder, passphrase), crlDays);
  return ca;
};

export const openFolderAuthority = async (folder: CertsFolder, passphrase: string): Promise<Authority> => {
  const [cert, key] = [folder.read('ca.crt'), folder.read('ca.key')];
  try {
    return await openAuthority(cert, key, passphrase);
  } catch {
    throw new Exit(2, 'The passphrase does not open the key of the authority.');
  }
};

export const issueServer = async (
  folder: CertsFolder,
  authority: Authority,
  names: readonly string[],
  { days = LEAF_DAYS, crlUrl }: { readonly days?: number; readonly crlUrl?: string | undefined },
): Promise<Issued> => {
  const issued = await issue(authority, {
    kind: 'server',
    ...(crlUrl !== undefined && { crlUrl }),
    commonName: names[0] ?? 'localhost',
    names: names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
    ...timesUnder(authority, days),
  });
  // The key first: whoever looks in between finds a pair that does not fit, and keeps the old one.
  folder.put('server.key', issued.key);
  folder.put('server.crt', issued.cert);
  folder.note(entryOf('server', names[0] ?? 'localhost', issued));
  return issued;
};

/** It is not noted yet: there may be no such client. */
export const issueClient = async (authority: Authority, id: string, days = LEAF_DAYS): Promise<Issued> => {
  if (!CLIENT_ID.test(id))
    throw new Exit(2, `${id} is no id of a client: small letters, digits and - within.`);
  return issue(authority, {
    kind: 'client',
    commonName: id,
    names: [{ type: 'url', value: uriOfClient(id) }],
    ...timesUnder(authority, days),
  });
};

export const writeCrl = async (folder: CertsFolder, authority: Authority, days: number): Promise<Date> => {
  const revoked = folder
    .entries()
    .flatMap(({ serial, revokedAt }) =>
      revokedAt === undefined ? [] : [{ serial, at: new Date(revokedAt) }],
    );
  const { notBefore, notAfter } = timesUnder(authority, days);
  folder.put('crl.pem', await makeCrl(authority, revoked, notBefore, notAfter));
  return notAfter;
};
