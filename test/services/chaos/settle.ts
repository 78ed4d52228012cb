import { setTimeout as sleep } from 'node:timers/promises';
import type { ListedRun } from '../../fixtures/campaign/daemon.ts';
import { readJournal } from '../../fixtures/ses-stand-in/start.ts';
import { countStates, sendsIn } from './probe.ts';
import type { World } from './world.ts';

export interface Settled {
  /** From the last call to the moment when every mail that was taken is known as sent. */
  readonly byEventsMs: number;
  /** From the last call until nothing is in doubt any more. */
  readonly nothingInDoubtMs: number;
  readonly inDoubtAtEnd: number;
  readonly run: ListedRun;
}

const LOOK_EVERY_MS = 250;

/** Waits out a run that is left alone at last: calls, then evidence, then the policy for what has none, then write-back. */
export const settleRun = async (world: World, runId: string, patienceMs: number): Promise<Settled> => {
  const deadline = performance.now() + patienceMs;
  const until = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> => {
    while (!(await holds())) {
      if (performance.now() > deadline)
        throw new Error(`${what} did not come: ${JSON.stringify(countStates(world.dataDir))}`);
      await sleep(LOOK_EVERY_MS);
    }
  };
  const count = (...states: readonly string[]) => {
    const counts = countStates(world.dataDir);
    return states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  };
  await until('the last call', () => count('sending', 'retry', 'pending') === 0 && count('sent') > 0);
  const endedAt = performance.now();
  const inDoubtAtEnd = count('in_doubt');
  const proved = await provedSends(world);
  await until(
    'the evidence of what was taken',
    () => count('sent') >= proved.size && isWithin(proved, sendsIn(world.dataDir, 'sent')),
  );
  const byEventsMs = performance.now() - endedAt;
  await until('a decision on what is in doubt', () => count('in_doubt') === 0);
  const nothingInDoubtMs = performance.now() - endedAt;
  await until('the write-back', () => world.bank.writtenBack().size === count('sent'));
  const run = await untilFinished(world, runId, deadline);
  return { byEventsMs, nothingInDoubtMs, inDoubtAtEnd, run };
};

/** Taken, and an event of it has come or will. */
const provedSends = async ({ journal, relay }: World): Promise<Set<string>> => {
  const entries = await readJournal(journal);
  const proofs = entries.filter(({ messageId }) => !relay.silenced.has(messageId));
  return new Set(proofs.map(({ attemptId }) => sendOf(attemptId)));
};

const isWithin = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean =>
  [...some].every((one) => all.has(one));

const sendOf = (attemptId: string): string => attemptId.slice(0, attemptId.lastIndexOf('-'));

const untilFinished = async (world: World, runId: string, deadline: number): Promise<ListedRun> => {
  for (;;) {
    const run = await world.tank.listRun(runId);
    if (run.finishedAt !== undefined) return run;
    if (performance.now() > deadline)
      throw new Error(`the run did not end: ${JSON.stringify({ ...run, faults: [] })}`);
    await sleep(LOOK_EVERY_MS);
  }
};
