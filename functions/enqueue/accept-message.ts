import { ADDRESS, addressKey } from '../../shared/domain/address-key.ts';
import { DEFAULT_ZONE } from '../../shared/domain/automation.ts';
import { automationIdOf, refusalOfMessage, refuseClient } from '../../shared/domain/client.ts';
import { contentPlace, encodeClientMail } from '../../shared/domain/client-mail.ts';
import { type Language, TankError } from '../../shared/domain/errors.ts';
import { sendId } from '../../shared/domain/identifiers.ts';
import { maskAddress } from '../../shared/domain/masking.ts';
import { encodePayload, payloadPlace } from '../../shared/domain/payload.ts';
import { businessDate, DAY_MS, dayOf, instantOf, wallTimeAt } from '../../shared/domain/schedule/civil.ts';
import type { Client } from '../../shared/ports/clients.ts';
import type { Cipher, Hasher } from '../../shared/ports/keys.ts';
import type { NewMessage, OpenRun, Place, StoredMessage } from '../../shared/ports/messages.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { MessageBody } from '../../shared/wire/messages-api.ts';
import type { RawBody } from '../../shared/wire/raw-body.ts';
import { countAgainstLimits } from './client-limits.ts';
import { type WrittenMessage, writtenMessage } from './written-message.ts';

export interface MessageOrder {
  readonly client: Client;
  readonly body: MessageBody | RawBody;
  /** The request as it came, whose every byte decides whether it is the same. */
  readonly wholeBody: string;
  readonly bytes: number;
  readonly idempotencyKey?: string;
  readonly language: Language;
}

/** Each turn finds the run of the day closed by a cancellation of that very moment. */
const TRIES = 5;

/**
 * One mail of a client, as a send of the ledger like any other: in the urgent lane, in the run that takes this
 * client's mails of the day. It answers only when all of it is durable.
 */
export const acceptMessage = async (ports: Ports, feed: () => Promise<void>, order: MessageOrder) => {
  const { client, body, bytes, language } = order;
  const hash = await (await ports.vault()).hasher();
  const written = writtenMessage(body, language);
  const refusal = refusalOfMessage(client.spec, { ...written, bytes });
  if (refusal) throw refuseClient(refusal, client.spec.id);
  const keys = keysOf(hash, order);
  const messages = await ports.messages();
  const earlier = keys.idempotencyHash && (await messages.repeated(keys.idempotencyHash));
  if (earlier) return replyTo(demandSame(earlier, keys.bodyHash), written);
  await countAgainstLimits(ports, client.spec, written.recipients.length);
  return replyTo(await store(ports, feed, order, written, { ...keys, hash }), written);
};

interface Keys {
  readonly bodyHash: string;
  readonly idempotencyHash?: string;
}

const keysOf = (hash: Hasher, { client, wholeBody, idempotencyKey }: MessageOrder): Keys => ({
  bodyHash: hash('message-body', wholeBody),
  ...(idempotencyKey === undefined
    ? {}
    : { idempotencyHash: hash('idempotency', `${client.spec.id}|${idempotencyKey}`) }),
});

const demandSame = (earlier: StoredMessage, bodyHash: string): StoredMessage => {
  if (earlier.bodyHash !== bodyHash) throw new TankError('idempotency_conflict');
  return earlier;
};

const replyTo = ({ id, sendIds }: Pick<StoredMessage, 'id' | 'sendIds'>, { removed }: WrittenMessage) => ({
  message: id,
  recipients: sendIds.length,
  removed: [...removed],
});

const store = async (
  ports: Ports,
  feed: () => Promise<void>,
  { client }: MessageOrder,
  written: WrittenMessage,
  keys: Keys & { readonly hash: Hasher },
): Promise<Pick<StoredMessage, 'id' | 'sendIds'>> => {
  const messages = await ports.messages();
  const run = runOf(ports, client, written.senders[0] ?? '');
  for (let tries = 0; tries < TRIES; tries += 1) {
    const place = await messages.reserve({ ...run, id: ports.runtime.id() }, written.recipients.length);
    const message = await newMessage(ports, client, place, written, keys);
    const accepted = await messages.accept(message);
    if (accepted.kind === 'repeated') return demandSame(accepted.message, keys.bodyHash);
    if (accepted.kind === 'closed') continue;
    await feedOrTell(ports, feed, message.id);
    return { id: message.id, sendIds: message.sends.map(({ id }) => id) };
  }
  throw new TankError('run_already_live', { run: run.automationId });
};

/** What is durable goes out, fed or not: the scheduler finds it. */
const feedOrTell = async ({ runtime }: Ports, feed: () => Promise<void>, message: string): Promise<void> => {
  try {
    await feed();
  } catch (fault) {
    runtime.log.warn('message_not_fed', { message }, fault);
  }
};

/** Clocks of machines differ: a run takes what comes a little after its day as well. */
const GRACE_MS = 10 * 60_000;

const runOf = ({ runtime, limits }: Ports, { spec, version }: Client, sender: string): OpenRun => {
  const startedAt = runtime.clock.now();
  const midnight = (dayOf(wallTimeAt(startedAt, DEFAULT_ZONE)) + 1) * DAY_MS;
  return {
    id: '',
    automationId: automationIdOf(spec.id),
    automationVersion: version,
    automationName: spec.title,
    organisation: spec.organisation,
    fromIdentity: sender,
    transport: spec.transport ?? limits.transport,
    businessDate: businessDate(startedAt, DEFAULT_ZONE),
    lane: 'urgent',
    writesBack: false,
    declinable: false,
    startedBy: automationIdOf(spec.id),
    startedAt,
    client: spec.id,
    openUntil: instantOf(midnight, DEFAULT_ZONE) + GRACE_MS,
  };
};

const newMessage = async (
  ports: Ports,
  { spec }: Client,
  place: Place,
  { mail, recipients }: WrittenMessage,
  { hash, ...keys }: Keys & { readonly hash: Hasher },
): Promise<NewMessage> => {
  const cipher = await (await ports.vault()).open(place.runId);
  const id = sendId(place.runId, place.number);
  return {
    id,
    clientId: spec.id,
    place,
    sends: recipients.map((address, n) =>
      newSend({ cipher, hash, message: id }, sendId(place.runId, place.number + n), address),
    ),
    content: cipher.encrypt(contentPlace(id), encodeClientMail(mail)),
    ...keys,
    callback: spec.callbackUrl !== undefined,
  };
};

/** Its key is its message: two mails to one person are two mails. */
const newSend = (
  { cipher, hash, message }: { readonly cipher: Cipher; readonly hash: Hasher; readonly message: string },
  id: string,
  address: string,
): NewMessage['sends'][number] => ({
  id,
  keyHash: id,
  occurrence: 1,
  addressHash: hash(ADDRESS, addressKey(address)),
  addressMasked: maskAddress(address),
  domain: address.slice(address.lastIndexOf('@') + 1),
  payload: cipher.encrypt(payloadPlace(id), encodePayload({ key: message, address, row: {}, files: [] })),
  state: 'pending',
});
