import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guardUpdate } from '../../../shared/domain/query-guard/guard-update.ts';
import type { Dialect } from '../../../shared/domain/query-guard/token.ts';

const codesOf = (sql: string, dialect: Dialect = 'oracle'): string[] => {
  const guarded = guardUpdate(sql, dialect, 'CUST_ID');
  return guarded.ok ? [] : guarded.faults.map(({ code }) => code);
};

describe('an UPDATE is taken', () => {
  test.each([
    "UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = :CUST_ID",
    'update customer c set c.sent_at = SYSDATE, c.n = 1 where c.cust_id = :cust_id;',
    "UPDATE t SET a = 'Y' WHERE ? = t.ID AND b = 1",
    "UPDATE t SET a = CASE WHEN b = 1 THEN 'Y' ELSE 'N' END WHERE (CUST_ID = :CUST_ID) AND x BETWEEN 1 AND 2",
    'UPDATE t SET (a, b) = (SELECT x, y FROM u WHERE u.id = :CUST_ID) WHERE TRIM(CUST_ID) = :CUST_ID AND (c = 1 OR d = 2)',
    "UPDATE t SET a = 'Y' WHERE CAST(CUST_ID AS VARCHAR(10)) = TO_CHAR(:CUST_ID)",
    "UPDATE t SET a = 'N = N + 1' WHERE ((a = 'N' AND (CUST_ID = ?)))",
    "UPDATE t SET a = 'Y' /* all of them */ WHERE CUST_ID = :CUST_ID -- only his",
  ])('%s', (sql) => expect(codesOf(sql)).toEqual([]));

  test("with PostgreSQL's casts", () =>
    expect(
      codesOf("UPDATE t SET a = 'Y' WHERE cust_id = :CUST_ID::numeric(20,0) AND b::text = 'x'", 'postgres'),
    ).toEqual([]));

  test('and comes back bare, with its binds', () =>
    expect(guardUpdate('UPDATE t SET a = :A WHERE CUST_ID = ? ; -- end', 'sqlite', 'CUST_ID')).toEqual({
      ok: true,
      sql: 'UPDATE t SET a = :A WHERE CUST_ID = ?',
      binds: ['A', '?'],
    }));
});

describe('an UPDATE is refused', () => {
  test.each([
    ["UPDATE t SET a = 'Y'", 'no_where'],
    ["UPDATE t SET a = 'Y' -- WHERE CUST_ID = :CUST_ID", 'no_where'],
    ["UPDATE t SET a = 'WHERE CUST_ID = :CUST_ID'", 'no_where'],
    ['UPDATE t SET a = (SELECT 1 FROM u WHERE CUST_ID = :CUST_ID)', 'no_where'],
    ['UPDATE t WHERE CUST_ID = :CUST_ID', 'no_set'],
    ["UPDATE t SET a = 'Y' WHERE 1 = 1", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE CUST_ID = CUST_ID", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE CUST_ID = '1'", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE CUST_ID = :OTHER", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE CUST_ID <> :CUST_ID", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE CUST_ID >= :CUST_ID", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE NOT CUST_ID = :CUST_ID", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE NOT (CUST_ID = :CUST_ID)", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE :CUST_ID = :CUST_ID", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE NULL = :CUST_ID", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE NVL(CUST_ID, :CUST_ID) = :CUST_ID", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE CUST_ID = :CUST_ID OR 1 = 1", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE (CUST_ID = :CUST_ID OR 1 = 1)", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE CUST_ID = :CUST_ID AND t.case = 1 OR 1 = 1", 'where_without_key'],
    ["UPDATE t SET a = 'Y' WHERE b BETWEEN 1 AND CUST_ID = :CUST_ID", 'where_without_key'],
    [
      "UPDATE t SET a = 'Y' WHERE CASE WHEN b = 1 AND CUST_ID = :CUST_ID AND c = 1 THEN 1 ELSE 1 END = 1",
      'where_without_key',
    ],
    ['UPDATE t SET N = N + 1 WHERE CUST_ID = :CUST_ID', 'not_repeatable'],
    ['UPDATE t SET t.n = COALESCE("N", 0) + 1 WHERE CUST_ID = :CUST_ID', 'not_repeatable'],
    ["UPDATE t SET a = b, b = 'Y' WHERE CUST_ID = :CUST_ID", 'not_repeatable'],
    ['UPDATE t SET (a, b) = (SELECT b, 1 FROM u) WHERE CUST_ID = :CUST_ID', 'not_repeatable'],
    ["UPDATE t SET a = 'Y' WHERE CUST_ID = :CUST_ID; DELETE FROM t", 'two_statements'],
    ["UPDATE t SET a = 'Y' WHERE CUST_ID = :CUST_ID RETURNING a", 'returning'],
    ["UPDATE t SET a = 'Y' WHERE CUST_ID = :CUST_ID LOG ERRORS INTO e", 'into'],
    ['DELETE FROM t WHERE CUST_ID = :CUST_ID', 'not_an_update'],
    ['SELECT 1 FROM t', 'not_an_update'],
    ['MERGE INTO t USING u ON (1=1) WHEN MATCHED THEN UPDATE SET a = 1', 'not_an_update'],
    ["WITH x AS (SELECT 1) UPDATE t SET a = 'Y' WHERE CUST_ID = :CUST_ID", 'not_an_update'],
    ['UPDATE t SET a = (DELETE FROM u) WHERE CUST_ID = :CUST_ID', 'changes_data'],
    ["UPDATE t@prod SET a = 'Y' WHERE CUST_ID = :CUST_ID", 'database_link'],
    ['UPDATE t SET a = s.NEXTVAL WHERE CUST_ID = :CUST_ID', 'side_effect'],
  ])('%s: %s', (sql, code) => expect(codesOf(sql)).toContain(code));
});

describe('whatever the condition (10,000 cases)', () => {
  interface KeyRow {
    readonly isKey: boolean;
    readonly x: boolean;
  }
  interface Condition {
    readonly sql: string;
    /** What the condition says of a row of the key, and of a row of somebody else. */
    readonly holds: (row: KeyRow) => boolean;
  }
  const key = fc.constantFrom<Condition>(
    { sql: 'CUST_ID = :CUST_ID', holds: ({ isKey }) => isKey },
    { sql: '? = t.CUST_ID', holds: ({ isKey }) => isKey },
  );
  const other = fc.constantFrom<Condition>(
    { sql: 'x = 1', holds: ({ x }) => x },
    { sql: '1 = 1', holds: () => true },
  );
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => {
    const two = fc.tuple(tie('condition'), tie('condition'));
    return {
      condition: fc.oneof(
        { maxDepth: 4 },
        key,
        other,
        two.map(([a, b]) => ({
          sql: `(${a.sql}) AND (${b.sql})`,
          holds: (row: KeyRow) => a.holds(row) && b.holds(row),
        })),
        two.map(([a, b]) => ({
          sql: `(${a.sql}) OR (${b.sql})`,
          holds: (row: KeyRow) => a.holds(row) || b.holds(row),
        })),
        tie('condition').map((a) => ({ sql: `NOT (${a.sql})`, holds: (row: KeyRow) => !a.holds(row) })),
        tie('condition').map((a) => ({ sql: `((${a.sql}))`, holds: a.holds })),
      ),
    };
  });

  test("a condition that is taken never holds for another's row", () => {
    let taken = 0;
    fc.assert(
      fc.property(condition, ({ sql, holds }) => {
        if (!guardUpdate(`UPDATE t SET a = 1 WHERE ${sql}`, 'postgres', 'CUST_ID').ok) return;
        taken++;
        for (const x of [true, false]) expect(holds({ isKey: false, x })).toBe(false);
      }),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(500);
  }, 60_000);
});
