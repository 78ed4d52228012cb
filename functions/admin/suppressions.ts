import type { z } from 'zod';
import { ADDRESS_FAULTS, parseAddress } from '../../shared/domain/address.ts';
import { type AddressRow, readAddressCsv } from '../../shared/domain/address-csv.ts';
import { BYTE_ORDER_MARK, csvLine } from '../../shared/domain/csv-text.ts';
import { type Language, TankError } from '../../shared/domain/errors.ts';
import { type FaultText, fillFaultText } from '../../shared/domain/fault-text.ts';
import { FORM_FAULTS, formFault } from '../../shared/domain/form-faults.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import { EVERYWHERE, SUPPRESSION_REASONS, type SuppressionReason } from '../../shared/domain/suppression.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { ListedSuppression, Suppression } from '../../shared/ports/suppressions.ts';
import { type AddressForm, openAddressForm } from '../../shared/use-cases/address-form.ts';
import { toCursor } from '../../shared/wire/cursor.ts';
import { Streamed } from '../../shared/wire/streamed.ts';
import type { suppressionsApi } from '../../shared/wire/suppressions-api.ts';

type Query = z.output<(typeof suppressionsApi.listSuppressions)['query']>;

/** What stands against an address everywhere concerns every organisation that mails it; the others are not one's own. */
const visibleTo = ({ organisations }: Principal): readonly string[] | undefined =>
  organisations === 'all' ? undefined : [EVERYWHERE, ...organisations];

/** Whoever may mail for some organisations decides for these, not for all. */
const demandScope = ({ organisations }: Principal, scope: string): void => {
  if (organisations !== 'all' && !organisations.includes(scope)) throw new TankError('forbidden');
};

export const listSuppressions = async (
  ports: Ports,
  { limit, cursor, scope, reason }: Query,
  principal: Principal,
) => {
  const visible = visibleTo(principal);
  const scopes = scope ? [scope].filter((one) => visible?.includes(one) ?? true) : visible;
  if (scopes?.length === 0) return { items: [], nextCursor: null };
  const entries = await (await ports.suppressions()).list({
    limit,
    ...(cursor ? { after: cursor } : {}),
    ...(scopes ? { scopes } : {}),
    ...(reason ? { reason } : {}),
  });
  const last = entries.length === limit ? entries.at(-1) : undefined;
  return { items: entries.map(describe), nextCursor: last ? toCursor(last.cursor) : null };
};

const describe = (entry: ListedSuppression) => ({
  id: toCursor(entry.cursor),
  address: entry.masked,
  scope: entry.scope,
  reason: entry.reason,
  origin: entry.origin,
  createdAt: new Date(entry.createdAt).toISOString(),
});

export const findSuppressions = async (ports: Ports, address: string, principal: Principal) => {
  const scopes = visibleTo(principal);
  const addressHash = (await openAddressForm(ports)).hash(address);
  const entries = await (await ports.suppressions()).list({
    limit: 100,
    addressHash,
    ...(scopes ? { scopes } : {}),
  });
  return { items: entries.map(describe) };
};

/** Its id is the key of the entry, and so names it after others have come and gone. */
export const removeSuppression = async (ports: Ports, id: string, by: Principal): Promise<void> => {
  const [addressHash = '', scope = '', reason = ''] = Buffer.from(id, 'base64url')
    .toString()
    .slice(1)
    .split('|');
  const known = SUPPRESSION_REASONS.find((one) => one === reason);
  if (!known || !(visibleTo(by)?.includes(scope) ?? true))
    throw new TankError('not_found', { what: 'suppression' });
  demandScope(by, scope);
  const removed = await (await ports.suppressions()).remove({ addressHash, scope, reason: known });
  if (removed === 0) throw new TankError('not_found', { what: 'suppression' });
  ports.runtime.log.info('suppression_removed', { principal: by.id, reason });
};

export interface Import {
  readonly rows: readonly AddressRow[];
  readonly scope: string;
  readonly reason: SuppressionReason;
}

export const rowsOf = (addresses: readonly string[]): readonly AddressRow[] =>
  addresses.map((address, index) => ({ line: index + 1, address }));

export const rowsOfCsv = (csv: string): readonly AddressRow[] => readAddressCsv(csv);

const CHUNK = 2_000;
const MAX_FAULTS = 100;

/** Every good row is taken in, whatever the others are; the bad ones are told by their lines, never by their text. */
export const importSuppressions = async (
  ports: Ports,
  { rows, scope, reason }: Import,
  by: Principal,
  language: Language,
) => {
  for (const named of new Set([scope, ...rows.flatMap((row) => row.scope ?? [])])) demandScope(by, named);
  const scopes = await knownScopes(ports);
  if (!scopes.has(scope))
    throw new TankError(
      'invalid_request',
      {},
      { fields: [formFault('scope', 'unknown_organisation', language)] },
    );
  const [form, suppressions] = await Promise.all([openAddressForm(ports), ports.suppressions()]);
  const about = { scope, reason, origin: by.id, createdAt: ports.runtime.clock.now(), scopes };
  const faults: { line: number; problem: string }[] = [];
  let [added, taken] = [0, 0];
  for (let from = 0; from < rows.length; from += CHUNK) {
    const entries = rows
      .slice(from, from + CHUNK)
      .flatMap((row) => toEntry(form, row, about, language, faults));
    added += await suppressions.add(entries);
    taken += entries.length;
  }
  ports.runtime.log.info('suppressions_imported', { principal: by.id, added, refused: rows.length - taken });
  return {
    rows: rows.length,
    added,
    known: taken - added,
    refused: rows.length - taken,
    faults: faults.slice(0, MAX_FAULTS),
  };
};

/** Of an organisation that is not there nobody would ask, and its readers would go on to be mailed. */
const knownScopes = async (ports: Ports): Promise<ReadonlySet<string>> =>
  new Set([EVERYWHERE, ...(await (await ports.organisations()).list()).map(({ name }) => name)]);

interface About extends Pick<Suppression, 'reason' | 'origin' | 'createdAt'> {
  readonly scope: string;
  readonly scopes: ReadonlySet<string>;
}

const toEntry = (
  form: AddressForm,
  row: AddressRow,
  { scopes, ...about }: About,
  language: Language,
  faults: { line: number; problem: string }[],
): Suppression[] => {
  const refuse = (fault: FaultText): Suppression[] => {
    faults.push({ line: row.line, problem: fillFaultText(fault, {}, language) });
    return [];
  };
  const parsed = parseAddress(row.address);
  if (!parsed.ok) return refuse(ADDRESS_FAULTS[parsed.fault]);
  const scope = row.scope ?? about.scope;
  if (!scopes.has(scope)) return refuse(FORM_FAULTS.unknown_organisation);
  return [form.entry(parsed.address, { ...about, scope, reason: reasonOf(row) ?? about.reason })];
};

/** `list` is what external lists say, and not for a file to claim. */
const reasonOf = ({ reason }: AddressRow): SuppressionReason | undefined =>
  SUPPRESSION_REASONS.find((known) => known === reason && known !== 'list');

const PAGE = 1000;

export const exportSuppressions = async (ports: Ports, by: Principal): Promise<Streamed> => {
  ports.runtime.log.info('suppressions_exported', { principal: by.id });
  return new Streamed('suppressions.csv', linesOf(ports, await openAddressForm(ports), visibleTo(by)));
};

/** What is written here, an import reads again. */
async function* linesOf(
  ports: Ports,
  form: AddressForm,
  scopes: readonly string[] | undefined,
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(['address', 'scope', 'reason', 'origin', 'createdAt']);
  const suppressions = await ports.suppressions();
  let after: string | undefined;
  do {
    const entries = await suppressions.list({
      limit: PAGE,
      ...(after ? { after } : {}),
      ...(scopes ? { scopes } : {}),
    });
    yield entries.map((entry) => toLine(entry, form)).join('');
    after = entries.length === PAGE ? entries.at(-1)?.cursor : undefined;
  } while (after);
}

const toLine = (entry: ListedSuppression, form: AddressForm): string =>
  csvLine([
    form.open(entry) ?? entry.masked,
    entry.scope,
    entry.reason,
    entry.origin,
    new Date(entry.createdAt).toISOString(),
  ]);
