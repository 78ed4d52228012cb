import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/steps.mjs';
import { runBenches } from './run-benches.mjs';

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
const faults = await runBenches(
  benches.map((bench) => join(FOLDER, bench)),
  ROOT,
);
if (faults.length > 0) {
  console.error(`\n${faults.length} not reached:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  process.exitCode = 1;
}
