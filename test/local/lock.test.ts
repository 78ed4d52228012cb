import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDaemon, type Lock, takeLock } from '../../local/lock.ts';

const HOLDER = join(import.meta.dirname, '../fixtures/hold-lock.ts');
const ADDRESS = {
  pid: process.pid,
  role: 'all',
  startedAt: '2026-01-01T00:00:00.000Z',
  url: 'http://127.0.0.1:1',
};

let folder = '';
const children: ChildProcess[] = [];
const locks: Lock[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tank-lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const lock of locks.splice(0)) await lock.release();
  await rm(folder, { recursive: true });
});

/** Another process that tries to hold the folder; what it said first. */
const startHolder = async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', HOLDER, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
};

const take = async () => {
  const lock = await takeLock(folder);
  locks.push(lock);
  return lock;
};

describe('the lock of a data folder', () => {
  it('is held by one process; the second is told which', async () => {
    const { child } = await startHolder();
    await expect(take()).rejects.toMatchObject({
      name: 'StartFault',
      key: 'TANK_DATA_DIR',
      problem: `is ${folder}, and another daemon (process ${child.pid}, http://127.0.0.1:3000) already works on this folder`,
    });
  });

  it('keeps another process out as long as this one holds it', async () => {
    const lock = await take();
    await lock.publish(ADDRESS);
    const second = await startHolder();
    expect(second.said).toMatch(
      /^StartFault: TANK_DATA_DIR .*another daemon \(process \d+, http:\/\/127.0.0.1:1\)/,
    );
    await once(second.child, 'exit');
    expect(second.child.exitCode).toBe(2);
    expect(await findDaemon(folder)).toEqual({ running: true, address: ADDRESS });
  });

  it('is also held against a second daemon of the same process', async () => {
    await take();
    await expect(take()).rejects.toMatchObject({ key: 'TANK_DATA_DIR' });
    expect((await startHolder()).said).toMatch(/another daemon/);
  });

  it('does not outlive a kill -9', async () => {
    const { child } = await startHolder();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await findDaemon(folder)).toEqual({ running: false });
    await take();
    expect(await readdir(folder)).not.toContain('daemon.json');
  });

  it('believes no pid that a dead daemon left behind, though another process has it now', async () => {
    await writeFile(join(folder, 'daemon.lock'), '');
    await writeFile(join(folder, 'daemon.json'), JSON.stringify({ ...ADDRESS, pid: process.ppid }));
    expect(await findDaemon(folder)).toEqual({ running: false });
    await take();
  });

  it('is free again after its release', async () => {
    const first = await takeLock(folder);
    await first.publish(ADDRESS);
    await first.release();
    expect(await findDaemon(folder)).toEqual({ running: false });
    await take();
  });

  it('is not disturbed by those who only look for the daemon', async () => {
    const looks = Promise.all(Array.from({ length: 30 }, () => findDaemon(folder)));
    const lock = await take();
    await looks;
    await lock.publish(ADDRESS);
    for (let times = 0; times < 10; times += 1) expect((await findDaemon(folder)).running).toBe(true);
    expect((await startHolder()).said).toMatch(/another daemon/);
  });

  it('says that a daemon is just starting', async () => {
    await take();
    expect(await findDaemon(folder)).toEqual({ running: true });
  });

  it('tells its address to its own user only', async () => {
    await (await take()).publish(ADDRESS);
    for (const file of ['daemon.json', 'daemon.lock']) {
      expect((await stat(join(folder, file))).mode & 0o777, file).toBe(0o600);
    }
  });

  it('names the setting when the folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(takeLock(join(folder, 'file', 'data'))).rejects.toMatchObject({
      name: 'StartFault',
      key: 'TANK_DATA_DIR',
    });
    expect(await findDaemon(join(folder, 'nowhere'))).toEqual({ running: false });
  });
});
