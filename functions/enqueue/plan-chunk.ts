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
  const cut: Cut = { batchIds: [], canaryBatchIds: [], left: 0 };
  const sends = recipients.map((recipient) =>
    toSend(expansion, recipient, recipient.state === 'pending' ? batchOfNext(expansion, cut) : undefined),
  );
  const { batchIds, canaryBatchIds } = cut;
  return {
    runId: expansion.runId,
    batchIds,
    canaryBatchIds,
    sends,
    ...(expansion.stop ? { stop: expansion.stop } : {}),
  };
};

interface Cut {
  readonly batchIds: string[];
  readonly canaryBatchIds: string[];
  /** Places left in the last batch. */
  left: number;
}

/** Batches are full, but for the last of a chunk and the last of the canary: no batch is both canary and rest. */
const batchOfNext = (expansion: Expansion, cut: Cut): string | undefined => {
  const first = expansion.spec.canary?.first ?? 0;
  const planned = expansion.nextPending++;
  if (cut.left === 0 || planned === first) {
    const id = batchId(expansion.runId, expansion.nextBatch++);
    cut.batchIds.push(id);
    if (planned < first) cut.canaryBatchIds.push(id);
    cut.left = BATCH_SIZE;
  }
  cut.left -= 1;
  return cut.batchIds.at(-1);
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
