/**
 * A history of deaths of any size:
 *   npm run chaos -- --recipients 10000 --kills 100 [--seed 1] [--policy hold|resend] [--report FILE]
 * The nightly size is --recipients 100000 --kills 1000. The same seed gives the same plan of kills and faults. Ends with 1 when a promise was broken.
 */
import { parseArgs } from 'node:util';
import { runChaos } from './campaign.ts';
import { brokenPromises, summarize, writeReport } from './report.ts';

const { values } = parseArgs({
  options: {
    recipients: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    policy: { type: 'string', default: 'hold' },
    'events-lost': { type: 'string', default: '0' },
    report: { type: 'string' },
  },
});

const { ensureBuilt } = await import('../../../local/setup/build.mjs');
await ensureBuilt();
console.log(`seed ${values.seed}`);
const result = await runChaos({
  recipients: Number(values.recipients),
  kills: Number(values.kills),
  seed: Number(values.seed),
  policy: values.policy === 'resend' ? 'resend' : 'hold',
  eventsLost: Number(values['events-lost']),
  progress: (line) => console.log(line),
});
console.log(JSON.stringify(summarize(result), undefined, 2));
console.log(`written to ${writeReport(result, values.report)}`);
const broken = brokenPromises(result);
for (const promise of broken) console.error(`BROKEN: ${promise}`);
process.exit(broken.length > 0 ? 1 : 0);
