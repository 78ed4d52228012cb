import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { node24, node24Absent } from '../support/node24.mjs';

/** fauxqs needs node:sqlite, which Node 20 does not have. */
const newerNode = process.getBuiltinModule('node:sqlite') ? process.execPath : node24();

export const fauxqsAbsent = newerNode ? undefined : node24Absent();

const SERVER = fileURLToPath(new URL('./fauxqs-server.mjs', import.meta.url));

/** An SQS of one's own on loopback; it ends with this process at the latest. */
export const startFauxqs = async () => {
  const server = spawn(newerNode ?? '', ['--no-warnings', SERVER], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = await once(createInterface({ input: server.stdout }), 'line');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.stdin.end();
      await once(server, 'exit');
    },
  };
};
