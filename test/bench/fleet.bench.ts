import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { Fleet, startCampaign } from '../services/fleet/campaign.ts';
import { makeFleet } from '../services/fleet/world.ts';
import { holdBar } from './bars.ts';

/** npm run bench -- fleet: four machines on PostgreSQL and a broker, and what they reach together. */
interface Sent {
  readonly perSecond: number;
  readonly rateThrottled: number;
}

interface Campaign {
  readonly daemons: number;
  readonly recipients: number;
  readonly standIn: Readonly<Record<string, number>>;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Without files and events: how fast mails leave is the question. */
const send = async ({ daemons, recipients, standIn, settings = {} }: Campaign): Promise<Sent> => {
  const world = await makeFleet({
    recipients,
    daemons,
    standIn,
    settings: { TANK_SES_CONFIGURATION_SET: '', ...settings },
    fileEvery: 0,
  });
  const fleet = new Fleet(world);
  try {
    await fleet.startAll();
    await startCampaign(world);
    for (;;) {
      const { accepted } = await world.standIn.counters();
      if (accepted >= recipients) break;
      await sleep(100);
    }
    const { firstAt, lastAt, rateThrottled } = await world.standIn.counters();
    const seconds = (lastAt - firstAt) / 1000;
    return { perSecond: recipients / seconds, rateThrottled };
  } finally {
    await fleet.abandon();
    await world.end();
  }
};

await ensureBuilt();

for (const rate of [14, 100]) {
  const { perSecond, rateThrottled } = await send({
    daemons: 4,
    recipients: rate * 20,
    standIn: { rate: Math.ceil(rate / 0.9), latencyMs: 20 },
    settings: { TANK_SEND_RATE: String(rate), TANK_QUEUE_WINDOW_SECONDS: '30' },
  });
  const four = `four at ${rate} a second`;
  holdBar({ name: four, measured: perSecond, atLeast: rate * 0.97, unit: 'mails/s' });
  holdBar({ name: `${four}, no faster`, measured: perSecond, below: rate * 1.1, unit: 'mails/s' });
  holdBar({ name: `${four}, throttled for their rate`, measured: rateThrottled, below: 1, unit: 'calls' });
}

/** Answers after 50 ms, and eight calls at once each. */
const SLOW = {
  recipients: 8_000,
  standIn: { latencyMs: 50 },
  settings: { TANK_SEND_WORKERS: '1', TANK_WAVE: '8', TANK_QUEUE_WINDOW_SECONDS: '30' },
};
const one = await send({ ...SLOW, recipients: 2_000, daemons: 1 });
const four = await send({ ...SLOW, daemons: 4 });
console.log(`one ${one.perSecond.toFixed(0)} mails/s, four ${four.perSecond.toFixed(0)} mails/s`);
holdBar({ name: 'four against one', measured: four.perSecond / one.perSecond, atLeast: 3.5, unit: 'times' });
