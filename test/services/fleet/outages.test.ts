import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../../local/setup/build.mjs';
import type { ListedRun } from '../../fixtures/campaign/daemon.ts';
import { brokenPromises, Fleet, settleFleet, startCampaign, untilAccepted } from './campaign.ts';
import { type FleetOptions, type FleetWorld, makeFleet } from './world.ts';

/** The full sizes: `npm run outages:fleet`. */
const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const RECIPIENTS = number('TANK_TEST_FLEET_OUTAGE_RECIPIENTS', 2_000);
const RESTARTS = number('TANK_TEST_FLEET_RESTARTS', 20);
const BROKER_GONE_S = number('TANK_TEST_FLEET_BROKER_GONE_SECONDS', 20);
const COPIES = 10;
const PATIENCE_MS = 600_000;
const TIMEOUT_MS = 1_200_000 + BROKER_GONE_S * 1_000;

/** A campaign on two machines, with what happens meanwhile. */
const campaign = async (
  options: Partial<FleetOptions>,
  meanwhile: (world: FleetWorld) => Promise<void>,
): Promise<{ readonly run: ListedRun; readonly broken: readonly string[] }> => {
  const world = await makeFleet({ recipients: RECIPIENTS, daemons: 2, ...options });
  const fleet = new Fleet(world);
  try {
    await fleet.startAll();
    const runId = await startCampaign(world);
    await meanwhile(world);
    const run = await settleFleet(world, runId, PATIENCE_MS);
    await fleet.stopAll();
    return { run, broken: await brokenPromises(world, run) };
  } finally {
    await fleet.abandon();
    await world.end();
  }
};

beforeAll(() => ensureBuilt(), 120_000);

describe('machines that share a store and a broker lose nothing and send nothing twice', () => {
  it(
    `while PostgreSQL is restarted ${RESTARTS} times`,
    async () => {
      const { run, broken } = await campaign({ standIn: { latencyMs: 40 } }, async (world) => {
        for (let restart = 1; restart <= RESTARTS; restart += 1) {
          await untilAccepted(world, (RECIPIENTS * 0.9 * restart) / (RESTARTS + 1), 30_000);
          await world.postgres.restart();
        }
      });
      expect(broken).toEqual([]);
      expect(run.sent).toBeGreaterThan(RECIPIENTS * 0.9);
    },
    TIMEOUT_MS,
  );

  it(
    `while the broker is gone for ${BROKER_GONE_S} s, and comes back without its queues`,
    async () => {
      const { run, broken } = await campaign({ standIn: { latencyMs: 20 } }, async (world) => {
        await untilAccepted(world, RECIPIENTS / 4, 60_000);
        await world.broker.kill();
        await sleep(BROKER_GONE_S * 1_000);
        await world.broker.start();
      });
      expect(broken).toEqual([]);
      expect(run.sent).toBe(RECIPIENTS);
    },
    TIMEOUT_MS,
  );

  it(
    `while each message lies on the queue ${COPIES} times`,
    async () => {
      const { run, broken } = await campaign({ copies: COPIES }, async () => undefined);
      expect(broken).toEqual([]);
      expect(run.sent).toBe(RECIPIENTS);
    },
    TIMEOUT_MS,
  );

  it(
    'and put a message of a newer version aside, where it can be seen',
    async () => {
      const newer = JSON.stringify({ v: 2, kind: 'send', runId: 'r', batchId: 'b', more: 'of it' });
      const { broken } = await campaign({ recipients: 200 }, async (world) => {
        await world.queue.send('bulk', [{ body: newer }]);
        await sleep(2_000);
        expect((await world.queue.depth('bulk')).inFlight).toBeGreaterThan(0);
      });
      expect(broken).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
