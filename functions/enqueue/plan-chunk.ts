import { batchId, sendId } from '../../shared/domain/identifiers.ts';
import { encodePayload, payloadPlace } from '../../shared/domain/payload.ts';
import type { RecipientGroup } from '../../shared/domain/recipient-groups.ts';
import type { PlanChunk, PlannedSend } from '../../shared/ports/ledger.ts';
import { checkRecipients } from './check-recipients.ts';
import type { Expansion } from './expansion.ts';
import { findAttachments } from './find-attachments.ts';
import type { Recipient } from './recipient.ts';

const BATCH_SIZE = 50;

/** One chunk of the target query as sends: checked, their files found, numbered, encrypted and cut into batches. */
export const planChunk = async (
  expansion: Expansion,
  groups: readonly RecipientGroup[],
): Promise<Omit<PlanChunk, 'fence' | 'leaseMs' | 'position'>> => {
  const recipients = await checkRecipients(expansion, groups);
  await findAttachments(expansion, recipients);
  const batchIds: string[] = [];
  let inBatch = BATCH_SIZE;
  const sends = recipients.map((recipient) => {
    if (recipient.state !== 'pending') return toSend(expansion, recipient);
    if (inBatch === BATCH_SIZE) {
      batchIds.push(batchId(expansion.runId, expansion.nextBatch++));
      inBatch = 0;
    }
    inBatch += 1;
    return toSend(expansion, recipient, batchIds.at(-1));
  });
  return { runId: expansion.runId, batchIds, sends, ...(expansion.stop ? { stop: expansion.stop } : {}) };
};

const toSend = (expansion: Expansion, recipient: Recipient, batch?: string): PlannedSend => {
  const id = sendId(expansion.runId, expansion.nextSequence++);
  const { key, address, row, files } = recipient;
  return {
    id,
    ...(batch ? { batchId: batch } : {}),
    keyHash: recipient.keyHash,
    occurrence: recipient.occurrence,
    addressHash: recipient.addressHash,
    addressMasked: recipient.addressMasked,
    domain: recipient.domain,
    payload: expansion.cipher.encrypt(payloadPlace(id), encodePayload({ key, address, row, files })),
    state: recipient.state,
    ...(recipient.fault ? { fault: recipient.fault } : {}),
  };
};
