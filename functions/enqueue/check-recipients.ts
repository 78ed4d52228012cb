import { ADDRESS_FAULTS, parseAddress } from '../../shared/domain/address.ts';
import { ADDRESS, addressKey } from '../../shared/domain/address-key.ts';
import { mayBeDeclined } from '../../shared/domain/automation.ts';
import { findColumn } from '../../shared/domain/column-name.ts';
import { bothLanguages, TankError } from '../../shared/domain/errors.ts';
import { maskAddress } from '../../shared/domain/masking.ts';
import { type RecipientGroup, textOf } from '../../shared/domain/recipient-groups.ts';
import type { Row } from '../../shared/domain/row.ts';
import type { Expansion } from './expansion.ts';
import { openOf, type Recipient, takeOut } from './recipient.ts';

const DAY_MS = 86_400_000;

/** Every row becomes a recipient; those that must not be mailed are taken out with their reason. */
export const checkRecipients = async (
  expansion: Expansion,
  groups: readonly RecipientGroup[],
): Promise<Recipient[]> => {
  demandColumns(expansion, groups[0]?.rows[0]);
  const recipients = groups.flatMap((group) => checkGroup(expansion, group));
  await takeOutSuppressed(expansion, recipients);
  await takeOutRepeated(expansion, recipients);
  return recipients;
};

const demandColumns = ({ spec }: Expansion, row: Row | undefined): void => {
  const { key, email } = spec.recipients;
  const missing =
    row &&
    [key, email, ...(spec.attachments?.columns ?? [])].find(
      (column) => findColumn(Object.keys(row), column) === undefined,
    );
  if (missing) throw new TankError('source_columns_missing', { column: missing });
};

const checkGroup = (expansion: Expansion, group: RecipientGroup): Recipient[] => {
  const recipients = group.rows.map((row, index) => readRecipient(expansion, group.key, row, index + 1));
  if (group.key === '' || expansion.keyPattern?.test(group.key) === false) {
    for (const recipient of recipients) takeOut(recipient, 'skipped', 'key_invalid');
    return recipients;
  }
  const addresses = new Set(recipients.map((recipient) => recipient.addressHash));
  if (addresses.size > 1) {
    for (const recipient of recipients) takeOut(recipient, 'held', 'conflicting_addresses');
    return recipients;
  }
  for (const recipient of recipients.slice(1)) takeOut(recipient, 'skipped', 'duplicate_row');
  return recipients;
};

const readRecipient = ({ spec, hash }: Expansion, key: string, row: Row, occurrence: number): Recipient => {
  const written = textOf(row, spec.recipients.email).trim();
  const parsed = parseAddress(written);
  const address = parsed.ok ? parsed.address : written;
  const recipient: Recipient = {
    key,
    keyHash: hash('recipient-key', key),
    occurrence,
    address,
    addressHash: hash(ADDRESS, addressKey(address)),
    addressMasked: maskAddress(address),
    domain: parsed.ok ? parsed.domain : '-',
    row,
    files: [],
    state: 'pending',
  };
  if (!parsed.ok)
    takeOut(recipient, 'skipped', 'address_invalid', bothLanguages(ADDRESS_FAULTS[parsed.fault]));
  return recipient;
};

const takeOutSuppressed = async (
  { suppressions, spec }: Expansion,
  recipients: readonly Recipient[],
): Promise<void> => {
  const open = openOf(recipients);
  const reasons = await suppressions.among(
    open.map((recipient) => recipient.addressHash),
    { organisation: spec.organisation, declinable: mayBeDeclined(spec.mail) },
  );
  for (const recipient of open) {
    const reason = reasons.get(recipient.addressHash);
    if (reason) takeOut(recipient, 'suppressed', 'recipient_suppressed', { reason });
  }
};

const takeOutRepeated = async (expansion: Expansion, recipients: readonly Recipient[]): Promise<void> => {
  const { ledger, automationId, runId, spec, startedAt } = expansion;
  const { recurrence } = spec.recipients;
  const keys = [...new Set(openOf(recipients).map((recipient) => recipient.keyHash))];
  const open = new Map(
    (await ledger.openElsewhere(automationId, runId, keys)).map((send) => [send.keyHash, send]),
  );
  const sent =
    recurrence.kind === 'all' ? new Map<string, number>() : await ledger.sentBefore(automationId, keys);
  const since = recurrence.kind === 'once-per' ? startedAt - recurrence.days * DAY_MS : 0;
  for (const recipient of openOf(recipients)) {
    const earlier = open.get(recipient.keyHash);
    const sentAt = sent.get(recipient.keyHash);
    if (earlier)
      takeOut(recipient, 'skipped', 'earlier_run_open', { run: earlier.runId, state: earlier.state });
    else if (sentAt !== undefined && sentAt > since)
      takeOut(recipient, 'skipped', 'recently_sent', { recurrence: recurrence.kind });
  }
};
