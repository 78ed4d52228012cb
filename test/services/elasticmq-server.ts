import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const LIBRARIES = fileURLToPath(
  new URL('../../node_modules/.cache/tank-elasticmq-1.7.1/lib', import.meta.url),
);
const PATIENCE_MS = 60_000;

/** ElasticMQ on a free loopback port; what is on it goes with it. */
export interface ElasticMq {
  readonly endpoint: string;
  /** Gone at once, with every message. */
  kill(): Promise<void>;
  /** On the same port, empty. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const startElasticMq = async (): Promise<ElasticMq> => {
  if (!existsSync(LIBRARIES)) throw new Error('ElasticMQ is not there; npm run test:services installs it');
  const folder = mkdtempSync(join(tmpdir(), 'tank-elasticmq-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const config = join(folder, 'elasticmq.conf');
  writeFileSync(config, configOf(port));
  let server: ReturnType<typeof run> | undefined;
  const start = async () => {
    server = run(config, folder);
    await untilReady(endpoint);
  };
  const kill = async () => {
    if (!server) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    server = undefined;
  };
  await start();
  return {
    endpoint,
    start,
    kill,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
};

const configOf = (port: number): string => `
include classpath("application.conf")
node-address { protocol = http, host = "127.0.0.1", port = ${port}, context-path = "" }
rest-sqs { enabled = true, bind-port = ${port}, bind-hostname = "127.0.0.1", sqs-limits = strict }
rest-stats { enabled = false }
aws { region = ap-northeast-2, accountId = 000000000000 }
`;

const run = (config: string, cwd: string) =>
  spawn(
    'java',
    [
      `-Dconfig.file=${config}`,
      '-Xmx512m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-cp',
      `${LIBRARIES}/*`,
      'org.elasticmq.server.Main',
    ],
    { cwd, stdio: 'ignore' },
  );

const untilReady = async (endpoint: string): Promise<void> => {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await fetch(endpoint).catch(() => undefined);
    if (answer) return;
    if (Date.now() > until) throw new Error('ElasticMQ does not answer');
    await sleep(200);
  }
};
