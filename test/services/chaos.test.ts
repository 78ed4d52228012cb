import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { runChaos } from './chaos/campaign.ts';
import { brokenPromises, summarize } from './chaos/report.ts';

/** A failing history can be had again with its seed; the nightly size is a matter of these too. */
const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const SEED = number('TANK_TEST_CHAOS_SEED', 7);
const RECIPIENTS = number('TANK_TEST_CHAOS_RECIPIENTS', 10_000);
const KILLS = number('TANK_TEST_CHAOS_KILLS', 100);
const TIMEOUT_MS = 600_000 + KILLS * 10_000;

describe('A daemon that is killed again and again', () => {
  beforeAll(() => ensureBuilt(), 60_000);

  it(
    `loses nothing and sends nothing twice: ${RECIPIENTS} recipients, ${KILLS} kills`,
    async () => {
      const result = await runChaos({ recipients: RECIPIENTS, kills: KILLS, seed: SEED, policy: 'hold' });
      console.log(JSON.stringify(summarize(result)));
      expect(brokenPromises(result)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'sends again only what was in doubt, where the owner of the automation chose so',
    async () => {
      const result = await runChaos({
        recipients: Math.ceil(RECIPIENTS / 10),
        kills: Math.ceil(KILLS / 10),
        seed: SEED + 1,
        policy: 'resend',
        eventsLost: 0.05,
      });
      console.log(JSON.stringify(summarize(result)));
      expect(brokenPromises(result)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
