import { accessSync, constants, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartFault } from './start-fault.ts';

const OWNER_ONLY = 0o700;

/** Makes the folder where there is none. Throws a StartFault when this user is not the one to work in it. */
export const prepareDataFolder = (dataDir: string): void => {
  try {
    const folder = find(dataDir) ?? makeFolder(dataDir);
    demandOwner(dataDir, folder);
    if (!folder.isDirectory()) throw new Error('it is no folder');
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw cause instanceof StartFault ? cause : unwritable(dataDir, cause);
  }
};

/** Step by step: mkdir with `recursive` never comes back from file systems that hold no folders, such as /proc. */
const makeFolder = (path: string): Stats => {
  const parent = dirname(path);
  if (!find(parent)) makeFolder(parent);
  mkdirSync(path, { mode: OWNER_ONLY });
  return statSync(path);
};

const find = (path: string): Stats | undefined => {
  try {
    return statSync(path);
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return undefined;
    throw fault;
  }
};

/** Whoever does not own the data folder would leave files there that the daemon cannot read. */
const demandOwner = (dataDir: string, { uid }: Stats): void => {
  if (process.getuid === undefined || process.getuid() === uid) return;
  throw new StartFault({
    key: 'TANK_DATA_DIR',
    problem: `is ${dataDir}, which belongs to another user (uid ${uid})`,
    mend: 'Run this command as that user, or set TANK_DATA_DIR to another folder.',
  });
};

const unwritable = (dataDir: string, cause: unknown): StartFault =>
  new StartFault({
    key: 'TANK_DATA_DIR',
    problem: `is ${dataDir}, and this user cannot make or write that folder`,
    mend: 'Grant the user of the daemon the right to write there, or set TANK_DATA_DIR to another folder.',
    cause,
  });
