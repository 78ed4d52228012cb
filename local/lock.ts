import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLockFile } from '../shared/app.ts';
import { prepareDataFolder } from './data-folder.ts';
import { StartFault } from './start-fault.ts';

/**
 * One daemon per data folder, by a lock of the kernel: an exclusive transaction on an empty SQLite file,
 * held for life. Node has no flock(2); SQLite brings fcntl(2). The kernel lets go when the process ends,
 * however it ends, so neither kill -9 nor a reboot leaves a stale lock, and no pid is trusted: numbers are
 * reused, and two containers that share a volume both have a pid 1. Closing any other descriptor of the
 * file in this process would let go as well: nothing else may open `daemon.lock`, a backup not either.
 */
const LOCK_FILE = 'daemon.lock';
const ADDRESS_FILE = 'daemon.json';

/** What the daemon of a folder tells about itself, for the commands beside it. */
export interface DaemonAddress {
  readonly pid: number;
  readonly role: string;
  readonly startedAt: string;
  readonly url?: string;
  readonly workerUrl?: string;
  readonly gatewayUrl?: string;
}

export interface Lock {
  publish(address: DaemonAddress): Promise<void>;
  release(): Promise<void>;
}

/** Throws a StartFault when another daemon works on the folder, or nobody can. */
export const takeLock = async (dataDir: string): Promise<Lock> => {
  prepareDataFolder(dataDir);
  const held = await holdExclusively(dataDir);
  // The address of one that was killed; ours comes when the doors are open.
  await rm(join(dataDir, ADDRESS_FILE), { force: true });
  return {
    publish: (address) => writeAddress(dataDir, address),
    release: async () => {
      await rm(join(dataDir, ADDRESS_FILE), { force: true });
      held.close();
    },
  };
};

export type Found =
  | { readonly running: false }
  /** No address yet: it is just starting. */
  | { readonly running: true; readonly address?: DaemonAddress };

/** Whether a daemon works on this folder now, and where it listens. */
export const findDaemon = async (dataDir: string): Promise<Found> => {
  const file = join(dataDir, LOCK_FILE);
  if (!(await exists(file))) return { running: false };
  const database = openLockFile(file, true);
  try {
    database.exec('SELECT count(*) FROM sqlite_schema');
    return { running: false };
  } catch (fault) {
    if (!isBusy(fault)) throw fault;
    const address = await readAddress(dataDir);
    return { running: true, ...(address && { address }) };
  } finally {
    database.close();
  }
};

/** A command that looks for a daemon holds a shared lock for microseconds; a daemon holds its own for hours. */
const TRIES = 5;
const TRY_AGAIN_MS = 40;

const holdExclusively = async (dataDir: string): Promise<LockDatabase> => {
  for (let tries = 1; ; tries += 1) {
    const held = await tryToHold(dataDir);
    if (held) return held;
    if (tries === TRIES) throw await occupied(dataDir);
    await sleep(TRY_AGAIN_MS);
  }
};

const tryToHold = async (dataDir: string): Promise<LockDatabase | undefined> => {
  const file = join(dataDir, LOCK_FILE);
  const database = openWritable(file);
  try {
    database.exec('BEGIN EXCLUSIVE');
    await chmod(file, 0o600);
    return database;
  } catch (fault) {
    database.close();
    if (isBusy(fault)) return undefined;
    throw unusable(file, fault);
  }
};

const openWritable = (file: string): LockDatabase => {
  try {
    return openLockFile(file, false);
  } catch (cause) {
    throw unusable(file, cause);
  }
};

/** The folder is ours and may be written: what is wrong is the file, or the engine that opens it. */
const unusable = (file: string, cause: unknown): Error => {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_SQLITE_ERROR'))
    return cause as Error;
  return new StartFault({
    key: 'TANK_DATA_DIR',
    problem: `holds ${file}, which cannot be locked (${cause.message})`,
    mend: 'Remove that file, whatever it is; it holds nothing. The next start makes it anew.',
    cause,
  });
};

const occupied = async (dataDir: string): Promise<StartFault> => {
  const address = await readAddress(dataDir);
  const who = address ? ` (process ${address.pid}${address.url ? `, ${address.url}` : ''})` : '';
  return new StartFault({
    key: 'TANK_DATA_DIR',
    problem: `is ${dataDir}, and another daemon${who} already works on this folder`,
    mend: 'Stop that daemon, or give this one a folder of its own.',
  });
};

const writeAddress = async (dataDir: string, address: DaemonAddress): Promise<void> => {
  const file = join(dataDir, ADDRESS_FILE);
  await writeFile(`${file}.new`, JSON.stringify(address), { mode: 0o600 });
  await rename(`${file}.new`, file);
};

const readAddress = async (dataDir: string): Promise<DaemonAddress | undefined> => {
  try {
    return JSON.parse(await readFile(join(dataDir, ADDRESS_FILE), 'utf8'));
  } catch {
    return undefined;
  }
};

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

type LockDatabase = ReturnType<typeof openLockFile>;

const SQLITE_BUSY = 5;
const isBusy = (fault: unknown): boolean =>
  fault instanceof Error && 'errcode' in fault && fault.errcode === SQLITE_BUSY;
