import type { Rolling } from './rolling.ts';

/** How long a known outcome may wait for the next mark before it is committed by itself. */
const COMMIT_WITHIN_MS = 50;
const SAVE_AGAIN_MS = 500;
/** A long wait is cut into pieces, so that the lease is renewed meanwhile. */
const LONGEST_WAIT_MS = 2_000;

/** Answers leave the list only when they are durable; new ones may join it meanwhile. */
export const commitAnswers = async (rolling: Rolling): Promise<void> => {
  const settled = [...rolling.answered];
  if (settled.length === 0) return;
  await rolling.ledger.settle(settled);
  rolling.answered = rolling.answered.slice(settled.length);
};

/**
 * The store failed while calls were open: their answers are worth waiting for, or they would stay in doubt. They
 * are taken by their attempt ids, also after the lease; only the end of the invocation ends the trying.
 */
export const saveAnswers = async (rolling: Rolling): Promise<void> => {
  const { calls, deadline, ports } = rolling;
  await Promise.all(calls);
  while (rolling.answered.length > 0) {
    try {
      return await commitAnswers(rolling);
    } catch (fault) {
      if (!deadline.roomForSaving()) {
        ports.runtime.log.error('answers not saved', { sends: rolling.answered.length }, fault);
        return;
      }
      await ports.runtime.clock.sleep(SAVE_AGAIN_MS);
    }
  }
};

/** Waits until half a wave is free, or all calls are back, or the oldest answer has waited long enough. */
export const patience = async (rolling: Rolling): Promise<void> => {
  const { calls, ports } = rolling;
  const half = Math.floor(ports.limits.wave / 2);
  if (calls.size > 0 && rolling.answered.length === 0) await anyAnswer(rolling, ports.limits.leaseMs / 4);
  if (calls.size <= half) return;
  const patient = new AbortController();
  const timeUp = ports.runtime.clock.sleep(COMMIT_WITHIN_MS, patient.signal).then(() => patient.abort());
  while (calls.size > half && !patient.signal.aborted) await Promise.race([...calls, timeUp]);
  patient.abort();
};

/** A wait for the next slot, in which what is answered becomes durable all the same. */
export const waitAndCommit = async (rolling: Rolling, ms: number): Promise<void> => {
  const { clock } = rolling.ports.runtime;
  const until = clock.monotonic() + Math.min(ms, LONGEST_WAIT_MS);
  for (let left = until - clock.monotonic(); left > 0; left = until - clock.monotonic()) {
    if (rolling.answered.length === 0) await anyAnswer(rolling, left);
    else await clock.sleep(Math.min(left, COMMIT_WITHIN_MS)).then(() => commitAnswers(rolling));
  }
};

/** Or the end of the time: calls may wait long for the gate, and the lease must be renewed meanwhile. */
const anyAnswer = async ({ calls, ports }: Rolling, ms: number): Promise<void> => {
  const answered = new AbortController();
  await Promise.race([...calls, ports.runtime.clock.sleep(ms, answered.signal)]);
  answered.abort();
};
