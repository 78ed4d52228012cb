import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's Postfix on a free loopback port, with queue, passwords and mailbox in a folder of its own. */
export interface Postfix {
  readonly port: number;
  readonly url: string;
  readonly caFile: string;
  /** What lies in the mailbox, whole. */
  mails(): readonly string[];
  log(): string;
  reload(settings: Readonly<Record<string, string>>): void;
  stop(): void;
}

const USER = 'tank';
const PASSWORD = 'seven-lanterns';
const SIZE_LIMIT = 200_000;

export const startPostfix = async (): Promise<Postfix> => {
  const folder = mkdtempSync(join(tmpdir(), 'tank-postfix-'));
  chmodSync(folder, 0o755);
  const at = (name: string): string => join(folder, name);
  const owner = { uid: idOf('-u'), gid: idOf('-g') };
  for (const name of ['etc', 'etc/sasl', 'queue', 'data', 'mail']) mkdirSync(at(name), { mode: 0o755 });
  chownSync(at('data'), owner.uid, owner.gid);
  chownSync(at('mail'), owner.uid, owner.gid);
  makeCertificate(at('etc/key.pem'), at('etc/cert.pem'));
  makePassword(at('etc/sasl/sasldb2'), owner.gid);
  writeFileSync(
    at('etc/sasl/smtpd.conf'),
    `pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: ${at('etc/sasl/sasldb2')}\nmech_list: PLAIN LOGIN\n`,
  );
  const port = await freePort();
  writeFileSync(at('etc/master.cf'), masterCf(port));
  const write = (more: Readonly<Record<string, string>> = {}): void =>
    writeFileSync(at('etc/main.cf'), mainCf(at, owner, more));
  write();
  for (const file of ['dynamicmaps.cf', 'postfix-files'])
    if (existsSync(`/etc/postfix/${file}`)) copyFileSync(`/etc/postfix/${file}`, at(`etc/${file}`));
  const postfix = (command: string) =>
    execFileSync('/usr/sbin/postfix', ['-c', at('etc'), command], { stdio: 'pipe' });
  try {
    postfix('start');
  } catch (fault) {
    throw new Error(
      `postfix did not start: ${existsSync(at('log')) ? readFileSync(at('log'), 'utf8') : String(fault)}`,
    );
  }
  return {
    port,
    url: `smtp://${USER}:${PASSWORD}@localhost:${port}`,
    caFile: at('etc/cert.pem'),
    mails: () => {
      const inbox = at('mail/inbox/new');
      return existsSync(inbox)
        ? readdirSync(inbox).map((name) => readFileSync(join(inbox, name), 'utf8'))
        : [];
    },
    log: () => readFileSync(at('log'), 'utf8'),
    reload: (settings) => {
      write(settings);
      postfix('reload');
    },
    stop: () => {
      postfix('stop');
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
};

const idOf = (kind: '-u' | '-g'): number =>
  Number(execFileSync('id', [kind, 'postfix'], { encoding: 'utf8' }));

const makeCertificate = (key: string, certificate: string): void => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync(
    'openssl',
    ['req', '-new', '-x509', '-days', '2', '-nodes', ...subject, '-keyout', key, '-out', certificate],
    { stdio: 'pipe' },
  );
};

const makePassword = (file: string, group: number): void => {
  execFileSync('/usr/sbin/saslpasswd2', ['-p', '-c', '-f', file, '-u', 'tank.test', USER], {
    input: PASSWORD,
    stdio: 'pipe',
  });
  chmodSync(file, 0o640);
  chownSync(file, 0, group);
};

/** Not in a chroot: everything it needs lies in the test's folder. */
const masterCf = (port: number): string => `127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
smtp unix - - n - - smtp
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

/** busy answers 450, gone answers 550, as relays do about their own recipients. */
const RECIPIENTS =
  'inline:{{busy@example.com = 450 4.2.1 try again later}, {gone@example.com = 550 5.1.1 no such mailbox}}';

const mainCf = (
  at: (name: string) => string,
  { uid, gid }: { readonly uid: number; readonly gid: number },
  more: Readonly<Record<string, string>>,
): string =>
  Object.entries({
    compatibility_level: '3.6',
    queue_directory: at('queue'),
    data_directory: at('data'),
    maillog_file: at('log'),
    maillog_file_prefixes: tmpdir(),
    myhostname: 'relay.tank.test',
    inet_protocols: 'ipv4',
    inet_interfaces: '127.0.0.1',
    mynetworks: '192.0.2.1/32',
    mydestination: '',
    alias_maps: '',
    smtpd_tls_security_level: 'encrypt',
    smtpd_tls_auth_only: 'yes',
    smtpd_tls_cert_file: at('etc/cert.pem'),
    smtpd_tls_key_file: at('etc/key.pem'),
    smtpd_tls_loglevel: '1',
    smtpd_tls_received_header: 'yes',
    smtpd_sasl_auth_enable: 'yes',
    smtpd_sasl_path: 'smtpd',
    smtpd_sasl_local_domain: 'tank.test',
    cyrus_sasl_config_path: at('etc/sasl'),
    smtpd_relay_restrictions: 'permit_sasl_authenticated, reject',
    smtpd_recipient_restrictions: `check_recipient_access ${RECIPIENTS}, permit_sasl_authenticated, reject`,
    message_size_limit: String(SIZE_LIMIT),
    mailbox_size_limit: '0',
    virtual_mailbox_limit: '0',
    virtual_mailbox_domains: 'example.com',
    virtual_mailbox_maps: 'static:inbox/',
    virtual_mailbox_base: at('mail'),
    virtual_uid_maps: `static:${uid}`,
    virtual_gid_maps: `static:${gid}`,
    virtual_minimum_uid: '1',
    ...more,
  })
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address ? address.port : 0;
};
