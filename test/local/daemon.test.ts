import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { FunctionEntry } from '../../functions/manifest.ts';
import { type Daemon, startDaemon } from '../../local/daemon.ts';
import type { DaemonOptions } from '../../local/host.ts';
import { findDaemon } from '../../local/lock.ts';
import { route } from '../../shared/wire/api.ts';
import { createTestRuntime, eventually, functionOf } from '../fixtures/doors.ts';
import { createMemoryQueue } from '../fixtures/memory-queue.ts';

let folder = '';
const daemons: Daemon[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tank-daemon-'));
});
afterEach(async () => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.stop()));
  await rm(folder, { recursive: true });
});

const BULK = {
  queue: 'bulk',
  batchSize: 1,
  visibilitySeconds: 30,
  maxReceiveCount: 5,
  concurrency: 'workers',
} as const;
const api = (path: string) => ({
  it: route('GET', path, 'A route', { permission: 'public', reply: z.unknown() }),
});

const start = async (manifest: readonly FunctionEntry[], changes: Partial<DaemonOptions> = {}) => {
  const runtime = createTestRuntime();
  const queue = createMemoryQueue();
  const daemon = await startDaemon({
    settings: { dataDir: folder, http: { host: '127.0.0.1', port: 0 }, workerPort: 0, sendWorkers: 2 },
    ports: { runtime, queue: async () => queue, takeOver: async () => {} },
    role: 'all',
    manifest,
    graceMs: 2_000,
    ...changes,
  });
  daemons.push(daemon);
  return { daemon, queue, runtime };
};

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0 };
};

describe('the daemon', () => {
  it('opens every door that the manifest lists', async () => {
    const seen: string[] = [];
    const { daemon, queue } = await start([
      functionOf('api', () => ({ from: 'api' }), { http: api('/api') }),
      functionOf('worker', () => void seen.push('message'), { queues: [BULK] }),
      functionOf('ticker', () => void seen.push('tick'), { schedule: { everySeconds: 60 } }),
    ]);
    expect(await (await fetch(`${daemon.url}/api`)).json()).toEqual({ from: 'api' });
    await queue.send('bulk', [{ body: 'x' }]);
    await eventually(() => seen.includes('message') && seen.includes('tick'));
  });

  it('tells where it is reached to those who look into its folder', async () => {
    const { daemon } = await start([]);
    const found = await findDaemon(folder);
    expect(found).toEqual({
      running: true,
      address: {
        pid: process.pid,
        role: 'all',
        startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        url: daemon.url,
        workerUrl: daemon.workerUrl,
      },
    });
  });

  it('as api serves HTTP only', async () => {
    const { daemon, queue } = await start(
      [functionOf('both', () => ({}), { http: api('/x'), queues: [BULK] })],
      { role: 'api' },
    );
    expect((await fetch(`${daemon.url}/x`)).status).toBe(200);
    expect(daemon.workerUrl).toBeUndefined();
    await sleep(30);
    expect(queue.receives).toBe(0);
  });

  it('as worker serves queues and its own port only', async () => {
    const { daemon, queue } = await start(
      [functionOf('both', () => ({}), { http: api('/x'), queues: [BULK] })],
      { role: 'worker' },
    );
    expect(daemon.url).toBeUndefined();
    await queue.send('bulk', [{ body: 'x' }]);
    await eventually(() => queue.deleted.length === 1);
    expect((await fetch(`${daemon.workerUrl}/x`)).status).toBe(404);
  });

  it('runs as many batches at once as TANK_SEND_WORKERS says', async () => {
    let atOnce = 0;
    let most = 0;
    const work = async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await sleep(20);
      atOnce -= 1;
    };
    const { queue } = await start([functionOf('worker', work, { queues: [BULK] })]);
    await queue.send(
      'bulk',
      Array.from({ length: 8 }, () => ({ body: 'x' })),
    );
    await eventually(() => queue.deleted.length === 8);
    expect(most).toBe(2);
  });

  it('answers health at once, while every function hangs', async () => {
    const hang = () => sleep(1_500);
    const { daemon, queue } = await start([
      functionOf('worker', hang, { http: api('/hang'), queues: [BULK] }),
    ]);
    await queue.send(
      'bulk',
      Array.from({ length: 4 }, () => ({ body: 'x' })),
    );
    const hanging = Array.from({ length: 20 }, () => fetch(`${daemon.url}/hang`).catch(() => undefined));
    await eventually(() => queue.receives > 0);
    const health = await Promise.race([fetch(`${daemon.url}/health`), sleep(1_000, undefined)]);
    expect(health?.status).toBe(200);
    expect(await health?.json()).toMatchObject({ status: 'ok', role: 'all', inFlight: expect.any(Number) });
    expect((await fetch(`${daemon.url}/ready`)).status).toBe(200);
    await Promise.all(hanging);
  });

  it('gives up on a function that takes longer than the manifest allows', async () => {
    const { daemon } = await start([
      functionOf('slow', () => sleep(600), { http: api('/slow'), timeoutSeconds: 0.1 }),
    ]);
    const response = await fetch(`${daemon.url}/slow`);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([500, 'internal']);
  });

  it('can start again where it has stopped', async () => {
    await (await start([])).daemon.stop();
    expect((await fetch(`${(await start([])).daemon.url}/health`)).status).toBe(200);
  });
});

describe('the worker port', () => {
  it('shows what went through the doors, and the depth of every queue', async () => {
    const fail = { ...BULK, queue: 'events' } as const;
    const { daemon, queue } = await start([
      functionOf('api', () => ({}), { http: api('/things/{id}') }),
      functionOf('good', () => ({}), { queues: [BULK] }),
      functionOf('bad', () => 'nonsense', { queues: [fail] }),
    ]);
    await fetch(`${daemon.url}/things/alice@example.com`);
    await fetch(`${daemon.url}/nobody/bob@example.com`);
    await queue.send('bulk', [{ body: 'x' }]);
    await queue.send('events', [{ body: 'x' }]);
    await queue.send('write-back', [{ body: 'x' }, { body: 'y' }]);
    await eventually(async () => queue.deleted.length === 1 && (await queue.depth('events')).inFlight === 1);
    const response = await fetch(`${daemon.workerUrl}/metrics`);
    const text = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/);
    for (const line of [
      'tank_http_requests_total{method="GET",route="/things/{id}",status="200"} 1',
      'tank_http_requests_total{method="GET",route="unmatched",status="404"} 1',
      'tank_queue_messages_total{queue="bulk",outcome="handled"} 1',
      'tank_queue_messages_total{queue="events",outcome="failed"} 1',
      'tank_queue_depth{queue="write-back",state="visible"} 2',
      'tank_handler_duration_seconds_count{function="good",outcome="answered"} 1',
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).not.toMatch(/alice|bob|example\.com/);
  });

  it('goes on without the depth of a queue that cannot be asked', async () => {
    const { daemon } = await start([], {
      ports: {
        runtime: createTestRuntime(),
        queue: () => Promise.reject(new Error('gone')),
        takeOver: async () => {},
      },
    });
    const text = await (await fetch(`${daemon.workerUrl}/metrics`)).text();
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain('tank_queue_depth{');
  });
});

describe('a daemon that cannot start', () => {
  it('names TANK_HTTP_PORT when the port is taken, and leaves nothing behind', async () => {
    const { server, port } = await freePort();
    const settings = { dataDir: folder, http: { host: '127.0.0.1', port }, workerPort: 0, sendWorkers: 1 };
    await expect(start([], { settings })).rejects.toMatchObject({
      name: 'StartFault',
      key: 'TANK_HTTP_PORT',
      problem: `is ${port}, and another program already listens there`,
      mend: expect.stringContaining('free port'),
    });
    server.close();
    expect(await findDaemon(folder)).toEqual({ running: false });
  });

  it('names TANK_WORKER_PORT when that port is taken, and closes the API again', async () => {
    const taken = await freePort();
    const { server, port } = await freePort();
    server.close();
    const settings = {
      dataDir: folder,
      http: { host: '127.0.0.1', port },
      workerPort: taken.port,
      sendWorkers: 1,
    };
    await expect(start([], { settings })).rejects.toMatchObject({ key: 'TANK_WORKER_PORT' });
    taken.server.close();
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
  });

  it('names TANK_HTTP_HOST when the address is none of this machine', async () => {
    const settings = { dataDir: folder, http: { host: '192.0.2.1', port: 0 }, workerPort: 0, sendWorkers: 1 };
    await expect(start([], { settings })).rejects.toMatchObject({ key: 'TANK_HTTP_HOST' });
  });

  it('names TANK_DATA_DIR when another daemon works there', async () => {
    const { daemon } = await start([]);
    await expect(start([])).rejects.toMatchObject({
      key: 'TANK_DATA_DIR',
      problem: expect.stringContaining(String(daemon.url)),
    });
  });

  it('says why when the store cannot be taken over, and leaves the folder free', async () => {
    const takeOver = () => Promise.reject(new Error('the store is damaged'));
    const ports = { runtime: createTestRuntime(), queue: async () => createMemoryQueue(), takeOver };
    await expect(start([], { ports })).rejects.toThrow('the store is damaged');
    expect(await findDaemon(folder)).toEqual({ running: false });
  });

  it('fails at the start when a function cannot be loaded', async () => {
    const broken = functionOf('broken', () => ({}), {
      queues: [BULK],
      load: () => Promise.reject(new Error('no such file')),
    });
    await expect(start([broken])).rejects.toThrow('no such file');
    expect(await findDaemon(folder)).toEqual({ running: false });
  });
});
