import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonLife, ListedRun, Tank } from '../../fixtures/campaign/daemon.ts';
import { readJournal } from '../../fixtures/ses-stand-in/start.ts';
import { judge } from '../chaos/judge.ts';
import { brokenByJournal } from '../chaos/report.ts';
import type { FleetWorld } from './world.ts';

const LOOK_EVERY_MS = 250;
/** An answer that came so shortly before a kill may not have been written down. */
const UNSAVED_MS = 2_000;
/** Every event arrives, sooner or later. */
const NONE: ReadonlySet<string> = new Set();

/** The daemons of a fleet, each of which may die and be started again. */
export class Fleet {
  readonly world: FleetWorld;
  readonly #lives = new Map<Tank, DaemonLife>();

  constructor(world: FleetWorld) {
    this.world = world;
  }

  async startAll(): Promise<void> {
    await Promise.all(this.world.tanks.map((tank) => this.start(tank)));
  }

  async start(tank: Tank): Promise<void> {
    this.#lives.set(tank, await tank.start());
  }

  lifeOf(tank: Tank): DaemonLife | undefined {
    return this.#lives.get(tank);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#lives.values()].map((life) => this.#end(life, 'SIGTERM')));
    this.#lives.clear();
  }

  async abandon(): Promise<void> {
    await Promise.all([...this.#lives.values()].map((life) => this.#end(life, 'SIGKILL')));
  }

  async #end({ process, ended }: DaemonLife, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    process.kill(signal);
    await ended;
  }
}

/** The id of the run, which one machine has started and all work on. */
export const startCampaign = async ({ tanks, bank }: FleetWorld): Promise<string> => {
  const [first] = tanks;
  if (!first) throw new Error('a fleet has a machine');
  await first.apply(bank);
  return first.startRun();
};

export const untilAccepted = async ({ standIn }: FleetWorld, mails: number, patienceMs: number) => {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    if ((await standIn.counters()).accepted >= mails) return;
    await sleep(20);
  }
};

/** Left alone, the run comes to its end: evidence, then the policy for what has none, then the write-back. */
export const settleFleet = async (
  world: FleetWorld,
  runId: string,
  patienceMs: number,
): Promise<ListedRun> => {
  const until = performance.now() + patienceMs;
  for (;;) {
    const counts = await world.countStates().catch(() => ({}) as Record<string, number>);
    const { sending = 0, retry = 0, pending = 0, in_doubt = 0, sent = 0 } = counts;
    const open = sending + retry + pending + in_doubt;
    if (open === 0 && sent > 0 && world.bank.writtenBack().size >= sent) {
      const run = await listed(world, runId);
      if (run.finishedAt !== undefined) return run;
    }
    if (performance.now() > until) throw new Error(`the run did not end: ${JSON.stringify(counts)}`);
    await sleep(LOOK_EVERY_MS);
  }
};

/** Another machine than the one that started it tells of it. */
const listed = (world: FleetWorld, runId: string): Promise<ListedRun> => {
  const last = world.tanks.at(-1);
  if (!last) throw new Error('a fleet has a machine');
  return last.listRun(runId);
};

/** Every promise that was broken, by the journal of the stand-in; none: all were kept. */
export const brokenPromises = async (world: FleetWorld, run: ListedRun): Promise<readonly string[]> => {
  const journal = await readJournal(world.journal);
  const { crashes } = await world.standIn.counters();
  const unclear = new Set(await world.standIn.unclear());
  for (const { attemptId, time } of journal)
    if (crashes.some((crash) => crash.time >= time && crash.time - time < UNSAVED_MS)) unclear.add(attemptId);
  return brokenByJournal(judge({ bank: world.bank, journal, run, unclear, silenced: NONE }), run, 'hold');
};
