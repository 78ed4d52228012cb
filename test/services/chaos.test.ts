import { beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { runChaos } from './chaos/campaign.ts';
import { brokenPromises, summarize, writeReport } from './chaos/report.ts';
import { KILLS, RECIPIENTS, SEED, TIMEOUT_MS } from './chaos/size.ts';

beforeAll(() => ensureBuilt(), 60_000);

it(
  `A daemon that is killed ${KILLS} times loses nothing and sends nothing twice to ${RECIPIENTS} recipients`,
  async ({ annotate }) => {
    const result = await runChaos({ recipients: RECIPIENTS, kills: KILLS, seed: SEED, policy: 'hold' });
    writeReport(result);
    await annotate(JSON.stringify(summarize(result)));
    expect(brokenPromises(result)).toEqual([]);
  },
  TIMEOUT_MS,
);
