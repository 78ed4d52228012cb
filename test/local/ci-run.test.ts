import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tank-ci-'));
  cpSync(resolve(import.meta.dirname, '../../.ci/run'), join(folder, '.ci/run'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Both commands stand in by a shell script each. */
const ci = (test: string, services: string) => {
  mkdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'bin/npm'),
    `#!/bin/sh\nif [ "$1" = test ]; then ${test}; else ${services}; fi\n`,
  );
  chmodSync(join(folder, 'bin/npm'), 0o755);
  const { status, stdout } = spawnSync('bash', [join(folder, '.ci/run')], {
    encoding: 'utf8',
    env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` },
  });
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
};

test('the last line is the sum of both suites', () => {
  const run = ci('echo noise; echo "10 passed, 0 failed, 2 skipped"', 'echo "3 passed, 0 failed, 1 skipped"');
  expect(run).toEqual({ status: 0, last: '13 passed, 0 failed, 3 skipped' });
});

test('a failed test fails the whole, and the other suite still runs', () => {
  const run = ci('echo "9 passed, 1 failed, 0 skipped"; exit 1', 'echo "3 passed, 0 failed, 0 skipped"');
  expect(run).toEqual({ status: 1, last: '12 passed, 1 failed, 0 skipped' });
});

test.each([
  ['dies without its count', 'echo dead; exit 3'],
  ['counts no failure and ends with one', 'echo "3 passed, 0 failed, 0 skipped"; exit 1'],
])('a suite that %s is a failure', (_, services) => {
  const run = ci('echo "10 passed, 0 failed, 0 skipped"', services);
  expect(run.status).toBe(1);
  expect(run.last).toMatch(/ 1 failed, /);
});
