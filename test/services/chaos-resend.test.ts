import { beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { runChaos } from './chaos/campaign.ts';
import { brokenPromises, summarize, writeReport } from './chaos/report.ts';
import { KILLS, RECIPIENTS, SEED, TIMEOUT_MS } from './chaos/size.ts';

beforeAll(() => ensureBuilt(), 60_000);

it(
  'A daemon that is killed again and again sends again only what was in doubt, where the owner of the automation chose so',
  async ({ annotate }) => {
    const result = await runChaos({
      recipients: Math.ceil(RECIPIENTS / 10),
      kills: Math.ceil(KILLS / 10),
      seed: SEED + 1,
      policy: 'resend',
      eventsLost: 0.05,
    });
    writeReport(result);
    await annotate(JSON.stringify(summarize(result)));
    expect(brokenPromises(result)).toEqual([]);
  },
  TIMEOUT_MS,
);
