import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isNodeNewEnough } from '../../local/setup/node-version.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const LOCK = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  },
};

/** A bare clone: the bootstrap and a lock file, and an npm that only notes that it was called. */
let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'tank-clone-'));
  cpSync(join(ROOT, 'local/setup'), join(clone, 'local/setup'), { recursive: true });
  cpSync(join(ROOT, 'local/tank.mjs'), join(clone, 'local/tank.mjs'));
  write('package.json', '{"type":"module"}');
  write('package-lock.json', JSON.stringify(LOCK));
  npmDoes('mkdir -p node_modules');
});
afterEach(() => rmSync(clone, { recursive: true }));

const write = (path: string, text: string) => {
  mkdirSync(resolve(clone, path, '..'), { recursive: true });
  writeFileSync(join(clone, path), text);
};
const npmDoes = (script: string) => {
  write('bin/npm', `#!/bin/sh\necho "$*" >> npm-calls\n${script}\n`);
  chmodSync(join(clone, 'bin/npm'), 0o755);
};
const calls = () =>
  existsSync(join(clone, 'npm-calls'))
    ? readFileSync(join(clone, 'npm-calls'), 'utf8').trim().split('\n')
    : [];
const env = () => ({ PATH: `${join(clone, 'bin')}:/usr/bin:/bin` });
const install = () =>
  execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const m = await import('./local/setup/install.mjs'); console.log(m.ensureInstalled());`,
    ],
    { cwd: clone, encoding: 'utf8', env: env(), stdio: ['ignore', 'pipe', 'ignore'] },
  ).trim();

describe('installing', () => {
  test('happens on a bare clone, with the build tools even in production, and only once', () => {
    expect(install()).toBe('true');
    expect(calls()).toEqual([expect.stringMatching(/^install --no-save --include=dev /)]);
    expect(install()).toBe('false');
    expect(calls()).toHaveLength(1);
  });

  test('happens again when the lock file has changed', () => {
    install();
    write('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.1' } } }));
    expect(install()).toBe('true');
    expect(calls()).toHaveLength(2);
  });

  test('is left out when somebody ran npm ci by hand', () => {
    write(
      'node_modules/.package-lock.json',
      JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
    );
    expect(install()).toBe('false');
    expect(calls()).toEqual([]);
  });

  test('happens when somebody installed other versions by hand', () => {
    write(
      'node_modules/.package-lock.json',
      JSON.stringify({ packages: { 'node_modules/a': { version: '0.9.0' } } }),
    );
    expect(install()).toBe('true');
  });

  test('leaves a linked node_modules to its owner', () => {
    mkdirSync(join(clone, 'elsewhere'));
    symlinkSync(join(clone, 'elsewhere'), join(clone, 'node_modules'));
    expect(install()).toBe('false');
    expect(calls()).toEqual([]);
  });

  test('that fails is told in plain words, with what npm said and without a stack', () => {
    npmDoes('echo "npm error network timeout" >&2; exit 1');
    const { status, stderr } = spawnSync(process.execPath, ['local/tank.mjs', 'start'], {
      cwd: clone,
      encoding: 'utf8',
      env: env(),
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/could not be installed[\s\S]*network timeout[\s\S]*start again/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('the version of Node', () => {
  test.each([
    ['20.19.0', true],
    ['20.20.2', true],
    ['22.0.0', true],
    ['24.21.0', true],
    ['20.18.3', false],
    ['18.20.0', false],
  ])('%s is new enough: %s', (version, enough) => {
    expect(isNodeNewEnough(version)).toBe(enough);
  });

  test('is named when it is too old, before anything else is tried', () => {
    const asOldNode = `import { demandNode } from './local/setup/node-version.mjs'; demandNode('18.20.0');`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', asOldNode], {
      cwd: clone,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'Tank needs Node.js 20.19 or newer; this is 18.20.0. Install a newer one and start again.\n',
    );
  });
});
