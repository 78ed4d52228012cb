import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../../local/setup/build.mjs';
import { Fleet, startCampaign } from './campaign.ts';
import { makeFleet } from './world.ts';

const TIMEOUT_MS = 600_000;

interface Sent {
  readonly perSecond: number;
  readonly rateThrottled: number;
  readonly mails: number;
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
    return { perSecond: recipients / seconds, rateThrottled, mails: recipients };
  } finally {
    await fleet.abandon();
    await world.end();
  }
};

beforeAll(() => ensureBuilt(), 120_000);

describe('four machines', () => {
  it.each([14, 100])(
    'keep a pace of %d a second together, without being throttled for it',
    async (rate) => {
      const sent = await send({
        daemons: 4,
        recipients: rate * 20,
        standIn: { rate: Math.ceil(rate / 0.9), latencyMs: 20 },
        settings: { TANK_SEND_RATE: String(rate), TANK_QUEUE_WINDOW_SECONDS: '30' },
      });
      console.log(JSON.stringify({ rate, ...sent }));
      expect(sent.perSecond).toBeGreaterThan(rate * 0.97);
      expect(sent.perSecond).toBeLessThan(rate * 1.1);
      expect(sent.rateThrottled).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'send 3.5 times as much as one, with answers after 50 ms and eight calls at once each',
    async () => {
      const campaign = {
        recipients: 4_000,
        standIn: { latencyMs: 50 },
        settings: { TANK_SEND_WORKERS: '1', TANK_WAVE: '8', TANK_QUEUE_WINDOW_SECONDS: '30' },
      };
      const one = await send({ ...campaign, recipients: 1_500, daemons: 1 });
      const four = await send({ ...campaign, daemons: 4 });
      console.log(JSON.stringify({ one, four, ratio: four.perSecond / one.perSecond }));
      expect(four.perSecond / one.perSecond).toBeGreaterThanOrEqual(3.5);
    },
    TIMEOUT_MS,
  );
});
