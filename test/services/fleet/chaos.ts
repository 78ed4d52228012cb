import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonLife, ListedRun, Tank } from '../../fixtures/campaign/daemon.ts';
import { mulberry32, type Settings } from '../../fixtures/ses-stand-in/settings.ts';
import { type Kill, planKills } from '../chaos/kill-plan.ts';
import { brokenPromises, Fleet, settleFleet, startCampaign, untilAccepted } from './campaign.ts';
import { makeFleet } from './world.ts';

export interface FleetChaosOptions {
  readonly recipients: number;
  readonly kills: number;
  readonly daemons: number;
  readonly seed: number;
  readonly progress?: (line: string) => void;
}

export interface FleetChaosResult {
  readonly broken: readonly string[];
  readonly kills: number;
  readonly killsInOpenCalls: number;
  readonly run: ListedRun;
  readonly seconds: number;
}

/** What the account does to calls all the while, beside the deaths of the daemons. */
const TROUBLES: Partial<Settings> = {
  latencyMs: 25,
  throttle: 0.02,
  error5xx: 0.001,
  acceptAndHangUp: 0.001,
  hangUp: 0.001,
  brokenJson: 0.001,
  noMessageId: 0.0005,
};
const MOMENT_PATIENCE_MS = 8_000;
const PROGRESS_PATIENCE_MS = 30_000;
const SETTLE_PATIENCE_MS = 600_000;
/** The last deaths come while there is still work. */
const KILLED_WITHIN = 0.85;

/** One of the machines dies, now this one, now that, while the others go on; it comes back at once. */
export const runFleetChaos = async (options: FleetChaosOptions): Promise<FleetChaosResult> => {
  const startedAt = performance.now();
  const { recipients, daemons, seed } = options;
  const world = await makeFleet({ recipients, daemons, seed, standIn: TROUBLES });
  const fleet = new Fleet(world);
  try {
    await fleet.startAll();
    const runId = await startCampaign(world);
    const killsInOpenCalls = await killOneByOne(fleet, options);
    const run = await settleFleet(world, runId, SETTLE_PATIENCE_MS);
    await fleet.stopAll();
    const broken = await brokenPromises(world, run);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    return { broken, kills: options.kills, killsInOpenCalls, run: { ...run, faults: [] }, seconds };
  } finally {
    await fleet.abandon();
    await world.end();
  }
};

/** How many of the kills fell in open calls. */
const killOneByOne = async (fleet: Fleet, options: FleetChaosOptions): Promise<number> => {
  const { kills, seed, recipients, progress } = options;
  const { tanks, standIn } = fleet.world;
  const random = mulberry32(seed + 1);
  let inOpenCalls = 0;
  for (const [index, kill] of planKills({ kills, seed, tracing: false }).entries()) {
    if (kill.kind !== 'plan')
      await untilAccepted(fleet.world, (recipients * KILLED_WITHIN * index) / kills, PROGRESS_PATIENCE_MS);
    const victim = tanks[Math.floor(random() * tanks.length)] as Tank;
    const before = (await standIn.counters()).crashes.length;
    await die(fleet, victim, kill);
    const crash = (await standIn.counters()).crashes[before];
    if ((crash?.open ?? 0) > 0) inOpenCalls += 1;
    await fleet.start(victim);
    if ((index + 1) % 10 === 0) progress?.(`${index + 1} of ${kills} kills`);
  }
  return inOpenCalls;
};

const die = async (fleet: Fleet, victim: Tank, kill: Kill): Promise<void> => {
  const life = fleet.lifeOf(victim);
  if (!life) return;
  const { standIn } = fleet.world;
  if (kill.kind === 'moment') {
    await standIn.crash({ pid: life.pid, at: kill.at, after: kill.after });
    if (await endsWithin(life, MOMENT_PATIENCE_MS)) return;
  } else if (kill.kind !== 'sync') await sleep(kill.ms);
  await standIn.crash({ pid: life.pid, at: 'now', after: 1 });
  await life.ended;
  if (kill.kind === 'boot') await dieWhileStarting(victim, kill.ms);
};

const dieWhileStarting = async (victim: Tank, ms: number): Promise<void> => {
  const child = victim.spawn();
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.stdout?.resume();
  await sleep(ms);
  child.kill('SIGKILL');
  await ended;
};

const endsWithin = (life: DaemonLife, ms: number): Promise<boolean> =>
  Promise.race([life.ended.then(() => true), sleep(ms, false, { ref: false })]);
