import { addressKey } from '../domain/address-key.ts';
import { type FeedbackEvent, SOFT_BOUNCES } from '../domain/feedback.ts';
import { EVERYWHERE } from '../domain/suppression.ts';
import type { SendOrigin } from '../ports/feedback.ts';
import type { Ports } from '../ports/ports.ts';
import type { Suppression } from '../ports/suppressions.ts';
import { type AddressForm, openAddressForm } from './address-form.ts';
import type { KnownEvent } from './known-event.ts';

type SuppressPorts = Pick<Ports, 'runtime' | 'events' | 'suppressions' | 'vault'>;

/** Hard bounces and complaints at once, soft bounces when they have become too many. */
export const suppressAddresses = async (
  ports: SuppressPorts,
  known: readonly KnownEvent[],
  origins: ReadonlyMap<string, SendOrigin>,
): Promise<void> => {
  const concerned = known.filter(({ meaning }) => meaning.suppress || meaning.soft);
  if (concerned.length === 0) return;
  const form = await openAddressForm(ports);
  const entries = [
    ...concerned.flatMap((one) => entriesOf(one, origins.get(one.sendId ?? ''), form)),
    ...(await givenUp(ports, concerned, form)),
  ];
  if (entries.length > 0) await (await ports.suppressions()).add(entries);
};

const entriesOf = (
  { event, meaning, occurredAt }: KnownEvent,
  origin: SendOrigin | undefined,
  form: AddressForm,
): Suppression[] => {
  if (!meaning.suppress) return [];
  const { reason, everywhere } = meaning.suppress;
  const about = {
    reason,
    scope: everywhere ? EVERYWHERE : (origin?.organisation ?? EVERYWHERE),
    origin: originOf(event),
    createdAt: occurredAt,
  };
  const entries = addressesOf(event).map((address) => form.entry(address, about));
  const mailed = origin && !entries.some(({ addressHash }) => addressHash === origin.addressHash);
  return mailed ? [...entries, { ...about, addressHash: origin.addressHash, masked: UNKNOWN }] : entries;
};

const UNKNOWN = '-';

const originOf = ({ source, subtype }: FeedbackEvent): string => (subtype ? `${source}:${subtype}` : source);

/** Who was mailed counts as well as who is named: a forwarded mail bounces in the name of the last mailbox. */
const addressesOf = ({ recipients, destination }: FeedbackEvent): readonly string[] => [
  ...new Map(
    [...recipients, ...(destination.length === 1 ? destination : [])].map((address) => [
      addressKey(address),
      address,
    ]),
  ).values(),
];

const givenUp = async (
  ports: SuppressPorts,
  concerned: readonly KnownEvent[],
  form: AddressForm,
): Promise<Suppression[]> => {
  const soft = concerned.filter(({ meaning }) => meaning.soft).flatMap(({ event }) => event.recipients);
  if (soft.length === 0) return [];
  const byHash = new Map(soft.map((address) => [form.hash(address), address]));
  const now = ports.runtime.clock.now();
  const counted = await (await ports.events()).softBounces({
    recipientHashes: [...byHash.keys()],
    since: now - SOFT_BOUNCES.withinMs,
  });
  const about = { scope: EVERYWHERE, reason: 'bounce', origin: 'soft-bounces', createdAt: now } as const;
  return [...byHash]
    .filter(([hash]) => (counted.get(hash) ?? 0) >= SOFT_BOUNCES.limit)
    .map(([, address]) => form.entry(address, about));
};
