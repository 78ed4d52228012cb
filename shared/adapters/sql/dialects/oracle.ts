import type { Dialect, Upsert } from '../dialect.ts';
import { placeholders } from '../ledger/context.ts';

/** Milliseconds of an interval, part by part: Oracle knows no moment as a number. */
const SINCE_1970 = `(SYS_EXTRACT_UTC(SYSTIMESTAMP) - TIMESTAMP '1970-01-01 00:00:00')`;
const part = (unit: string, ms: number): string => `EXTRACT(${unit} FROM ${SINCE_1970}) * ${ms}`;

/** What a repeated migration meets: a name, an index or a column that is there already. */
const ALREADY_THERE = '-955, -1408, -1430';

export const oracleDialect: Dialect = {
  types: { id: 'VARCHAR2(255 CHAR)', text: 'VARCHAR2(4000)', long: 'CLOB', int: 'NUMBER(19)', blob: 'BLOB' },
  now: `TRUNC(${part('DAY', 86_400_000)} + ${part('HOUR', 3_600_000)} + ${part('MINUTE', 60_000)} + ${part('SECOND', 1_000)})`,
  limit: (rows) => `FETCH FIRST ${rows} ROWS ONLY`,
  upsert: (upsert) => {
    const { table, key, keep = [], select } = upsert;
    const set = assignments(upsert);
    const columns = [...key, ...keep, ...set.map(([column]) => column)];
    const matched =
      set.length > 0
        ? `WHEN MATCHED THEN UPDATE SET ${set.map(([column, value]) => `o.${column} = ${value}`).join(', ')} `
        : '';
    return `MERGE INTO ${table} o USING (${select}) n ON (${key.map((c) => `o.${c} = n.${c}`).join(' AND ')}) ${matched}WHEN NOT MATCHED THEN INSERT (${columns.join(', ')}) VALUES (${columns.map((c) => `n.${c}`).join(', ')})`;
  },
  // An index leaves out rows that are NULL in all its columns; Oracle has no other condition for one.
  only: () => '',
  among: (column, count) => `${column} IN (${placeholders(count)})`,
  greatest: (a, b) => `GREATEST(${a}, ${b})`,
  ddl: {
    isTransactional: false,
    unlessThere: (statement) =>
      `BEGIN EXECUTE IMMEDIATE '${statement.replaceAll("'", "''")}'; EXCEPTION WHEN OTHERS THEN IF SQLCODE NOT IN (${ALREADY_THERE}) THEN RAISE; END IF; END;`,
  },
};

const assignments = ({ replace, combine }: Upsert): readonly (readonly [string, string])[] => [
  ...replace.map((column) => [column, `n.${column}`] as const),
  ...Object.entries(combine?.('o', 'n') ?? {}),
];
