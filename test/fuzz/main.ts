/**
 * Any number of generated requests to a built daemon:
 *   npm run fuzz -- --requests 100000 [--seed 1]
 * Ends with 1 when an answer was not as documented, of the 5xx, or too late.
 */
import { parseArgs } from 'node:util';
import { runFuzz } from './run.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

const { ensureBuilt } = await import('../../local/setup/build.mjs');
await ensureBuilt();
console.log(`seed ${values.seed}`);
const { faults, ...result } = await runFuzz({
  requests: Number(values.requests),
  seed: Number(values.seed),
  progress: (line) => console.log(line),
});
console.log(JSON.stringify(result));
for (const fault of faults) console.error(`FAULT: ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);
