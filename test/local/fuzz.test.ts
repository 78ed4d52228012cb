import { beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { runFuzz } from '../fuzz/run.ts';

/** `npm run fuzz` sends 100,000; a failing history can be had again with its seed. */
const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const REQUESTS = number('TANK_TEST_FUZZ_REQUESTS', 2_500);
const SEED = number('TANK_TEST_FUZZ_SEED', 7);

beforeAll(() => ensureBuilt(), 60_000);

it(`${REQUESTS} generated requests to all operations: no 5xx, nothing undocumented, no insides, no hang`, async () => {
  const { faults, statuses, operations, sent } = await runFuzz({ requests: REQUESTS, seed: SEED });
  expect(faults).toEqual([]);
  expect(sent).toBe(REQUESTS);
  expect(operations).toBeGreaterThan(90);
  // Some of everything: neither all nonsense nor all welcome.
  expect((statuses[200] ?? 0) / REQUESTS).toBeGreaterThan(0.1);
  expect((statuses[400] ?? 0) / REQUESTS).toBeGreaterThan(0.1);
  for (const status of [201, 204, 401, 403, 404])
    expect(statuses[status], String(status)).toBeGreaterThan(10);
}, 300_000);
