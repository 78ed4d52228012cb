import { ADDRESS, addressKey } from '../domain/address-key.ts';
import { type FeedbackEvent, meaningOf } from '../domain/feedback.ts';
import { parseAttemptId } from '../domain/identifiers.ts';
import type { DeliveryEvent } from '../ports/events.ts';
import type { SendOrigin } from '../ports/feedback.ts';
import type { Cipher, Hasher } from '../ports/keys.ts';
import type { Ports } from '../ports/ports.ts';
import { guardReputation } from './guard-reputation.ts';
import type { KnownEvent } from './known-event.ts';
import { suppressAddresses } from './suppress-addresses.ts';

export type FeedbackPorts = Pick<
  Ports,
  'runtime' | 'events' | 'feedback' | 'ledger' | 'suppressions' | 'vault' | 'alerts' | 'evidence'
>;

/** The data key under which notifications are kept. */
export const EVENTS = 'events';
export const eventPlace = (id: string): string => `delivery_event|body|${id}`;

/**
 * Whatever told it, and in whatever order: kept first, then every effect. Each step may be done twice, so a
 * message whose taking in was cut short is simply taken in again.
 */
export const takeInFeedback = async (
  ports: FeedbackPorts,
  events: readonly FeedbackEvent[],
): Promise<void> => {
  if (events.length === 0) return;
  const vault = await ports.vault();
  const [cipher, hash] = await Promise.all([vault.open(EVENTS), vault.hasher()]);
  const known = await identify(ports, events);
  const fresh = await (await ports.events()).add(known.flatMap((one) => toRows(one, hash, cipher)));
  await settleFeedback(ports, known);
  ports.runtime.log.info('events_taken_in', { events: events.length, fresh });
};

/** The effects alone, for events that are kept already. */
export const settleFeedback = async (ports: FeedbackPorts, known: readonly KnownEvent[]): Promise<void> => {
  await acceptEvidence(ports, known);
  const origins = await recordFates(ports, known);
  await suppressAddresses(ports, known, origins);
  await guardReputation(ports, countedIn(known, origins));
};

export const identify = async (
  ports: Pick<Ports, 'runtime' | 'feedback'>,
  events: readonly FeedbackEvent[],
): Promise<readonly KnownEvent[]> => {
  const unnamed = events.filter(({ attemptId }) => sendOf(attemptId) === undefined);
  const byMessage =
    unnamed.length > 0
      ? await (await ports.feedback()).sendsOf(unnamed.map(({ messageId }) => messageId))
      : new Map<string, string>();
  return events.map((event) => ({
    event,
    meaning: meaningOf(event),
    sendId: sendOf(event.attemptId) ?? byMessage.get(event.messageId),
    occurredAt: event.occurredAt ?? ports.runtime.clock.now(),
  }));
};

const sendOf = (attemptId: string | undefined): string | undefined =>
  attemptId === undefined ? undefined : parseAttemptId(attemptId)?.sendId;

/** One row a recipient; an event that names nobody is one row. */
const toRows = ({ event, sendId, occurredAt }: KnownEvent, hash: Hasher, cipher: Cipher): DeliveryEvent[] => {
  const body = Buffer.from(JSON.stringify(event.raw));
  const keys = new Set(event.recipients.map(addressKey));
  return (keys.size > 0 ? [...keys] : [undefined]).map((recipient) => {
    const identity = [event.messageId, event.type, recipient ?? '', event.feedbackId ?? ''];
    const id = hash('event', JSON.stringify(identity));
    return {
      id,
      type: event.type,
      source: event.source,
      messageId: event.messageId,
      occurredAt,
      body: cipher.encrypt(eventPlace(id), body),
      ...(event.subtype !== undefined && { subtype: event.subtype }),
      ...(event.attemptId !== undefined && { attemptId: event.attemptId }),
      ...(sendId !== undefined && { sendId }),
      ...(recipient !== undefined && { recipientHash: hash(ADDRESS, recipient) }),
    };
  });
};

const acceptEvidence = async (ports: FeedbackPorts, known: readonly KnownEvent[]): Promise<void> => {
  const proofs = known.flatMap(({ event, occurredAt }) => {
    const { attemptId, messageId, source } = event;
    return attemptId !== undefined && source !== 'smtp' ? [{ attemptId, messageId, at: occurredAt }] : [];
  });
  if (proofs.length > 0) await (await ports.ledger()).acceptEvidence(proofs);
};

const recordFates = async (
  ports: FeedbackPorts,
  known: readonly KnownEvent[],
): Promise<ReadonlyMap<string, SendOrigin>> => {
  const fates = known.flatMap(({ sendId, meaning }) =>
    sendId !== undefined && (meaning.fate || meaning.resolves) ? [{ ...meaning, sendId }] : [],
  );
  const origins = fates.length > 0 ? await (await ports.feedback()).record(fates) : [];
  return new Map(origins.map((origin) => [origin.sendId, origin]));
};

const countedIn = (known: readonly KnownEvent[], origins: ReadonlyMap<string, SendOrigin>) =>
  known.flatMap(({ meaning, sendId }) => {
    const origin = origins.get(sendId ?? '');
    return meaning.counts && origin ? [{ kind: meaning.counts, origin }] : [];
  });
