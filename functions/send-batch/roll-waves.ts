import type { ClaimedBatch } from '../../shared/ports/ledger.ts';
import type { Reservation } from '../../shared/ports/pace.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { CallDeadline } from './call-deadline.ts';
import type { CallGate } from './call-gate.ts';
import { composeMail, type ReadyMail } from './compose-mail.ts';
import type { Draft } from './draft-mails.ts';
import { holdForQuota } from './hold-after.ts';
import { startCall } from './make-call.ts';
import { type Rolling, type Start, stop } from './rolling.ts';
import type { RunKit } from './run-kit.ts';
import { commitAnswers, patience, saveAnswers, waitAndCommit } from './save-answers.ts';

export interface Roll {
  readonly ports: Ports;
  readonly kit: RunKit;
  readonly batch: ClaimedBatch;
  readonly drafts: readonly Draft[];
  readonly deadline: CallDeadline;
  readonly gate: CallGate;
}

/**
 * Marks and calls so that never more than one wave is marked without a durable outcome: that is the most a
 * crash leaves in doubt. Slots that became free are marked again together with the outcomes that freed them.
 */
export const rollWaves = async ({ drafts, ...given }: Roll): Promise<void> => {
  const { ports, batch } = given;
  const [ledger, pace, breaker, transport] = await Promise.all([
    ports.ledger(),
    ports.pace(batch.run.transport),
    ports.breaker(batch.run.transport),
    ports.transport(batch.run.transport),
  ]);
  const parts = { ...given, ledger, pace, breaker, transport };
  const fresh = { calls: new Set<Promise<void>>(), answered: [], stopped: false };
  const rolling: Rolling = { ...parts, ...fresh, waiting: [...drafts] };
  // The claim was let through: whatever held this run before holds it no more.
  given.kit.halted = false;
  try {
    await roll(rolling);
    await pace.flush();
  } catch (thrown) {
    await saveAnswers(rolling);
    throw thrown;
  }
};

const roll = async (rolling: Rolling): Promise<void> => {
  while (rolling.calls.size > 0 || rolling.answered.length > 0 || wantsMore(rolling)) {
    const turn = wantsMore(rolling) ? await nextTurn(rolling) : undefined;
    if (turn?.kind === 'granted') await markAndCall(rolling, turn);
    else await commitAnswers(rolling);
    if (turn?.kind === 'later') await waitAndCommit(rolling, turn.afterMs);
    else await patience(rolling);
  }
};

const wantsMore = ({ stopped, waiting, deadline }: Rolling): boolean =>
  !stopped && waiting.length > 0 && deadline.roomForCall();

type Granted = Extract<Reservation, { kind: 'granted' }> & Pick<Start, 'probing'>;
type Turn = Granted | Exclude<Reservation, { kind: 'granted' }>;

/** What pace, quota and breaker allow now; undefined: nothing, or there is no room for more calls. */
const nextTurn = async (rolling: Rolling): Promise<Turn | undefined> => {
  const { ports, pace, batch, calls, waiting } = rolling;
  if (!(await keepLease(rolling))) return stop(rolling);
  const free = ports.limits.wave - calls.size;
  if (free <= 0) return undefined;
  const { lane, transport } = batch.run;
  const turn = await pace.reserve(Math.min(free, waiting.length), lane);
  if (turn.kind === 'quota') await holdForQuota(rolling, `${transport}/${lane}`, turn.afterMs);
  if (turn.kind !== 'granted') return turn;
  const allowed = await callsAllowed(rolling, turn.mails);
  return allowed.mails === 0 ? stop(rolling) : { ...turn, ...allowed };
};

const keepLease = async ({ ports, ledger, batch, deadline }: Rolling): Promise<boolean> => {
  if (!deadline.needsRenewal) return true;
  const askedAt = ports.runtime.clock.monotonic();
  if (!(await ledger.renewLease(batch.id, batch.fence, ports.limits.leaseMs))) return false;
  deadline.extend(askedAt);
  return true;
};

/** While the transport is silent: nothing, and after its wait one mail that tries it. */
const callsAllowed = async (
  { breaker, gate }: Rolling,
  wanted: number,
): Promise<{ readonly mails: number; readonly probing: boolean }> => {
  const permit = await breaker.permit();
  if (permit.kind === 'shut') return { mails: 0, probing: false };
  gate.reopen();
  const probing = permit.kind === 'probe';
  return { mails: probing ? 1 : wanted, probing };
};

const markAndCall = async (rolling: Rolling, { mails, waitMs, slotMs, probing }: Granted): Promise<void> => {
  const { ports, ledger, batch, waiting, deadline } = rolling;
  const { clock } = ports.runtime;
  const startsAt = clock.monotonic() + waitMs;
  const wave = await composeWave(rolling, waiting.splice(0, mails));
  await waitFor(rolling, startsAt);
  if (!deadline.roomForCall()) return stop(rolling);
  const settled = [...rolling.answered];
  const sends = wave.map(({ sendId, call }) => ({ sendId, call }));
  const marked = await ledger.markWave({ batchId: batch.id, fence: batch.fence, sends, settled });
  rolling.answered = rolling.answered.slice(settled.length);
  if (marked.size < wave.length) stop(rolling);
  wave.forEach((mail, slot) => {
    if (marked.has(mail.sendId)) startCall(rolling, mail, { at: startsAt + slot * slotMs, probing });
  });
};

/** Marked no earlier than it is called: what waits for its slot is not in doubt if this process dies now. */
const waitFor = async (rolling: Rolling, startsAt: number): Promise<void> => {
  const { clock } = rolling.ports.runtime;
  const waitMs = startsAt - clock.monotonic();
  if (waitMs > 1) await waitAndCommit(rolling, waitMs);
};

const composeWave = async (
  { ports, kit, ledger, batch }: Rolling,
  drafts: readonly Draft[],
): Promise<ReadyMail[]> => {
  const composed = await Promise.all(drafts.map((draft) => composeMail(ports, kit, draft)));
  const refusals = composed.flatMap((mail) => ('refused' in mail ? [mail.refused] : []));
  await ledger.refuse(batch.id, batch.fence, refusals);
  return composed.flatMap((mail) => ('ready' in mail ? [mail.ready] : []));
};
