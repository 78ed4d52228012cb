import { ATTEMPT_PROOF, attemptId } from '../../shared/domain/identifiers.ts';
import type { OutgoingMail } from '../../shared/domain/mail.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import { doubtWaitMs, isSilence, usesQuota, verdictOn } from '../../shared/domain/settlement.ts';
import type { Settlement } from '../../shared/ports/ledger.ts';
import type { ReadyMail } from './compose-mail.ts';
import { goOnAfterSilence, holdForOutcome, holdForRejections, holdForSilence } from './hold-after.ts';
import { reportRejection } from './report-rejection.ts';
import { type Rolling, type Start, stop } from './rolling.ts';

/** Makes the call of a marked send at its moment, and puts what came of it among the answers. Never throws. */
export const startCall = (rolling: Rolling, mail: ReadyMail, start: Start): void => {
  const call: Promise<void> = makeCall(rolling, mail, start)
    .catch((fault: unknown) => {
      stop(rolling);
      rolling.ports.runtime.log.error('answer not acted upon', { runId: rolling.batch.run.id }, fault);
    })
    .then(() => {
      rolling.calls.delete(call);
    });
  rolling.calls.add(call);
};

const makeCall = async (rolling: Rolling, mail: ReadyMail, start: Start): Promise<void> => {
  const { gate, deadline, batch, kit } = rolling;
  const { clock } = rolling.ports.runtime;
  const waitMs = start.at - clock.monotonic();
  if (waitMs > 1) await clock.sleep(waitMs);
  const ticket = await gate.enter(batch.run.lane);
  if (!ticket) return takeBack(rolling, mail);
  if (kit.halted || !deadline.roomForCall()) {
    gate.leave(ticket, 'no call');
    return takeBack(rolling, mail);
  }
  const outcome = await callTransport(rolling, mail);
  answer(rolling, mail, outcome);
  try {
    // Before the next call is let through: the fifth silence must not be followed by a sixth call.
    await tellBreaker(rolling, outcome, start);
  } finally {
    gate.leave(ticket, isSilence(outcome) ? 'silence' : 'answer');
  }
  await actUpon(rolling, outcome);
  await reportRejection(rolling, mail, outcome);
};

/** Marked, and certainly not called: due again at once, for whoever comes next. */
const takeBack = (rolling: Rolling, { sendId, call }: ReadyMail): void => {
  stop(rolling);
  const fault = { code: 'transport_unreached', class: 'transport', facts: { reason: 'not called' } } as const;
  rolling.answered.push({ sendId, call, to: 'retry', afterMs: 0, counts: false, fault });
};

const toOutgoing = ({ batch, kit }: Rolling, { mail, sendId, call }: ReadyMail): OutgoingMail => {
  const id = attemptId(sendId, call);
  return { ...mail, attemptId: id, attemptProof: kit.hash(ATTEMPT_PROOF, id), runId: batch.run.id };
};

/** Given, because AbortController would otherwise make an error with a stack for each mail. */
const OVER = 'the call is over';

const callTransport = async (rolling: Rolling, mail: ReadyMail): Promise<Outcome> => {
  const { ports, transport, batch } = rolling;
  const outgoing = toOutgoing(rolling, mail);
  const limit = new AbortController();
  const ended = new AbortController();
  const { clock, log } = ports.runtime;
  void clock.sleep(ports.limits.callTimeoutMs, ended.signal).then(() => limit.abort());
  try {
    return await transport.send(outgoing, limit.signal);
  } catch (error) {
    log.error('transport broke its word', { runId: batch.run.id }, error);
    return { kind: 'doubtful', code: 'transport_threw' };
  } finally {
    ended.abort(OVER);
  }
};

/** A throttled send stays with this worker: the pace decides when it is called again. */
const answer = (rolling: Rolling, mail: ReadyMail, outcome: Outcome): void => {
  const { ports, transport, waiting, answered } = rolling;
  const { sendId, call, draft } = mail;
  const inDoubtWaitMs = doubtWaitMs(transport.evidence, ports.limits);
  const verdict = verdictOn(outcome, draft.attempts, { ...ports.limits, inDoubtWaitMs });
  answered.push({ ...verdict, sendId, call } satisfies Settlement);
  if (outcome.kind === 'throttled') waiting.push({ ...draft, call: call + 1 });
};

const actUpon = async (rolling: Rolling, outcome: Outcome): Promise<void> => {
  const { pace, kit } = rolling;
  pace.report({ taken: usesQuota(outcome) ? 1 : 0, throttled: outcome.kind === 'throttled' ? 1 : 0 });
  if (outcome.kind === 'accepted') kit.rejectedInARow = 0;
  if (outcome.kind === 'rejected') kit.rejectedInARow += 1;
  await holdForOutcome(rolling, outcome);
  await holdForRejections(rolling);
};

const tellBreaker = async (rolling: Rolling, outcome: Outcome, { probing }: Start): Promise<void> => {
  const { breaker, gate } = rolling;
  if (!isSilence(outcome)) {
    if (await breaker.answered()) await goOnAfterSilence(rolling);
    return;
  }
  const forMs = await breaker.silent({ probing });
  if (forMs === undefined) return;
  gate.shut();
  await holdForSilence(rolling, forMs);
};
