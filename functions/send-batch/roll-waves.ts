import { attemptId } from '../../shared/domain/identifiers.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import { verdictOn } from '../../shared/domain/settlement.ts';
import type { ClaimedBatch, Ledger, Settlement } from '../../shared/ports/ledger.ts';
import type { Pace } from '../../shared/ports/pace.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Transport } from '../../shared/ports/transport.ts';
import type { CallDeadline } from './call-deadline.ts';
import { composeMail, type ReadyMail } from './compose-mail.ts';
import type { Draft } from './draft-mails.ts';
import { holdAfter } from './hold-after.ts';
import type { RunKit } from './run-kit.ts';
import { doubtWaitMs } from './settle-doubtful.ts';

/** How long a known outcome may wait for the next mark before it is committed by itself. */
const COMMIT_WITHIN_MS = 50;
const SAVE_AGAIN_AFTER_MS = [100, 500, 2_000, 5_000, 10_000];

interface Rolling {
  readonly ports: Ports;
  readonly kit: RunKit;
  readonly ledger: Ledger;
  readonly pace: Pace;
  readonly transport: Transport;
  readonly batch: ClaimedBatch;
  readonly deadline: CallDeadline;
  readonly waiting: Draft[];
  readonly calls: Set<Promise<void>>;
  answered: Settlement[];
  stopped: boolean;
}

/**
 * Marks and calls so that never more than one wave is marked without a durable outcome: that is the most a
 * crash leaves in doubt. Slots that became free are marked again together with the outcomes that freed them.
 */
export const rollWaves = async (
  ports: Ports,
  kit: RunKit,
  batch: ClaimedBatch,
  drafts: readonly Draft[],
  deadline: CallDeadline,
): Promise<void> => {
  const [ledger, pace, transport] = await Promise.all([
    ports.ledger(),
    ports.pace(),
    ports.transport(kit.spec.transport),
  ]);
  const shared = { ports, kit, ledger, pace, transport, batch, deadline };
  const rolling: Rolling = {
    ...shared,
    waiting: [...drafts],
    calls: new Set(),
    answered: [],
    stopped: false,
  };
  try {
    await roll(rolling);
  } catch (thrown) {
    await saveAnswers(rolling);
    throw thrown;
  }
};

const roll = async (rolling: Rolling): Promise<void> => {
  while (rolling.calls.size > 0 || rolling.answered.length > 0 || wantsMore(rolling)) {
    if (wantsMore(rolling)) await markAndCall(rolling);
    else await commitAnswers(rolling);
    await someAnswers(rolling);
  }
};

/** The store failed while calls were open: their answers are worth waiting for, or they would stay in doubt. */
const saveAnswers = async (rolling: Rolling): Promise<void> => {
  const { ports, calls } = rolling;
  await Promise.all(calls);
  for (const waitMs of SAVE_AGAIN_AFTER_MS) {
    try {
      return await commitAnswers(rolling);
    } catch {
      await ports.runtime.clock.sleep(waitMs);
    }
  }
};

const wantsMore = ({ stopped, waiting, deadline }: Rolling): boolean =>
  !stopped && waiting.length > 0 && deadline.roomForCall();

const markAndCall = async (rolling: Rolling): Promise<void> => {
  const { ports, ledger, batch, deadline, calls, waiting } = rolling;
  const free = ports.limits.wave - calls.size;
  if (free <= 0) return commitAnswers(rolling);
  if (deadline.needsRenewal) {
    if (!(await ledger.renewLease(batch.id, batch.fence, ports.limits.leaseMs))) return stop(rolling);
    deadline.extend();
  }
  const granted = await reservePace(rolling, Math.min(free, waiting.length));
  if (granted === 0) return stop(rolling);
  const wave = await composeWave(rolling, waiting.splice(0, granted));
  const sends = wave.map(({ sendId, call }) => ({ sendId, call }));
  const settled = [...rolling.answered];
  const marked = await ledger.markWave({ batchId: batch.id, fence: batch.fence, sends, settled });
  rolling.answered = rolling.answered.slice(settled.length);
  if (marked.size < wave.length) stop(rolling);
  for (const mail of wave) if (marked.has(mail.sendId)) startCall(rolling, mail);
};

const composeWave = async (
  { ports, kit, ledger, batch }: Rolling,
  drafts: readonly Draft[],
): Promise<ReadyMail[]> => {
  const composed = await Promise.all(drafts.map((draft) => composeMail(ports, kit, draft)));
  await ledger.refuse(
    batch.id,
    batch.fence,
    composed.flatMap((mail) => ('refused' in mail ? [mail.refused] : [])),
  );
  return composed.flatMap((mail) => ('ready' in mail ? [mail.ready] : []));
};

/** Sends that are not marked stay due in the store; whoever claims the batch next finds them there. */
const stop = (rolling: Rolling): void => {
  rolling.stopped = true;
};

const reservePace = async ({ ports, pace, batch, deadline }: Rolling, wanted: number): Promise<number> => {
  const { callTimeoutMs, leaseMs } = ports.limits;
  const reservation = await pace.reserve(wanted, batch.run.lane, leaseMs - callTimeoutMs * 1.5);
  if (reservation.kind === 'later') return 0;
  if (reservation.waitMs > 0) await ports.runtime.clock.sleep(reservation.waitMs);
  return deadline.roomForCall() ? wanted : 0;
};

const startCall = (rolling: Rolling, mail: ReadyMail): void => {
  const call: Promise<void> = callTransport(rolling, mail).then(async (outcome) => {
    rolling.answered.push(await settlementOf(rolling, mail, outcome));
    rolling.calls.delete(call);
  });
  rolling.calls.add(call);
};

const callTransport = async ({ ports, transport, batch }: Rolling, mail: ReadyMail): Promise<Outcome> => {
  const signal = AbortSignal.timeout(ports.limits.callTimeoutMs);
  const outgoing = { ...mail.mail, attemptId: attemptId(mail.sendId, mail.call), runId: batch.run.id };
  return transport.send(outgoing, signal).catch((error: unknown): Outcome => {
    ports.runtime.log.error('transport broke its word', { runId: batch.run.id }, error);
    return { kind: 'doubtful', code: 'transport_threw' };
  });
};

const settlementOf = async (rolling: Rolling, mail: ReadyMail, outcome: Outcome): Promise<Settlement> => {
  const { transport, ports } = rolling;
  const waits = { ...ports.limits, inDoubtWaitMs: doubtWaitMs(transport.evidence, ports.limits) };
  const { move, hold } = verdictOn(outcome, mail.attempts, waits);
  if (hold && outcome.kind !== 'accepted') {
    stop(rolling);
    await holdAfter(rolling.ports, rolling.batch.run, hold, outcome.code);
  }
  return { ...move, sendId: mail.sendId, call: mail.call };
};

/** Answers leave the list only when they are durable; new ones may join it meanwhile. */
const commitAnswers = async (rolling: Rolling): Promise<void> => {
  const settled = [...rolling.answered];
  if (settled.length === 0) return;
  await rolling.ledger.settle(settled);
  rolling.answered = rolling.answered.slice(settled.length);
};

/** Waits until half a wave is free, or all calls are back, or the oldest answer has waited long enough. */
const someAnswers = async (rolling: Rolling): Promise<void> => {
  const { calls, ports } = rolling;
  const half = Math.floor(ports.limits.wave / 2);
  if (calls.size > 0 && rolling.answered.length === 0) await Promise.race(calls);
  if (calls.size <= half) return;
  const patience = new AbortController();
  const timeUp = ports.runtime.clock.sleep(COMMIT_WITHIN_MS, patience.signal).then(() => patience.abort());
  while (calls.size > half && !patience.signal.aborted) await Promise.race([...calls, timeUp]);
  patience.abort();
};
