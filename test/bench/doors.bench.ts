import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NO_METRICS } from '../../local/door-metrics.ts';
import { createInFlight } from '../../local/in-flight.ts';
import { createInvoker } from '../../local/invoke.ts';
import { openQueueDoor } from '../../local/queue-door.ts';
import { createTestRuntime, eventually, functionOf, openTestDoor, routeTo } from '../fixtures/doors.ts';
import { createMemoryQueue } from '../fixtures/memory-queue.ts';

/** What the doors cost beside a bare server and a bare loop, in one run. */
const ROUNDS = 5;
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const BODY = JSON.stringify({ items: Array.from({ length: 20 }, (_, id) => ({ id, name: 'made up' })) });
const AUTOCANNON = fileURLToPath(import.meta.resolve('autocannon'));
const POST = ['-m', 'POST', '-b', BODY, '-H', 'content-type=application/json'];

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
};

const openBare = async (): Promise<Server> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json').end(BODY);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

/** The load comes from another process, so that it costs the server nothing. */
const rate = async (port: number): Promise<number> => {
  const url = `http://127.0.0.1:${port}/things`;
  const args = [AUTOCANNON, '-j', '-c', '20', '-d', '2', ...POST, url];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const result = JSON.parse(stdout);
  if (result.non2xx + result.errors > 0)
    throw new Error(`${result.non2xx} refusals, ${result.errors} errors`);
  return result.requests.average;
};

const benchHttp = async (): Promise<void> => {
  const bare = await openBare();
  const door = await openTestDoor([routeTo('POST', '/things')], (event: { readonly body: string }) => {
    JSON.parse(event.body);
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: BODY };
  });
  const rates = { bare: [] as number[], door: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.bare.push(await rate(portOf(bare)));
    rates.door.push(await rate(door.port));
  }
  const [bareRate, doorRate] = [median(rates.bare), median(rates.door)];
  const ratio = (doorRate / bareRate).toFixed(2);
  console.log(`http: bare node ${bareRate.toFixed(0)}/s, door ${doorRate.toFixed(0)}/s, ratio ${ratio}`);
  bare.close();
  await door.close();
};

/** The queue is in memory, so this is the door's own cost. */
const benchQueue = async (): Promise<void> => {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const queue = createMemoryQueue();
    const count = 2_000;
    await queue.send(
      'bulk',
      Array.from({ length: count }, () => ({ body: '{"v":1}' })),
    );
    const runtime = createTestRuntime();
    const inFlight = createInFlight();
    const deps = { runtime, metrics: NO_METRICS, inFlight };
    const startedAt = performance.now();
    const door = openQueueDoor({
      functionName: 'bench',
      door: { queue: 'bulk', batchSize: 1, concurrency: 4, visibilitySeconds: 30, maxReceiveCount: 5 },
      queue: async () => queue,
      invoke: createInvoker(
        functionOf('bench', () => ({ batchItemFailures: [] })),
        5_000,
        deps,
      ),
      ...deps,
      region: 'local',
    });
    await eventually(() => queue.deleted.length === count, 60_000);
    rates.push(count / ((performance.now() - startedAt) / 1000));
    await door.stop();
  }
  console.log(`queue: ${median(rates).toFixed(0)} messages/s through the door, one by one`);
};

/** CPU of five doors on empty queues and one schedule, over three seconds. */
const benchIdle = async (): Promise<void> => {
  const { startDaemon } = await import('../../local/daemon.ts');
  const { mkdtemp, rm } = await import('node:fs/promises');
  const dataDir = await mkdtemp('/tmp/tank-bench-');
  const queue = { ...createMemoryQueue(), receive: waitOnly };
  const doors = (['expand', 'urgent', 'bulk', 'write-back', 'events'] as const).map((name) => ({
    queue: name,
    batchSize: 1,
    visibilitySeconds: 30,
    maxReceiveCount: 5,
    concurrency: 1,
  }));
  const daemon = await startDaemon({
    settings: { dataDir, http: { host: '127.0.0.1', port: 0 }, workerPort: 0, sendWorkers: 1 },
    ports: { runtime: createTestRuntime(), queue: async () => queue, takeOver: async () => {} },
    role: 'all',
    manifest: [functionOf('idle', () => ({}), { queues: doors, schedule: { everySeconds: 1 } })],
  });
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { user, system } = process.cpuUsage(before);
  console.log(`idle: ${(((user + system) / 3_000_000) * 100).toFixed(2)} % of one core`);
  const health: number[] = [];
  for (let round = 0; round < 200; round += 1) {
    const startedAt = performance.now();
    await (await fetch(`${daemon.url}/health`)).arrayBuffer();
    health.push(performance.now() - startedAt);
  }
  const p99 = [...health].sort((a, b) => a - b)[Math.floor(health.length * 0.99)] ?? 0;
  console.log(`health: median ${median(health).toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
  await daemon.stop();
  await rm(dataDir, { recursive: true });
};

/** A long poll that finds nothing, without the fixture's own busy looking. */
const waitOnly: ReturnType<typeof createMemoryQueue>['receive'] = (_queue, { waitSeconds, signal }) =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve([]), waitSeconds * 1000);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve([]);
    });
  });

await benchIdle();
await benchQueue();
await benchHttp();
