import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonLife } from '../../fixtures/campaign/daemon.ts';
import type { World } from './world.ts';

/** A file system so small that it can be filled, for the data folder. */
export interface SmallDisk {
  readonly folder: string;
  /** Until not another byte fits. */
  fill(): void;
  free(): void;
  remove(): void;
}

export const whyNoSmallDisk = (): string | undefined =>
  process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0
    ? undefined
    : 'mounting a small tmpfs needs root';

export const mountSmallDisk = (folder: string, megabytes: number): SmallDisk => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', folder]);
  if (mounted.status !== 0) throw new Error(mounted.stderr.toString());
  const ballast = `${folder}/ballast`;
  return {
    folder,
    fill: () => fillUp(ballast),
    free: () => rmSync(ballast, { force: true }),
    remove: () => void spawnSync('umount', ['-l', folder]),
  };
};

const fillUp = (file: string): void => {
  const fd = openSync(file, 'a');
  try {
    for (let piece = 1024 * 1024; piece >= 1; piece = Math.floor(piece / 4)) writeWhileItFits(fd, piece);
  } finally {
    closeSync(fd);
  }
};

const writeWhileItFits = (fd: number, bytes: number): void => {
  try {
    for (;;) writeSync(fd, Buffer.alloc(bytes));
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'ENOSPC')) throw fault;
  }
};

const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';

export const whyNoFakeClock = (): string | undefined =>
  existsSync(LIBRARY) ? undefined : 'libfaketime is not installed';

/** A clock for one daemon, in a file that may change while it runs; its monotonic clock goes on undisturbed. */
export const fakeClock = (file: string) => {
  const jump = (hours: number): void => writeFileSync(file, `${hours < 0 ? '' : '+'}${hours}h\n`);
  jump(0);
  const env = {
    LD_PRELOAD: LIBRARY,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
  return { env, jump };
};

export const untilAccepted = async ({ standIn }: World, mails: number): Promise<void> => {
  while ((await standIn.counters()).accepted < mails) await sleep(20);
};

export const killAndWait = async ({ standIn }: World, life: DaemonLife): Promise<void> => {
  await standIn.crash({ pid: life.pid, at: 'now', after: 1 });
  await life.ended;
};
