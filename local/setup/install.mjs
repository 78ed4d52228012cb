import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Makes node_modules what package-lock.json says; returns whether there was anything to do. */
export const ensureInstalled = (root = ROOT) => {
  const stamp = join(root, 'node_modules/.tank-installed');
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return false;
  if (isLink(join(root, 'node_modules'))) return false;
  const installed = holdsTheLock(root) ? false : install(root);
  writeFileSync(stamp, hash);
  return installed;
};

/** A linked node_modules belongs to another working copy; installing through the link would empty that one. */
const isLink = (path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** Whether somebody ran `npm ci` by hand: npm keeps what it installed in a lock file of its own. */
const holdsTheLock = (root) => {
  const own = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(own)) return false;
  const installed = JSON.parse(readFileSync(own, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => path === '' || isSame(installed[path], entry));
};

const isSame = (installed, wanted) =>
  installed ? installed.version === wanted.version : Boolean(wanted.optional);

const install = (root) => {
  console.error('Installing what Tank needs (npm install) …');
  const started = Date.now();
  // `npm ci` refuses where a registry lacks some build for another platform; with --no-save the lock file is kept as it is.
  // NODE_ENV=production would leave out the build tools, and Tank builds itself.
  const done = spawnSync(
    'npm',
    ['install', '--no-save', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error'],
    {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  );
  if (done.status !== 0) throw new InstallFailure(done.error?.message ?? `${done.stderr}`.trim());
  console.error(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return true;
};

class InstallFailure extends Error {
  constructor(reason) {
    super(
      `The packages could not be installed.\n${reason}\nCheck the network and npm's registry setting, then start again.`,
    );
    this.name = 'InstallFailure';
  }
}
