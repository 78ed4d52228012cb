import type { Settings } from '../../fixtures/ses-stand-in/settings.ts';
import { readJournal } from '../../fixtures/ses-stand-in/start.ts';
import { judge, type Verdict } from './judge.ts';
import { type Kill, planKills } from './kill-plan.ts';
import { type Death, Lives } from './lives.ts';
import { countStates } from './probe.ts';
import { type Settled, settleRun } from './settle.ts';
import { whyNoTracing } from './tracing.ts';
import { makeWorld, type World } from './world.ts';

export interface ChaosOptions {
  readonly recipients: number;
  readonly kills: number;
  readonly seed: number;
  readonly policy: 'hold' | 'resend';
  /** Share of the mails whose events never arrive. */
  readonly eventsLost?: number;
  readonly progress?: (line: string) => void;
}

export interface ChaosResult {
  readonly options: ChaosOptions;
  readonly deaths: readonly Death[];
  readonly restartsMs: readonly number[];
  /** The most that one crash may leave in doubt: wave times workers. */
  readonly markedAllowed: number;
  readonly settled: Settled;
  readonly verdict: Verdict;
  readonly seconds: number;
}

/** What the account does to calls all the while, beside the deaths of the daemon. */
const TROUBLES: Partial<Settings> = {
  latencyMs: 25,
  throttle: 0.02,
  error5xx: 0.001,
  acceptAndHangUp: 0.001,
  hangUp: 0.001,
  late: 0.0005,
  drip: 0.001,
  brokenJson: 0.001,
  noMessageId: 0.0005,
  emptyBody: 0.0005,
};
/** The last deaths come while there is still work. */
const LEFT_FOR_THE_LAST_LIFE = 0.12;
const SETTLE_PATIENCE_MS = 240_000;

export const runChaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const startedAt = performance.now();
  const { recipients, seed, policy, eventsLost = 0 } = options;
  const loses = (messageId: string) => hashOf(messageId) < eventsLost;
  const world = await makeWorld({ recipients, seed, policy, standIn: TROUBLES, loses });
  const lives = new Lives(world);
  try {
    const runId = await startCampaign(world, lives);
    await dieAgainAndAgain(world, lives, options);
    const settled = await settleRun(world, runId, SETTLE_PATIENCE_MS);
    await lives.stop();
    return {
      options,
      deaths: lives.deaths,
      restartsMs: lives.restartsMs,
      markedAllowed: world.limits.wave * world.limits.workers,
      settled,
      verdict: await judgeWorld(world, lives.deaths, settled),
      seconds: (performance.now() - startedAt) / 1000,
    };
  } finally {
    await lives.abandon();
    await world.end();
  }
};

/** The id of the run; it has been started, and is being planned. */
const startCampaign = async (world: World, lives: Lives): Promise<string> => {
  await lives.begin();
  await world.relay.forwardTo(world.dataDir);
  await world.tank.apply(world.bank);
  return world.tank.startRun();
};

const dieAgainAndAgain = async (world: World, lives: Lives, options: ChaosOptions): Promise<void> => {
  const { kills, seed, progress } = options;
  const startedAt = performance.now();
  const plan = planKills({ kills, seed, tracing: whyNoTracing() === undefined });
  for (const [index, kill] of plan.entries()) {
    await lives.finish(kill, mailsOfALife(world, kills, kills - index));
    const next: Kill | undefined = plan[index + 1];
    await lives.begin(next);
    if ((index + 1) % 10 === 0) {
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      progress?.(`${index + 1} of ${kills} kills after ${seconds} s`);
    }
  }
};

/** A fair share of what nobody has tried yet: every death leaves some in doubt, which no life can wait for. */
const mailsOfALife = ({ dataDir }: World, kills: number, deathsToCome: number): number => {
  const { pending = 0, retry = 0 } = countStates(dataDir);
  return Math.floor((pending + retry) / (deathsToCome + kills * LEFT_FOR_THE_LAST_LIFE));
};

const judgeWorld = async (world: World, deaths: readonly Death[], { run }: Settled): Promise<Verdict> => {
  const journal = await readJournal(world.journal);
  const unclear = new Set(await world.standIn.unclear());
  for (const { attemptId, time } of journal) {
    if (deaths.some((death) => death.time >= time && death.time - time < UNSAVED_MS)) unclear.add(attemptId);
  }
  return judge({ bank: world.bank, journal, run, unclear, silenced: world.relay.silenced });
};

/** An answer that came so shortly before a kill may not have been written down. */
const UNSAVED_MS = 2_000;

/** The same mail loses all of its events, or none: 0 to 1. */
const hashOf = (messageId: string): number => {
  let hash = 0;
  for (const letter of messageId) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  return (hash % 1_000) / 1_000;
};
