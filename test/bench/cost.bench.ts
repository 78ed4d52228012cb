import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { Fleet, settleFleet, startCampaign } from '../services/fleet/campaign.ts';
import { makeFleet } from '../services/fleet/world.ts';
import { holdBar } from './bars.ts';
import { costOfMillion, type Measured } from './cost/cost-of.ts';
import { REGIONS } from './cost/prices.ts';

/** npm run bench -- cost: what the handlers take, and what that costs beside SES. */
const REGION = process.env.TANK_TEST_COST_REGION ?? 'ap-northeast-2';
const RECIPIENTS = 2_000;
/** SES answers after about so long. */
const LATENCY_MS = 50;

interface Timed {
  readonly seconds: number;
  readonly calls: number;
}

/** The sum and the number of the calls of each function, as the daemon has measured them. */
const timesOf = async (workerUrl: string): Promise<ReadonlyMap<string, Timed>> => {
  const text = await (await fetch(`${workerUrl}/metrics`)).text();
  const of = (kind: 'sum' | 'count') =>
    new Map(
      [
        ...text.matchAll(
          new RegExp(`^tank_handler_duration_seconds_${kind}\\{([^}]*)\\} ([\\d.e-]+)$`, 'gm'),
        ),
      ].map(
        ([, labels = '', value]) => [/function="([^"]+)"/.exec(labels)?.[1] ?? '', Number(value)] as const,
      ),
    );
  const counts = of('count');
  return new Map([...of('sum')].map(([name, seconds]) => [name, { seconds, calls: counts.get(name) ?? 0 }]));
};

/** The very handlers of Lambda, from the same artifact, on PostgreSQL and an SQS-compatible broker. */
const measure = async (): Promise<Measured> => {
  const world = await makeFleet({
    recipients: RECIPIENTS,
    daemons: 1,
    standIn: { latencyMs: LATENCY_MS },
    settings: { TANK_SEND_WORKERS: '2', TANK_WAVE: '16' },
  });
  const fleet = new Fleet(world);
  try {
    await fleet.startAll();
    await settleFleet(world, await startCampaign(world), 300_000);
    for (let quiet = 0; quiet < 4; quiet += (await world.queue.depth('events')).visible === 0 ? 1 : 0)
      await sleep(500);
    const file = join(world.tanks[0]?.dataDir ?? '', 'daemon.json');
    const { workerUrl } = JSON.parse(await readFile(file, 'utf8')) as { workerUrl: string };
    const times = await timesOf(workerUrl);
    const {
      'send-batch': send,
      'bounce-handler': bounce,
      enqueue,
      'write-back': writeBack,
    } = Object.fromEntries(times);
    const each = (timed: Timed | undefined) => (timed?.seconds ?? Number.NaN) / (timed?.calls ?? 0);
    const perMail = (timed: Timed | undefined) => (timed?.seconds ?? Number.NaN) / RECIPIENTS;
    return {
      'send-batch': each(send),
      'bounce-handler': each(bounce),
      expansionPerMail: perMail(enqueue),
      writeBackPerMail: perMail(writeBack),
    };
  } finally {
    await fleet.abandon();
    await world.end();
  }
};

await ensureBuilt();
const prices = REGIONS[REGION];
if (!prices) throw new Error(`there are no prices for ${REGION} in prices.ts`);
const measured = await measure();
const cost = costOfMillion(measured, prices);
console.log(JSON.stringify({ region: REGION, measured, cost }));
holdBar({
  name: `a million mails in ${REGION}, beside SES`,
  measured: cost.share * 100,
  below: 3,
  unit: '%',
});
