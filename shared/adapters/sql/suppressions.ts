import { SUPPRESSION_REASONS, type SuppressionReason } from '../../domain/suppression.ts';
import type { Database, SqlRow, SqlValue } from '../../ports/database.ts';
import type {
  ListedSuppression,
  Suppression,
  SuppressionPage,
  Suppressions,
} from '../../ports/suppressions.ts';
import type { Dialect } from './dialect.ts';
import { bytes, inLists, number, placeholders, text } from './ledger/context.ts';

/** Of entries that stand in no external list. Not empty: Oracle would take that for NULL. */
const NO_LIST = '-';

export const createSqlSuppressions = (database: Database, dialect: Dialect): Suppressions => ({
  among: async (addressHashes, { organisation, declinable }) => {
    const found = new Map<string, SuppressionReason>();
    for (const some of inLists(addressHashes)) {
      const rows = await database.all(
        `SELECT address_hash, reason FROM suppression WHERE address_hash IN (${placeholders(some.length)})
           AND scope IN ('*', ?) ${declinable ? '' : "AND reason <> 'unsubscribe'"}`,
        [...some, organisation],
      );
      for (const row of rows) keepWeightier(found, text(row.address_hash), reasonOf(row));
    }
    return found;
  },

  add: async (entries) => {
    if (entries.length === 0) return 0;
    const added = await database.atomic([{ sql: insertSql(dialect), rows: entries.map(toValues) }]);
    return added.committed ? (added.steps[0]?.changes ?? []).reduce((sum, changed) => sum + changed, 0) : 0;
  },

  remove: async ({ addressHash, scope, reason }) =>
    database.run(
      `DELETE FROM suppression WHERE address_hash = ? AND scope = ? AND list_id = '${NO_LIST}' ${reason ? 'AND reason = ?' : ''}`,
      [addressHash, scope, ...(reason ? [reason] : [])],
    ),

  list: async (page) => {
    const { sql, values } = conditionsOf(page);
    const rows = await database.all(
      `SELECT address_hash, scope, reason, list_id, origin, masked, address, created_at FROM suppression
       WHERE ${sql} ORDER BY address_hash, scope, reason, list_id ${dialect.limit(page.limit)}`,
      values,
    );
    return rows.map(toListed);
  },
});

const COLUMNS = ['address_hash', 'scope', 'reason', 'list_id', 'origin', 'masked', 'address', 'created_at'];

const insertSql = (dialect: Dialect): string =>
  dialect.upsert({
    table: 'suppression',
    key: COLUMNS.slice(0, 4),
    keep: COLUMNS.slice(4),
    replace: [],
    select: `SELECT ${COLUMNS.map((name) => `? AS ${name}`).join(', ')} WHERE 1 = 1`,
  });

const toValues = (entry: Suppression): readonly SqlValue[] => [
  entry.addressHash,
  entry.scope,
  entry.reason,
  NO_LIST,
  entry.origin,
  entry.masked,
  entry.address ?? null,
  entry.createdAt,
];

/** A person's own word weighs more than what a machine has found. */
const WEIGHT: readonly SuppressionReason[] = ['list', 'bounce', 'manual', 'unsubscribe', 'complaint'];

const keepWeightier = (
  found: Map<string, SuppressionReason>,
  addressHash: string,
  reason: SuppressionReason,
): void => {
  const known = found.get(addressHash);
  if (known === undefined || WEIGHT.indexOf(reason) > WEIGHT.indexOf(known)) found.set(addressHash, reason);
};

const reasonOf = (row: SqlRow): SuppressionReason =>
  SUPPRESSION_REASONS.find((reason) => reason === row.reason) ?? 'manual';

const SEPARATOR = '|';
const KEY = ['address_hash', 'scope', 'reason', 'list_id'] as const;

/** A row comparison is not known to every engine: the key is compared from the left, part by part. */
const conditionsOf = ({ after, scope, reason, addressHash }: SuppressionPage) => {
  const conditions: { readonly sql: string; readonly values: readonly SqlValue[] }[] = [
    { sql: '1 = 1', values: [] },
    ...(after ? [afterKey(after.split(SEPARATOR))] : []),
    ...(scope ? [{ sql: 'scope = ?', values: [scope] }] : []),
    ...(reason ? [{ sql: 'reason = ?', values: [reason] }] : []),
    ...(addressHash ? [{ sql: 'address_hash = ?', values: [addressHash] }] : []),
  ];
  return {
    sql: conditions.map((condition) => condition.sql).join(' AND '),
    values: conditions.flatMap((condition) => condition.values),
  };
};

const afterKey = (parts: readonly string[]) => {
  const cases = KEY.map((name, at) => ({
    sql: `(${[...KEY.slice(0, at).map((equal) => `${equal} = ?`), `${name} > ?`].join(' AND ')})`,
    values: KEY.slice(0, at + 1).map((_, part) => parts[part] ?? ''),
  }));
  return {
    sql: `address_hash >= ? AND (${cases.map(({ sql }) => sql).join(' OR ')})`,
    values: [parts[0] ?? '', ...cases.flatMap(({ values }) => values)],
  };
};

const toListed = (row: SqlRow): ListedSuppression => ({
  addressHash: text(row.address_hash),
  scope: text(row.scope),
  reason: reasonOf(row),
  origin: text(row.origin),
  masked: text(row.masked),
  createdAt: number(row.created_at),
  cursor: KEY.map((name) => text(row[name])).join(SEPARATOR),
  ...(row.address === null ? {} : { address: bytes(row.address) }),
});
