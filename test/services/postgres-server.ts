import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';

/** Debian's PostgreSQL on a free loopback port and in a folder of its own, for as long as a test runs. */
export interface PostgresServer {
  readonly port: number;
  readonly pid: number;
  readonly caFile: string;
  /** As superuser, in the database `tank`. */
  run(sql: string, values?: unknown[]): Promise<pg.QueryResult>;
  /** Gone at once, as in a crash, and back on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const SUPERUSER = 'root_of_test';

export const startPostgres = async (): Promise<PostgresServer> => {
  const bin = findOrInstall();
  const owner = ownerOfServer();
  const folder = mkdtempSync(join(tmpdir(), 'tank-postgres-'));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { ...owner, cwd: folder, stdio: 'pipe' });

  run(
    join(bin, 'initdb'),
    '-D',
    data,
    '-U',
    SUPERUSER,
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  );
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  run(
    'openssl',
    'req',
    '-new',
    '-x509',
    '-days',
    '2',
    '-nodes',
    ...subject,
    '-keyout',
    key,
    '-out',
    certificate,
  );

  const port = await freePort();
  const settings = {
    port,
    listen_addresses: 'localhost',
    unix_socket_directories: folder,
    fsync: 'off',
    ssl: 'on',
    max_connections: 80,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const launch = () => {
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...args], {
      ...owner,
      cwd: folder,
      stdio: 'ignore',
    });
    return { child, ended: new Promise((done) => child.on('exit', done)) };
  };
  let server = launch();
  const untilUp = async (): Promise<void> => {
    const admin = new pg.Pool({ host: 'localhost', port, user: SUPERUSER, database: 'postgres', max: 1 });
    admin.on('error', () => undefined);
    await untilReady(admin);
    await admin.end();
  };
  await untilUp();
  const admin = new pg.Pool({ host: 'localhost', port, user: SUPERUSER, database: 'postgres', max: 2 });
  await admin.query('CREATE DATABASE tank');
  await admin.end();
  const pool = new pg.Pool({ host: 'localhost', port, user: SUPERUSER, database: 'tank', max: 2 });
  pool.on('error', () => undefined);
  return {
    port,
    pid: server.child.pid ?? 0,
    caFile: certificate,
    run: (sql, values = []) => pool.query(sql, values),
    restart: async () => {
      server.child.kill('SIGQUIT');
      await server.ended;
      server = launch();
      await untilUp();
    },
    stop: async () => {
      await pool.end();
      server.child.kill('SIGINT');
      await server.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const findOrInstall = (): string => {
  const found = findServer();
  if (found) return found;
  execFileSync('apt-get', ['install', '-y', '-q', 'postgresql'], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const installed = findServer();
  if (!installed) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  return installed;
};

const DEBIAN = '/usr/lib/postgresql';

const findServer = (): string | undefined => {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  return versions
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
};

/** PostgreSQL refuses to run as root. */
export const ownerOfServer = (): { uid: number; gid: number } | undefined => {
  if (userInfo().uid !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
};

const untilReady = async (pool: pg.Pool): Promise<void> => {
  for (let tries = 0; ; tries += 1) {
    try {
      await pool.query('SELECT 1');
      return;
    } catch (thrown) {
      if (tries > 100) throw thrown;
      await new Promise((wait) => setTimeout(wait, 100));
    }
  }
};
