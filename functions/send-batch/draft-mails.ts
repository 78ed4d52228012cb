import { decodePayload, payloadPlace, type SendPayload } from '../../shared/domain/payload.ts';
import type { ClaimedBatch, Refusal } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { type MappedRows, mappingFault } from '../../shared/use-cases/personalise.ts';
import type { RunKit } from './run-kit.ts';

/** One mail with everything that the source knows about its recipient, not rendered yet. */
export interface Draft {
  readonly sendId: string;
  readonly call: number;
  readonly attempts: number;
  readonly payload: SendPayload;
  readonly mapped: MappedRows;
}

/** Runs each mapping query once for the whole batch and refuses a SIMPLE mapping with no row or several. */
export const draftMails = async (ports: Ports, kit: RunKit, batch: ClaimedBatch): Promise<Draft[]> => {
  const due = batch.sends.filter((send) => send.state !== 'in_doubt');
  const payloads = due.map((send) => decodePayload(kit.cipher.decrypt(payloadPlace(send.id), send.payload)));
  const mapped = await kit.map(payloads);
  const refusals: Refusal[] = [];
  const drafts = due.flatMap((send, index): Draft[] => {
    const rows = mapped[index] ?? {};
    const fault = mappingFault(kit.policy.mappings, rows);
    if (fault)
      refusals.push({
        sendId: send.id,
        to: 'failed',
        fault: { code: fault.code, class: fault.class, facts: fault.facts },
      });
    return fault
      ? []
      : [
          {
            sendId: send.id,
            call: send.calls + 1,
            attempts: send.attempts,
            payload: payloads[index] as SendPayload,
            mapped: rows,
          },
        ];
  });
  await (await ports.ledger()).refuse(batch.id, batch.fence, refusals);
  return drafts;
};
