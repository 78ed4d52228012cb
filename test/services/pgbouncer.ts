import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { ownerOfServer, type PostgresServer } from './postgres-server.ts';

/** Debian's PgBouncer before a server, with one connection of the server for each transaction alone. */
export const startPgbouncer = async (server: PostgresServer, user: string) => {
  const owner = ownerOfServer();
  const folder = mkdtempSync(join(tmpdir(), 'tank-pgbouncer-'));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const port = await freePort();
  const settings = join(folder, 'pgbouncer.ini');
  writeFileSync(
    settings,
    `[databases]
tank = host=localhost port=${server.port} dbname=tank user=${user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
server_round_robin = 1
`,
  );
  const program = spawn('pgbouncer', [settings], { ...owner, cwd: folder, stdio: 'pipe' });
  const ended = new Promise((done) => program.on('exit', done));
  const said: Buffer[] = [];
  const listening = new Promise<void>((ready, fail) => {
    program.stderr.on('data', (bytes: Buffer) => {
      said.push(bytes);
      if (String(Buffer.concat(said)).includes('process up')) ready();
    });
    void ended.then(() => fail(new Error(`pgbouncer ended: ${String(Buffer.concat(said))}`)));
  });
  await listening;
  return {
    port,
    stop: async () => {
      program.kill('SIGINT');
      program.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
