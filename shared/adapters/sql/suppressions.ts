import type { Database } from '../../ports/database.ts';
import type { SuppressionReason, Suppressions } from '../../ports/suppressions.ts';
import type { Dialect } from './dialect.ts';
import { placeholders, text } from './ledger/context.ts';

export const createSqlSuppressions = (database: Database, dialect: Dialect): Suppressions => ({
  among: async (addressHashes, organisation) => {
    const rows = await database.all(
      `SELECT address_hash, reason FROM suppression WHERE address_hash IN (${placeholders(addressHashes.length)}) AND scope IN ('*', ?)`,
      [...addressHashes, organisation],
    );
    return new Map(rows.map((row) => [text(row.address_hash), text(row.reason) as SuppressionReason]));
  },

  add: async (entries) => {
    await database.atomic([
      {
        sql: dialect.upsert({
          table: 'suppression',
          key: ['address_hash', 'scope'],
          replace: ['reason', 'origin', 'created_at'],
          select: `SELECT ? AS address_hash, ? AS scope, ? AS reason, ? AS origin, ? AS created_at WHERE 1 = 1`,
        }),
        rows: entries.map((entry) => [
          entry.addressHash,
          entry.scope,
          entry.reason,
          entry.origin,
          entry.createdAt,
        ]),
      },
    ]);
  },

  remove: async (addressHash, scope) =>
    (await database.run('DELETE FROM suppression WHERE address_hash = ? AND scope = ?', [
      addressHash,
      scope,
    ])) === 1,
});
