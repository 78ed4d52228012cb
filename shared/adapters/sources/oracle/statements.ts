import { withoutEnd } from '../bind-plan.ts';

/**
 * Every statement that Tank itself writes for an Oracle source, so that an outside parser can check them.
 * Oracle Database 12.1 and later.
 */

/** Compares and orders in binary, and reads and writes numbers and dates in one form, whatever the client's country. */
export const SET_SESSION = `ALTER SESSION SET NLS_SORT = 'BINARY' NLS_COMP = 'BINARY' NLS_NUMERIC_CHARACTERS = '.,' NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS' NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3'`;

export const BEGIN_READ = 'SET TRANSACTION READ ONLY';

/** As a subquery, so that nothing but a query passes. */
export const asQuery = (query: string): string => `SELECT * FROM (${withoutEnd(query)})`;

const quoted = (name: string): string => `"${name.replaceAll('"', '')}"`;
const binary = (text: string): string => `NLSSORT(${text}, 'NLS_SORT=BINARY')`;
const keyText = (key: string): string => `TO_CHAR(t.${quoted(key)})`;

/** Rows without a key come first, and only from the beginning: nothing comes after a NULL. */
export const targetFromStart = (query: string, key: string): string =>
  `SELECT ${keyText(key)} AS TANK_KEY, t.* FROM (${withoutEnd(query)}) t ORDER BY ${binary(keyText(key))} NULLS FIRST`;

export const targetAfter = (query: string, key: string): string =>
  `SELECT ${keyText(key)} AS TANK_KEY, t.* FROM (${withoutEnd(query)}) t WHERE ${binary(keyText(key))} > ${binary(':tank_after')} ORDER BY ${binary(keyText(key))}`;

export const bindSign = (position: number): string => `:tank_${position + 1}`;
export const bindColumn = (position: number): string => `tank_in.bind_${position + 1}`;

/**
 * The query for many rows of binds, which come as one JSON text. ROWNUM keeps the order of the query: without it
 * the optimizer leaves out the ORDER BY of an inline view. ERROR ON ERROR: a value that is too long must not become NULL.
 */
export const mapMany = (query: string, binds: number): string => {
  const columns = Array.from({ length: binds }, (_, i) => `bind_${i + 1} VARCHAR2(4000) PATH '$[${i}]'`);
  return `SELECT tank_in.tank_row AS TANK_ROW, tank_out.* FROM JSON_TABLE(:tank_rows FORMAT JSON, '$[*]' ERROR ON ERROR COLUMNS (tank_row FOR ORDINALITY, ${columns.join(', ')})) tank_in CROSS APPLY (SELECT ROWNUM AS TANK_ORDER, tank_query.* FROM (${query}) tank_query) tank_out ORDER BY 1, 2`;
};

export const IDENTITY = `SELECT SYS_CONTEXT('USERENV', 'SESSION_USER') AS USER_NAME, SYS_CONTEXT('USERENV', 'NETWORK_PROTOCOL') AS PROTOCOL FROM DUAL`;

export const SYSTEM_RIGHTS = 'SELECT PRIVILEGE FROM SESSION_PRIVS ORDER BY PRIVILEGE';
export const ROLES = 'SELECT ROLE FROM SESSION_ROLES ORDER BY ROLE';

/** Granted to the user or to one of its roles, on a whole table or on columns. */
export const TABLE_RIGHTS = `SELECT PRIVILEGE, COUNT(*) AS TABLES, MIN(PLACE) AS SOME FROM (
  SELECT PRIVILEGE, OWNER || '.' || TABLE_NAME AS PLACE FROM USER_TAB_PRIVS_RECD
  UNION SELECT PRIVILEGE, OWNER || '.' || TABLE_NAME FROM USER_COL_PRIVS_RECD
  UNION SELECT PRIVILEGE, OWNER || '.' || TABLE_NAME FROM ROLE_TAB_PRIVS
  UNION SELECT 'OWNER', SYS_CONTEXT('USERENV', 'SESSION_USER') || '.' || TABLE_NAME FROM USER_TABLES
) GROUP BY PRIVILEGE ORDER BY PRIVILEGE`;
