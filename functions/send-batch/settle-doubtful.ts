import { ERRORS, type ErrorCode, TankError } from '../../shared/domain/errors.ts';
import { attemptId } from '../../shared/domain/identifiers.ts';
import type { ClaimedBatch, DueSend, Refusal } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Transport } from '../../shared/ports/transport.ts';
import type { RunKit } from './run-kit.ts';

/** What a dead worker or an unclear answer left behind, before anything else of the batch is sent. */
export const settleDoubtful = async (
  ports: Ports,
  kit: RunKit,
  batch: ClaimedBatch,
  transport: Transport,
): Promise<void> =>
  transport.evidence === 'lookup'
    ? askTransport(ports, transport, batch)
    : judgeUnproved(ports, kit, batch, transport);

/**
 * The claim says that the lease of whoever called is over, and a call is aborted before its lease ends: what the
 * transport does not have by now never reached it. Both of its answers are certain, so none waits for a person.
 */
const askTransport = async (ports: Ports, transport: Transport, batch: ClaimedBatch): Promise<void> => {
  const ledger = await ports.ledger();
  const doubtful = await ledger.doubtfulIn(batch.id);
  if (doubtful.length === 0) return;
  const evidence = await transport.lookup(doubtful.map(lastAttempt));
  const proofs = doubtful.flatMap((send) => {
    const proof = evidence.get(lastAttempt(send));
    return proof?.kind === 'accepted'
      ? [{ attemptId: lastAttempt(send), messageId: proof.messageId, at: ports.runtime.clock.now() }]
      : [];
  });
  const absent = doubtful.filter((send) => evidence.get(lastAttempt(send))?.kind === 'absent');
  await ledger.acceptEvidence(proofs);
  await ledger.refuse(batch.id, batch.fence, absent.map(neverArrived));
  ports.runtime.log.info('doubts_settled', {
    runId: batch.run.id,
    sent: proofs.length,
    absent: absent.length,
  });
  if (proofs.length + absent.length < doubtful.length)
    throw new TankError('transport_unreached', {
      reason: `${transport.name} does not say what it has taken`,
    });
};

/**
 * The waits of these are over. They are sent again only where the automation says so, and where an event of a later
 * call has come: the event of this one would have come too.
 */
const judgeUnproved = async (
  ports: Ports,
  kit: RunKit,
  batch: ClaimedBatch,
  { evidence }: Transport,
): Promise<void> => {
  const doubtful = batch.sends.filter((send) => send.state === 'in_doubt');
  if (doubtful.length === 0) return;
  const ledger = await ports.ledger();
  const mayResend = kit.policy.inDoubt === 'resend' && evidence === 'events';
  const refusals = doubtful.map(async (send) =>
    mayResend && (await ledger.evidenceSince(batch.run.transport, send.calledAt))
      ? neverArrived(send)
      : withoutEvidence(send),
  );
  await ledger.refuse(batch.id, batch.fence, await Promise.all(refusals));
};

const lastAttempt = (send: DueSend): string => attemptId(send.id, send.calls);

const neverArrived = (send: DueSend): Refusal =>
  refusal(send, 'pending', 'transport_unreached', 'no trace of it');

/** What the call came to stays beside it: a person has to decide by that. */
const withoutEvidence = (send: DueSend): Refusal => {
  const answer = send.fault?.code === 'transport_doubtful' ? `${send.fault.facts.reason}; ` : '';
  return refusal(send, 'held', 'transport_doubtful', `${answer}no evidence came`);
};

const refusal = ({ id }: DueSend, to: Refusal['to'], code: ErrorCode, reason: string): Refusal => ({
  sendId: id,
  to,
  fault: { code, class: ERRORS[code].class, facts: { reason } },
});
