import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Steps one after the other, each with its time; all of them run, so that one failure does not hide the next. */
export const startTally = () => {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const add = (tally) => {
    for (const key of Object.keys(total)) total[key] += tally[key];
    return tally.failed === 0;
  };
  return {
    /** A check that passes or fails as a whole; what it printed is shown when it fails. */
    check: (name, command, ...args) => add(timed(name, () => check(command, args))),
    task: async (name, work) => add(await timedTask(name, work)),
    vitest: (name, config) => add(timed(name, () => vitest(config))),
    finish: () => {
      console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
      process.exitCode = total.failed > 0 ? 1 : 0;
    },
  };
};

const PASSED = { passed: 1, failed: 0, skipped: 0 };
const FAILED = { passed: 0, failed: 1, skipped: 0 };

const announce = (name, started, tally) => {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${tally.failed === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.padStart(6)} s`);
  return tally;
};

const timed = (name, work) => {
  const started = performance.now();
  return announce(name, started, work());
};

const timedTask = async (name, work) => {
  const started = performance.now();
  try {
    await work();
    return announce(name, started, PASSED);
  } catch (failure) {
    console.error(failure instanceof Error ? failure.message : failure);
    return announce(name, started, FAILED);
  }
};

const check = (command, args) => {
  const done = spawnSync(join(ROOT, 'node_modules/.bin', command), args, { cwd: ROOT, encoding: 'utf8' });
  if (done.status === 0) return PASSED;
  console.error(`${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`.trimEnd());
  return FAILED;
};

const vitest = (config) => {
  const file = join(ROOT, 'node_modules/.cache/tank', `${config}.tally.json`);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const args = [
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=./test/support/tally-reporter.ts',
  ];
  const env = { ...process.env, TANK_TEST_TALLY: file };
  const done = spawnSync(join(ROOT, 'node_modules/.bin/vitest'), args, { cwd: ROOT, stdio: 'inherit', env });
  const tally = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0, skipped: 0 };
  const fellOver = done.status !== 0 && tally.failed === 0;
  return fellOver ? { ...tally, failed: 1 } : tally;
};
