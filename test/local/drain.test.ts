import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Drained, drainOnSignals } from '../../local/drain.ts';
import { findDaemon } from '../../local/lock.ts';
import { createTestRuntime, eventually } from '../fixtures/doors.ts';

const DAEMON = join(import.meta.dirname, '../fixtures/run-daemon.ts');

describe('signals', () => {
  const watch = (stop: () => Promise<Drained>, now = { ms: 0 }) => {
    const source = new EventEmitter();
    const exits: number[] = [];
    const { log } = createTestRuntime();
    drainOnSignals({
      source,
      stop,
      exit: (code) => exits.push(code),
      log,
      clock: { monotonic: () => now.ms },
    });
    return { source, exits };
  };

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s drains and then exits with 0', async (signal) => {
    const { source, exits } = watch(async () => ({ left: 0 }));
    source.emit(signal, signal);
    expect(exits).toEqual([]);
    await eventually(() => exits.length > 0);
    expect(exits).toEqual([0]);
  });

  it('exit with 1 when work was left behind, or the stop itself failed', async () => {
    const leaving = watch(async () => ({ left: 2 }));
    const failing = watch(async () => Promise.reject(new Error('no')));
    leaving.source.emit('SIGTERM', 'SIGTERM');
    failing.source.emit('SIGTERM', 'SIGTERM');
    await eventually(() => leaving.exits.length + failing.exits.length === 2);
    expect([leaving.exits, failing.exits]).toEqual([[1], [1]]);
  });

  it('exit at once with 1 when a second one comes, but not when one press arrives twice', () => {
    const now = { ms: 0 };
    const { source, exits } = watch(() => new Promise(() => {}), now);
    source.emit('SIGINT', 'SIGINT');
    now.ms = 20;
    source.emit('SIGINT', 'SIGINT');
    expect(exits).toEqual([]);
    now.ms = 1_500;
    source.emit('SIGINT', 'SIGINT');
    expect(exits).toEqual([1]);
  });
});

describe('a daemon that is told to end', () => {
  let folder = '';
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tank-drain-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const start = async (slowMs: number, graceMs = 15_000) => {
    const args = ['--import', 'tsx', DAEMON, folder, String(slowMs), String(graceMs)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const said = { text: '' };
    child.stdout.on('data', (chunk) => {
      said.text += chunk;
    });
    const exited = once(child, 'exit').then(([code]) => code as number);
    await eventually(
      () => said.text.includes('begun') && /ready .*\n/.test(said.text),
      10_000,
      () => said.text,
    );
    const [, url = '', workerUrl = ''] = /ready (\S+) (\S+)/.exec(said.text) ?? [];
    return { child, said, exited, url, workerUrl };
  };

  it('finishes the message and the request in flight, takes no other, and exits with 0', async () => {
    const { child, said, exited, url } = await start(400);
    const answer = fetch(`${url}/slow`);
    await eventually(() => said.text.split('begun').length === 3);
    child.kill('SIGTERM');
    expect((await answer).status).toBe(200);
    expect(await exited).toBe(0);
    expect(said.text.match(/begun/g)).toHaveLength(2);
    expect(said.text.match(/ended/g)).toHaveLength(2);
    expect(said.text).toContain('exit 0 after 1 messages');
    expect(await readdir(folder)).toEqual(['daemon.lock']);
  });

  it('takes no caller any more, and says so on the worker port until the end', async () => {
    const { child, exited, url, workerUrl } = await start(600);
    expect((await fetch(`${workerUrl}/ready`)).status).toBe(200);
    child.kill('SIGTERM');
    await eventually(async () => (await fetch(`${workerUrl}/ready`)).status === 503);
    expect(await (await fetch(`${workerUrl}/health`)).json()).toMatchObject({
      status: 'draining',
      role: 'all',
    });
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    expect((await findDaemon(folder)).running).toBe(true);
    expect(await exited).toBe(0);
    expect(await findDaemon(folder)).toEqual({ running: false });
  });

  it('waits no longer than its grace', async () => {
    const { child, said, exited } = await start(60_000, 300);
    child.kill('SIGTERM');
    expect(await exited).toBe(1);
    expect(said.text).toContain('exit 1 after 0 messages');
  });

  it('goes at once when it is told twice', async () => {
    const { child, exited } = await start(60_000, 60_000);
    child.kill('SIGTERM');
    await sleep(1_200);
    child.kill('SIGINT');
    expect(await exited).toBe(1);
  });
});
