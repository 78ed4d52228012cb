import { ADDRESS, addressKey } from '../../shared/domain/address-key.ts';
import type { DeliveryEvent } from '../../shared/ports/events.ts';
import type { Cipher, Hasher } from '../../shared/ports/keys.ts';
import type { Ledger } from '../../shared/ports/ledger.ts';
import type { Lazy, Ports } from '../../shared/ports/ports.ts';
import type { SesEvent } from '../../shared/wire/ses-events.ts';

export type TakeInPorts = Pick<Ports, 'runtime' | 'events' | 'vault'> & {
  readonly ledger: Lazy<Pick<Ledger, 'acceptEvidence'>>;
};

/** The data key under which notifications are kept. */
const EVENTS = 'events';

/**
 * Durable first, evidence second: when the second fails the message comes again, finds its rows there,
 * and gives the evidence once more.
 */
export const takeInEvent = async (ports: TakeInPorts, event: SesEvent): Promise<void> => {
  const [events, ledger, vault] = await Promise.all([ports.events(), ports.ledger(), ports.vault()]);
  const [cipher, hash] = await Promise.all([vault.open(EVENTS), vault.hasher()]);
  const occurredAt = event.occurredAt ?? ports.runtime.clock.now();
  const fresh = await events.add(toRows(event, occurredAt, hash, cipher));
  const { attemptId, messageId } = event;
  if (attemptId !== undefined) await ledger.acceptEvidence([{ attemptId, messageId, at: occurredAt }]);
  ports.runtime.log.info('event_taken_in', { type: event.type, fresh, evidence: attemptId !== undefined });
};

/** One row a recipient; an event that names nobody is one row. */
const toRows = (
  event: SesEvent,
  occurredAt: number,
  hash: Hasher,
  cipher: Cipher,
): readonly DeliveryEvent[] => {
  const body = Buffer.from(JSON.stringify(event.raw));
  const keys = new Set(event.recipients.map(addressKey));
  return (keys.size > 0 ? [...keys] : [undefined]).map((recipient) => {
    const id = hash(
      'event',
      JSON.stringify([event.messageId, event.type, recipient ?? '', event.feedbackId ?? '']),
    );
    return {
      id,
      type: event.type,
      messageId: event.messageId,
      occurredAt,
      body: cipher.encrypt(`delivery_event|body|${id}`, body),
      ...(event.subtype !== undefined && { subtype: event.subtype }),
      ...(event.attemptId !== undefined && { attemptId: event.attemptId }),
      ...(recipient !== undefined && { recipientHash: hash(ADDRESS, recipient) }),
    };
  });
};
