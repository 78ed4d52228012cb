import { beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../../local/setup/build.mjs';
import { runFleetChaos } from './chaos.ts';

/** The full size, 100,000 recipients and 100 kills: `npm run chaos:fleet`. */
const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const RECIPIENTS = number('TANK_TEST_FLEET_RECIPIENTS', 3_000);
const KILLS = number('TANK_TEST_FLEET_KILLS', 20);
const SEED = number('TANK_TEST_FLEET_SEED', 11);
const DAEMONS = 4;

beforeAll(() => ensureBuilt(), 120_000);

it(
  `four machines lose nothing and send nothing twice: ${RECIPIENTS} recipients, ${KILLS} kills`,
  async () => {
    const progress = (line: string) => console.log(line);
    const result = await runFleetChaos({
      recipients: RECIPIENTS,
      kills: KILLS,
      daemons: DAEMONS,
      seed: SEED,
      progress,
    });
    console.log(JSON.stringify(result));
    expect(result.broken).toEqual([]);
    expect(result.killsInOpenCalls).toBeGreaterThan(KILLS / 3);
  },
  900_000 + KILLS * 30_000,
);
