import type { BlockList, BlockLists } from '../../ports/block-lists.ts';
import { type Database, type SqlRow, type SqlValue, UniqueViolation } from '../../ports/database.ts';
import type { Dialect } from './dialect.ts';
import { number, placeholders, text } from './ledger/context.ts';

const COLUMNS = 'id, name, url, created_at, created_by, fetched_at, entries, content_hash, etag, fault';
/** So many rows a transaction: a list of a million must not keep the mails waiting. */
const CHUNK = 2_000;

export const createSqlBlockLists = (database: Database, dialect: Dialect): BlockLists => {
  const { now } = dialect;
  const change = async (sql: string, values: readonly SqlValue[]) => (await database.run(sql, values)) === 1;
  const dropOlder = async (id: string, generation: number): Promise<void> => {
    const some = `SELECT address_hash FROM suppression WHERE list_id = ? AND generation < ? ${dialect.limit(CHUNK)}`;
    const sql = `DELETE FROM suppression WHERE list_id = ? AND generation < ? AND address_hash IN (${some})`;
    while ((await database.run(sql, [id, generation, id, generation])) > 0);
  };
  return {
    list: async () =>
      (await database.all(`SELECT ${COLUMNS} FROM block_list ORDER BY name`)).map(toBlockList),

    add: async ({ id, name, url, createdBy }) => {
      try {
        return await change(
          `INSERT INTO block_list (id, name, url, created_at, created_by, checked_at, entries, generation)
           VALUES (?, ?, ?, ${now}, ?, 0, 0, 0)`,
          [id, name, url, createdBy],
        );
      } catch (thrown) {
        if (thrown instanceof UniqueViolation) return false;
        throw thrown;
      }
    },

    remove: async (id) => {
      if (!(await change('DELETE FROM block_list WHERE id = ?', [id]))) return false;
      await dropOlder(id, Number.MAX_SAFE_INTEGER);
      return true;
    },

    takeDue: async (everyMs) => {
      const due = `checked_at <= ${now} - ?`;
      const [row] = await database.all(
        `SELECT ${COLUMNS} FROM block_list WHERE ${due} ORDER BY checked_at ${dialect.limit(1)}`,
        [everyMs],
      );
      if (!row) return undefined;
      const sql = `UPDATE block_list SET checked_at = ${now} WHERE id = ? AND ${due}`;
      return (await change(sql, [text(row.id), everyMs])) ? toBlockList(row) : undefined;
    },

    ask: (id) => change('UPDATE block_list SET checked_at = 0 WHERE id = ?', [id]),

    replace: async (id, { contentHash, etag, entries }) => {
      if (!(await change('UPDATE block_list SET generation = generation + 1 WHERE id = ?', [id]))) return;
      const [row] = await database.all('SELECT generation FROM block_list WHERE id = ?', [id]);
      const generation = number(row?.generation);
      for (let from = 0; from < entries.length; from += CHUNK) {
        const rows = entries
          .slice(from, from + CHUNK)
          .map(({ addressHash, masked }) => [addressHash, id, masked, generation]);
        await database.atomic([{ sql: entrySql(dialect), rows }]);
      }
      await dropOlder(id, generation);
      await change(
        `UPDATE block_list SET fetched_at = ${now}, entries = ?, content_hash = ?, etag = ?, fault = NULL WHERE id = ? AND generation = ?`,
        [entries.length, contentHash, etag ?? null, id, generation],
      );
    },

    confirm: async (id) => {
      await change(`UPDATE block_list SET fetched_at = ${now}, fault = NULL WHERE id = ?`, [id]);
    },

    fail: async (id, fault) => {
      await change('UPDATE block_list SET fault = ? WHERE id = ?', [fault.slice(0, MAX_FAULT), id]);
    },

    staleAmong: async (names, maxAgeMs) => {
      if (names.length === 0) return [];
      const rows = await database.all(
        `SELECT name FROM block_list WHERE name IN (${placeholders(names.length)}) AND fetched_at > ${now} - ?`,
        [...names, maxAgeMs],
      );
      const fresh = new Set(rows.map((row) => text(row.name)));
      return names.filter((name) => !fresh.has(name));
    },
  };
};

const MAX_FAULT = 300;

const entrySql = (dialect: Dialect): string =>
  dialect.upsert({
    table: 'suppression',
    key: ['address_hash', 'scope', 'reason', 'list_id'],
    keep: ['origin', 'masked', 'created_at'],
    replace: ['generation'],
    select: `SELECT ? AS address_hash, '*' AS scope, 'list' AS reason, ? AS list_id, 'list' AS origin, ? AS masked,
               ${dialect.now} AS created_at, ? AS generation WHERE 1 = 1`,
  });

const toBlockList = (row: SqlRow): BlockList => ({
  id: text(row.id),
  name: text(row.name),
  url: text(row.url),
  createdAt: number(row.created_at),
  createdBy: text(row.created_by),
  entries: number(row.entries),
  ...(row.fetched_at === null ? {} : { fetchedAt: number(row.fetched_at) }),
  ...(row.content_hash === null ? {} : { contentHash: text(row.content_hash) }),
  ...(row.etag === null ? {} : { etag: text(row.etag) }),
  ...(row.fault === null ? {} : { fault: text(row.fault) }),
});
