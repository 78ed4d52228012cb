import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Steps one after the other, each with its time; all of them run, so that one failure does not hide the next. */
export const startTally = () => {
  const started = performance.now();
  const total = { passed: 0, failed: 0, skipped: 0 };
  const add = (tally) => {
    for (const key of Object.keys(total)) total[key] += tally[key];
    return tally.failed === 0;
  };
  return {
    /** A check that passes or fails as a whole; what it printed is shown when it fails. */
    check: (name, tool, ...args) => add(timed(name, () => check(tool, args))),
    task: async (name, work) => add(await timedTask(name, work)),
    vitest: (name, config) => add(timed(name, () => vitest(config))),
    finish: () => {
      console.log(`in all            ${secondsSince(started).padStart(6)} s on Node ${process.version}`);
      console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
      process.exitCode = total.failed > 0 ? 1 : 0;
    },
  };
};

const PASSED = { passed: 1, failed: 0, skipped: 0 };
const FAILED = { passed: 0, failed: 1, skipped: 0 };

const announce = (name, started, tally) => {
  const verdict = tally.failed === 0 ? 'ok    ' : 'FAILED';
  console.log(`${verdict} ${name.padEnd(10)} ${secondsSince(started).padStart(6)} s`);
  return tally;
};

const secondsSince = (started) => ((performance.now() - started) / 1000).toFixed(1);

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

/** On the Node that runs this, whichever `node` the PATH would name first. */
const runTool = (tool, args, options) =>
  spawnSync(process.execPath, [realpathSync(join(ROOT, 'node_modules/.bin', tool)), ...args], {
    cwd: ROOT,
    ...options,
  });

const check = (tool, args) => {
  const done = runTool(tool, args, { encoding: 'utf8' });
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
  // Whatever the tests leave behind, also those that were killed, goes with one folder.
  const scratch = mkdtempSync(join(tmpdir(), 'tank-test-'));
  // PostgreSQL runs as a user of its own and has to come through.
  chmodSync(scratch, 0o711);
  const env = { ...process.env, TANK_TEST_TALLY: file, TMPDIR: scratch };
  const done = runTool('vitest', args, { stdio: 'inherit', env });
  rmSync(scratch, { recursive: true, force: true });
  const tally = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0, skipped: 0 };
  const fellOver = done.status !== 0 && tally.failed === 0;
  return fellOver ? { ...tally, failed: 1 } : tally;
};
