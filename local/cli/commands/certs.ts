import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { clientsApi } from '../../../shared/wire/clients-api.ts';
import { type CertsFolder, entryOf, openCertsFolder, writeWhole } from '../../certs/folder.ts';
import { readPassphrase } from '../../certs/passphrase.ts';
import { CRL_PATH } from '../../gateway/crl-route.ts';
import { createOutput, table } from '../output.ts';
import { openSession, type Session } from '../session.ts';
import { wholeNumber } from '../whole-number.ts';

interface Signing {
  readonly passphraseFile?: string;
  readonly json?: true;
  readonly days?: number;
  readonly crlDays: number;
}

const DUE_MS = 14 * 24 * 3_600_000;

export const addCerts = (program: Command): void => {
  const certs = program
    .command('certs')
    .description('The private authority of the gateway, and what it issues');
  const signing = (command: Command): Command =>
    command
      .option(
        '--passphrase-file <file>',
        'file whose first line opens the key of the authority; none: it is asked for',
      )
      .option('--crl-days <days>', 'how long the list of the revoked is good for', wholeNumber, 30)
      .option('--json', 'print JSON');
  signing(certs.command('init-ca').description('Make the authority and an empty list of the revoked'))
    .option('--name <name>', 'its name', 'Tank CA')
    .option('--years <years>', 'how long it lives, 10 at most', wholeNumber, 10)
    .action(initCa);
  signing(
    certs
      .command('server [names...]')
      .description('Issue the certificate of the gateway for these names and addresses'),
  )
    .option('--days <days>', 'how long it lives', wholeNumber)
    .option(
      '--crl-url <url>',
      'where clients may read the list of the revoked; none: beneath TANK_PUBLIC_URL, if it is set',
    )
    .action(issueServer);
  signing(certs.command('client <id>').description('Issue a certificate to a client, as a bundle of files'))
    .requiredOption('--out <folder>', 'where the bundle goes')
    .option('--days <days>', 'how long it lives', wholeNumber)
    .action(issueClient);
  signing(
    certs
      .command('renew <id>')
      .description('Issue a client its next certificate; the present one stays good'),
  )
    .requiredOption('--out <folder>', 'where the bundle goes')
    .option('--days <days>', 'how long it lives', wholeNumber)
    .action(issueClient);
  signing(
    certs.command('revoke <serial>').description('Refuse a certificate from now on; acts within a minute'),
  )
    .requiredOption('--reason <reason>', 'why')
    .action(revoke);
  signing(certs.command('crl').description('Write the list of the revoked anew, before it ends')).action(
    renewList,
  );
  certs
    .command('list')
    .description('What was issued, and what must be renewed')
    .option('--json', 'print JSON')
    .action(listCerts);
};

const open = (): { readonly session: Session; readonly folder: CertsFolder } => {
  const session = openSession();
  return { session, folder: openCertsFolder(session.settings.dataDir) };
};

/** The library is large, and no other command needs it. */
const library = () => import('../../certs/issuing.ts');

const authorityOf = async (folder: CertsFolder, { passphraseFile }: Signing) =>
  (await library()).openFolderAuthority(folder, await readPassphrase(passphraseFile, false));

const initCa = async (
  options: Signing & { readonly name: string; readonly years: number },
): Promise<void> => {
  const { folder } = open();
  const passphrase = await readPassphrase(options.passphraseFile, true);
  const ca = await (await library()).initCa(folder, { ...options, passphrase });
  createOutput(options.json === true).result({ ca: folder.at('ca.crt'), serial: ca.serial }, () => [
    `The authority is in ${folder.folder}; whoever has ca.key and its passphrase can let anybody in.`,
  ]);
};

const issueServer = async (
  names: readonly string[],
  options: Signing & { readonly crlUrl?: string },
): Promise<void> => {
  const { session, folder } = open();
  const { publicUrl } = session.settings;
  const crlUrl = options.crlUrl ?? (publicUrl && publicUrl + CRL_PATH);
  const all = names.length > 0 ? names : ['localhost', '127.0.0.1'];
  const issuing = await library();
  const issued = await issuing.issueServer(folder, await authorityOf(folder, options), all, {
    ...(options.days !== undefined && { days: options.days }),
    crlUrl,
  });
  createOutput(options.json === true).result(
    { cert: folder.at('server.crt'), serial: issued.serial, names: all },
    () => [
      `The gateway is ${all.join(', ')} until ${issued.notAfter.toISOString()}; a running one takes it within 10 seconds.`,
    ],
  );
};

const issueClient = async (id: string, options: Signing & { readonly out: string }): Promise<void> => {
  const { session, folder } = open();
  const authority = await authorityOf(folder, options);
  const issued = await (await library()).issueClient(authority, id, options.days);
  await session.operator.call(clientsApi.noteCertificate, { params: { id }, body: { pem: issued.cert } });
  folder.note(entryOf('client', id, issued));
  const { host, port } = session.settings.gateway;
  const bundle = writeBundle(folder, options.out, id, issued, `https://${host}:${port}`);
  createOutput(options.json === true).result(
    { ...bundle, serial: issued.serial, notAfter: issued.notAfter },
    () => [`${id} may show ${bundle.cert} until ${issued.notAfter.toISOString()}. Try it:`, bundle.curl],
  );
};

const writeBundle = (
  folder: CertsFolder,
  out: string,
  id: string,
  issued: { readonly cert: string; readonly key: string },
  url: string,
) => {
  mkdirSync(out, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(out, name);
  const [cert, key, ca] = [file(`${id}.crt`), file(`${id}.key`), file('tank-ca.crt')];
  const curl = `curl --cert ${cert} --key ${key} --cacert ${ca} -H 'Content-Type: application/json' -d @message.json ${url}/api/v1/messages`;
  writeWhole(key, issued.key);
  writeWhole(cert, issued.cert);
  writeWhole(ca, folder.read('ca.crt'));
  writeWhole(
    file('send.sh'),
    `#!/bin/sh\n# message.json: {"from":"…","to":"…","subject":"…","text":"…"}\n${curl}\n`,
  );
  return { cert, key, ca, curl };
};

const revoke = async (serial: string, options: Signing & { readonly reason: string }): Promise<void> => {
  const { session, folder } = open();
  const authority = await authorityOf(folder, options);
  const number = serial.replaceAll(':', '').toLowerCase();
  const entry = folder.revoke(number, options.reason, new Date());
  await (await library()).writeCrl(folder, authority, options.crlDays);
  if (entry.kind === 'client')
    await session.operator.call(clientsApi.revokeCertificate, {
      params: { id: entry.subject },
      body: { serial: number, reason: options.reason },
    });
  createOutput(options.json === true).result(entry, () => [
    `${entry.kind} ${entry.subject} may not show ${number} any more, within a minute everywhere.`,
  ]);
};

const renewList = async (options: Signing): Promise<void> => {
  const { folder } = open();
  const until = await (await library()).writeCrl(folder, await authorityOf(folder, options), options.crlDays);
  createOutput(options.json === true).result({ until }, () => [
    `The list is good until ${until.toISOString()}.`,
  ]);
};

const listCerts = ({ json }: { readonly json?: true }): void => {
  const { folder } = open();
  const items = folder.entries().map((entry) => ({ ...entry, due: isDue(entry) }));
  createOutput(json === true).result({ items }, () =>
    items.length === 0
      ? ['Nothing was issued yet.']
      : table(
          items.map(({ serial, kind, subject, notAfter, revokedAt, due }) => [
            serial,
            kind,
            subject,
            notAfter,
            revokedAt ? `revoked ${revokedAt}` : due ? 'renew it' : '',
          ]),
        ),
  );
};

const isDue = ({
  notAfter,
  revokedAt,
}: {
  readonly notAfter: string;
  readonly revokedAt?: string;
}): boolean => revokedAt === undefined && Date.parse(notAfter) - Date.now() < DUE_MS;
