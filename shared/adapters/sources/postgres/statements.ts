import { withoutEnd } from '../bind-plan.ts';

/** Every statement that Tank itself writes for a PostgreSQL source. */

/** LOCAL: a pooler between Tank and the server hands the connection to others afterwards. */
const limited = (begin: string, timeoutMs: number): string =>
  `${begin}; SET LOCAL statement_timeout = ${Math.trunc(timeoutMs)}`;

export const beginRead = (timeoutMs: number): string => limited('BEGIN TRANSACTION READ ONLY', timeoutMs);
/** One snapshot for all chunks of a target. */
export const beginSnapshot = (timeoutMs: number): string =>
  limited('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY', timeoutMs);
export const beginWrite = (timeoutMs: number, lockMs: number): string =>
  `${limited('BEGIN', timeoutMs)}; SET LOCAL lock_timeout = ${Math.trunc(lockMs)}`;
export const COMMIT = 'COMMIT';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const describe = (query: string): string => `SELECT * FROM (${withoutEnd(query)}) t LIMIT 0`;

const ORDER_COLUMN = 'tank_key';
const CURSOR = 'tank_target';

const keyText = (key: string): string => `t.${quoted(key)}::text COLLATE "C"`;

/** Rows without a key come first, and only from the beginning: nothing comes after a NULL. */
export const declareTarget = (query: string, key: string, goesOn: boolean): string =>
  `DECLARE ${CURSOR} NO SCROLL CURSOR WITHOUT HOLD FOR SELECT t.${quoted(key)}::text AS ${ORDER_COLUMN}, t.* FROM (${withoutEnd(query)}) t ${
    goesOn ? `WHERE ${keyText(key)} > $1::text` : ''
  } ORDER BY ${keyText(key)} NULLS FIRST`;

export const fetchTarget = (rows: number): string => `FETCH ${rows} FROM ${CURSOR}`;

/** PostgreSQL tells which types it reads from a query's binds only for a prepared statement. */
const PREPARED = 'tank_types';
/** The server finds out what is `unknown`. */
export const prepare = (query: string, types: readonly string[]): string =>
  `PREPARE ${PREPARED}${types.length > 0 ? ` (${types.join(', ')})` : ''} AS ${query}`;
export const BIND_TYPES = `SELECT format('%I.%I', n.nspname, t.typname) AS type
  FROM pg_prepared_statements p, unnest(p.parameter_types) WITH ORDINALITY AS b (type, place)
  JOIN pg_type t ON t.oid = b.type::oid JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE p.name = '${PREPARED}' ORDER BY b.place`;
export const DEALLOCATE = `DEALLOCATE ${PREPARED}`;

const ROW_COLUMN = 'tank_row';
export const bindColumn = (position: number): string => `tank_in.bind_${position + 1}`;
export const bindSign = (position: number): string => `$${position + 1}`;
export const typedSign = (position: number, type: string): string => `$${position + 1}::${type}`;

/**
 * The query for many rows of binds at once. A subquery with an ORDER BY of its own is never flattened, and a
 * lateral one runs once for each row of binds, so each row's list keeps the query's order.
 */
export const mapMany = (query: string, types: readonly string[]): string => {
  const arrays = types.map((type, i) => `$${i + 1}::${type}[]`);
  const names = [...types.map((_, i) => `bind_${i + 1}`), 'tank_row'];
  return `SELECT tank_in.tank_row::int4 AS ${ROW_COLUMN}, tank_out.* FROM unnest(${arrays.join(', ')}) WITH ORDINALITY AS tank_in (${names.join(', ')})
  CROSS JOIN LATERAL (${query}) tank_out`;
};

export const mapOne = (query: string): string => `SELECT * FROM (${query}) tank_out`;

export const IDENTITY = `SELECT current_user AS name, current_setting('server_version') AS version,
  COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted`;

/** Rights of the account as such, its own and those of every role that it may become. */
export const ROLE_RIGHTS = `SELECT DISTINCT p.privilege FROM pg_roles r CROSS JOIN LATERAL (VALUES
    ('SUPERUSER', r.rolsuper), ('CREATEDB', r.rolcreatedb), ('CREATEROLE', r.rolcreaterole),
    ('REPLICATION', r.rolreplication), ('BYPASSRLS', r.rolbypassrls),
    (r.rolname, r.rolname IN ('pg_write_all_data', 'pg_execute_server_program', 'pg_read_server_files',
      'pg_write_server_files', 'pg_signal_backend', 'pg_checkpoint', 'pg_maintain', 'pg_create_subscription'))
  ) AS p (privilege, held) WHERE p.held AND pg_has_role(current_user, r.oid, 'MEMBER') ORDER BY 1`;

export const PLACE_RIGHTS = `SELECT 'CREATE in schema ' || n.nspname AS privilege FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'CREATE')
  UNION ALL SELECT 'CREATE in database ' || current_database() WHERE has_database_privilege(current_database(), 'CREATE')
  ORDER BY 1`;

/** OWNER stands for ALTER and DROP. */
export const TABLE_RIGHTS = `SELECT p.privilege, count(*)::int4 AS tables,
    (array_agg(n.nspname || '.' || c.relname ORDER BY n.nspname, c.relname))[1:3] ::text AS some
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL (VALUES
    ('SELECT', has_any_column_privilege(c.oid, 'SELECT')), ('UPDATE', has_any_column_privilege(c.oid, 'UPDATE')),
    ('INSERT', has_any_column_privilege(c.oid, 'INSERT')), ('DELETE', has_table_privilege(c.oid, 'DELETE')),
    ('TRUNCATE', has_table_privilege(c.oid, 'TRUNCATE')), ('REFERENCES', has_any_column_privilege(c.oid, 'REFERENCES')),
    ('TRIGGER', has_table_privilege(c.oid, 'TRIGGER')), ('OWNER', pg_has_role(current_user, c.relowner, 'USAGE'))
  ) AS p (privilege, held)
  WHERE p.held AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  GROUP BY p.privilege ORDER BY p.privilege`;
