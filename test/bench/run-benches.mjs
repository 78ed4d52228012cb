import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';

/**
 * One after the other, so that none disturbs another. What went wrong: each bar that was missed, and each
 * bench that ended badly without having named one.
 * @param {readonly string[]} files
 * @param {string} cwd
 * @returns {Promise<string[]>}
 */
export const runBenches = async (files, cwd) => {
  const faults = [];
  for (const file of files) {
    const name = basename(file).replace(/\.bench\.m?ts$/, '');
    console.log(`\n# ${name}`);
    faults.push(...(await runBench(file, cwd)).map((fault) => `${name}: ${fault}`));
  }
  return faults;
};

const runBench = async (file, cwd) => {
  const missed = [];
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', file], {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message) => missed.push(message.missed));
  const [code, signal] = await once(child, 'exit');
  return code !== 0 && missed.length === 0 ? [`ended with ${signal ?? code}`] : missed;
};
