import { attemptId } from '../../shared/domain/identifiers.ts';
import type { ClaimedBatch, DueSend, Refusal } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Evidence, Transport } from '../../shared/ports/transport.ts';
import type { RunKit } from './run-kit.ts';

/** Doubtful sends whose wait is over: the transport's own evidence first, then the automation's policy. */
export const settleDoubtful = async (
  ports: Ports,
  kit: RunKit,
  batch: ClaimedBatch,
  transport: Transport,
): Promise<void> => {
  const doubtful = batch.sends.filter((send) => send.state === 'in_doubt');
  if (doubtful.length === 0) return;
  const ledger = await ports.ledger();
  const evidence = await transport.lookup(doubtful.map(lastAttempt));
  const found = (send: DueSend): Evidence => evidence.get(lastAttempt(send)) ?? { kind: 'unknown' };
  await ledger.acceptEvidence(
    doubtful.flatMap((send) => {
      const proof = found(send);
      return proof.kind === 'accepted'
        ? [{ attemptId: lastAttempt(send), messageId: proof.messageId, at: ports.runtime.clock.now() }]
        : [];
    }),
  );
  const open = doubtful.filter((send) => found(send).kind !== 'accepted');
  const isAbsent = async (send: DueSend) =>
    found(send).kind === 'absent' ||
    (transport.evidence === 'events' && (await ledger.evidenceSince(batch.run.transport, send.calledAt)));
  const resends = kit.spec.inDoubt === 'resend';
  const decided = await Promise.all(
    open.map(async (send) => decide(send, resends && (await isAbsent(send)))),
  );
  await ledger.refuse(batch.id, batch.fence, decided);
};

const lastAttempt = (send: DueSend): string => attemptId(send.id, send.calls);

/** Sent again only where the transport has nothing of the sort, or would have told of it as it told of later ones. */
const decide = (send: DueSend, again: boolean): Refusal => ({
  sendId: send.id,
  to: again ? 'pending' : 'held',
  fault: {
    code: 'transport_doubtful',
    class: 'transport',
    facts: { reason: again ? 'no trace, sent again' : 'no evidence came' },
  },
});
