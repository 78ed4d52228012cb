import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/steps.mjs';

/** `npm run bench` runs all, `npm run bench -- queue mime` those whose names begin so. */
const FOLDER = join(ROOT, 'test/bench');
const asked = process.argv.slice(2);
const benches = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => asked.length === 0 || asked.some((name) => file.startsWith(name)));

if (benches.length === 0) {
  console.error(`There is no such bench in test/bench: ${asked.join(' ')}`);
  process.exit(2);
}
for (const bench of benches) {
  console.log(`\n# ${bench.replace('.bench.ts', '')}`);
  const done = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', join(FOLDER, bench)], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (done.status !== 0) process.exitCode = 1;
}
