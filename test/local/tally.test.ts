import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tank-tally-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const count = (...bodies: string[]) => {
  const file = join(folder, 'a.test.ts');
  writeFileSync(file, `import { expect, test } from 'vitest';\n${bodies.join('\n')}`);
  const args = ['run', '--root', folder, `--reporter=${join(ROOT, 'test/support/tally-reporter.ts')}`];
  const tallyFile = join(folder, 'tally.json');
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/vitest'), args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', TANK_TEST_TALLY: tallyFile },
  });
  return { status, printed: stdout + stderr, tally: JSON.parse(readFileSync(tallyFile, 'utf8')) };
};
const PASSING = `test('passes', () => { expect(1).toBe(1); });`;

test('a skip with a reason is counted and printed', () => {
  const { status, printed, tally } = count(
    PASSING,
    `test('oracle', ({ skip }) => skip('not run: no TANK_TEST_ORACLE'));`,
    `test.skip('redis (not run: no TANK_TEST_REDIS)', () => {});`,
  );
  expect({ status, tally }).toEqual({ status: 0, tally: { passed: 1, failed: 0, skipped: 2 } });
  expect(printed).toMatch(/not run: no TANK_TEST_ORACLE\n {2}oracle[\s\S]*not run: no TANK_TEST_REDIS/);
});

test('a skip without a reason is a failure', () => {
  const { status, printed, tally } = count(PASSING, `test.skip('forgotten', () => {});`);
  expect({ status, tally }).toEqual({ status: 1, tally: { passed: 1, failed: 1, skipped: 0 } });
  expect(printed).toContain('skipped without a reason: forgotten');
});

test('what dies with its process is a failure, by its name', () => {
  const { status, printed, tally } = count(
    PASSING,
    `test('dies', () => process.kill(process.pid, 'SIGKILL'));`,
  );
  expect(status).toBe(1);
  expect(tally.failed).toBeGreaterThan(0);
  expect(printed).toContain('lost with its process: a.test.ts dies');
});
