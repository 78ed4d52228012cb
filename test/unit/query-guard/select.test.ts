import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeQueryFault, QUERY_FAULTS } from '../../../shared/domain/query-guard/faults.ts';
import { guardSelect } from '../../../shared/domain/query-guard/guard-select.ts';
import type { Dialect } from '../../../shared/domain/query-guard/token.ts';
import { referenceAllowsSelect, referenceBinds } from './reference.ts';

const DIALECTS: readonly Dialect[] = ['oracle', 'postgres', 'sqlite'];
const codesOf = (sql: string, dialect: Dialect): string[] => {
  const guarded = guardSelect(sql, dialect);
  return guarded.ok ? [] : guarded.faults.map(({ code }) => code);
};
const everywhere = (sql: string): string[] => [
  ...new Set(DIALECTS.flatMap((dialect) => codesOf(sql, dialect))),
];

describe('a SELECT is taken', () => {
  test.each([
    "SELECT CUST_ID, EMAIL FROM CUSTOMER WHERE STATUS = 'ACTIVE'",
    'select 1 from dual;',
    '(SELECT 1) UNION ALL (SELECT 2) ORDER BY 1',
    'WITH a AS (SELECT 1 x), b(y) AS (SELECT 2) SELECT * FROM a, b',
    '-- the active ones\nSELECT /* all */ * FROM t -- end',
    "SELECT 'it''s; DELETE FROM t --' FROM t",
    'SELECT "delete", t.update, REPLACE(a, b, c), UPDATE_DT, "a""b" FROM t',
    "SELECT NAME FROM DETAIL WHERE ID = :CUST_ID AND K = ? AND S = ':NOT_A_BIND ?'",
    'SELECT 고객명 FROM 고객 WHERE 번호 = :고객번호',
    'SELECT 1.5e-3, .5, 2. FROM t WHERE a <> b AND c != d AND e >= 1 AND f || g IS NOT NULL',
    'SELECT CASE WHEN a = 1 THEN 2 END FROM t FETCH FIRST 10 ROWS ONLY',
  ])('%s', (sql) => expect(everywhere(sql)).toEqual([]));

  test.each<[Dialect, string]>([
    ['oracle', "SELECT q'[it's; DELETE]' , nq'{x}' , Q'!a'b!' , q'<;>' , q'(;)', Nq'|'|' FROM dual"],
    ['oracle', 'SELECT /*+ INDEX(t ix) */ DBMS_LOB.SUBSTR(c, 10) FROM t WHERE a(+) = b'],
    [
      'postgres',
      "SELECT E'it\\'s; DELETE', $$;DELETE$$, $tag$ $$ ; $tag$, a::text, arr[1:2], n'x', '\\' FROM t",
    ],
    ['postgres', 'SELECT 1 /* a /* nested; DELETE */ comment */ FROM t WHERE j @> :X::jsonb'],
    ['sqlite', 'SELECT [a;b], `c;d`, "e;f", x\'00\' FROM t LIMIT 1'],
  ])('%s: %s', (dialect, sql) => expect(codesOf(sql, dialect)).toEqual([]));

  test('and comes back bare, so that it can be put into another query', () => {
    expect(guardSelect('-- a\nSELECT /* b */ :X, ?, :X /*+ h */ FROM t; -- c', 'oracle')).toEqual({
      ok: true,
      sql: 'SELECT   :X, ?, :X /*+ h */ FROM t',
      binds: ['X', '?'],
    });
  });
});

describe('a query is refused', () => {
  test.each([
    ['', 'empty'],
    [' -- nothing\n;', 'empty'],
    ['SELECT 1; DELETE FROM t', 'two_statements'],
    ['SELECT 1;;', 'two_statements'],
    ["SELECT 1 /* '; */ ; DELETE FROM t --'", 'two_statements'],
    ["SELECT ';' ; SELECT 2", 'two_statements'],
    ['DELETE FROM t', 'not_a_select'],
    ['UPDATE t SET a = 1', 'not_a_select'],
    ['EXPLAIN SELECT 1', 'not_a_select'],
    ['VALUES (1)', 'not_a_select'],
    ['"SELECT" 1', 'not_a_select'],
    ['SELECTED FROM t', 'not_a_select'],
    ['WITH a AS (SELECT 1) DELETE FROM a', 'changes_data'],
    ['WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a', 'changes_data'],
    ['WITH a AS (SELECT 1)', 'not_a_select'],
    ['SELECT * FROM t FOR UPDATE', 'locks_rows'],
    ['SELECT * FROM t FOR /**/ SHARE', 'locks_rows'],
    ['SELECT * FROM t FOR NO KEY UPDATE', 'locks_rows'],
    ['SELECT a INTO b FROM t', 'into'],
    ['SELECT 1 FROM t WHERE DROP = 1', 'changes_schema'],
    ['BEGIN DELETE FROM t; END;', 'program'],
    ['DECLARE x INT; BEGIN NULL; END', 'program'],
    ['WITH FUNCTION f RETURN NUMBER IS x SELECT f FROM dual', 'program'],
    ['SELECT s.NEXTVAL FROM dual', 'side_effect'],
    ["SELECT 'abc", 'unterminated'],
    ['SELECT "abc', 'unterminated'],
    ['SELECT 1 /* abc', 'unterminated'],
    ['SELECT 1 /*/', 'unterminated'],
    ['SELECT (1', 'parentheses'],
    ['SELECT 1) UNION SELECT 2 FROM (SELECT 3', 'parentheses'],
    ['SELECT 1\u0000', 'control_character'],
    ["SELECT '\u202e' FROM t", 'control_character'],
    ['SELECT 1 -- \u200b', 'control_character'],
    ['SELECT 1\uff1b DELETE FROM t', 'look_alike'],
    ['SELECT\u00a01', 'look_alike'],
    ['\u017fELECT 1', 'look_alike'],
    ['S\u0415LECT 1', 'look_alike'],
    ['\uff33ELECT 1', 'look_alike'],
    ['SELECT \u2018a\u2019', 'look_alike'],
    [`SELECT '${'x'.repeat(300_000)}'`, 'too_long'],
  ])('in every dialect: %s', (sql, code) => {
    for (const dialect of DIALECTS) expect(codesOf(sql, dialect)).toContain(code);
  });

  test.each<[Dialect, string, string]>([
    ['oracle', 'SELECT * FROM t@prod', 'database_link'],
    ['oracle', "SELECT UTL_HTTP.REQUEST('http://x') FROM dual", 'side_effect'],
    ['oracle', 'SELECT SYS.DBMS_LOCK.SLEEP(1) FROM dual', 'side_effect'],
    ['oracle', 'SELECT :1 FROM dual', 'foreign_bind'],
    ['oracle', "SELECT q'[abc' FROM dual", 'unterminated'],
    ['oracle', 'SELECT 1 /* a /* b */ c */ FROM dual; DELETE FROM t', 'two_statements'],
    ['postgres', 'SELECT pg_sleep(10)', 'side_effect'],
    ['postgres', 'SELECT pg_catalog."pg_sleep" (10)', 'side_effect'],
    ['postgres', "SELECT * FROM dblink('x', 'y')", 'side_effect'],
    ['postgres', "SELECT lo_import('/etc/passwd')", 'side_effect'],
    ['postgres', 'SELECT $1', 'foreign_bind'],
    ['postgres', "SELECT U&'x'", 'foreign_literal'],
    ['postgres', 'SELECT $a$ x $b$', 'unterminated'],
    ['postgres', 'SELECT 1 /* a /* b */', 'unterminated'],
    ['postgres', "SELECT E'a\\'; DELETE FROM t", 'unterminated'],
    ['postgres', "SELECT '\\'; DELETE FROM t --'", 'two_statements'],
    ['sqlite', "SELECT load_extension('x')", 'side_effect'],
    ['sqlite', 'SELECT @a', 'foreign_bind'],
    ['sqlite', 'SELECT ?1', 'foreign_bind'],
    ['sqlite', 'SELECT [abc', 'unterminated'],
  ])('in %s: %s', (dialect, sql, code) => expect(codesOf(sql, dialect)).toContain(code));

  test('in both languages, without repeating strings of the query', () => {
    const guarded = guardSelect("SELECT 'secret' FROM t@prod; DELETE FROM t", 'oracle');
    const told = guarded.ok ? [] : guarded.faults.map((fault) => describeQueryFault(fault, 'en'));
    expect(told).toEqual([
      'it holds more than one statement',
      'a database link (@) leaves the source',
      'DELETE would change data',
    ]);
    for (const { en, ko } of Object.values(QUERY_FAULTS)) {
      expect(ko).toMatch(/[가-힣]/);
      expect([...en.matchAll(/\{\w+\}/g)].map(String).sort()).toEqual(
        [...ko.matchAll(/\{\w+\}/g)].map(String).sort(),
      );
    }
  });
});

const FRAGMENTS = [
  'SELECT',
  'select',
  'WITH',
  'a',
  'AS',
  'FROM t',
  '(',
  ')',
  '( SELECT 1 )',
  ',',
  ';',
  "'",
  "''",
  "'x'",
  '"',
  '"y"',
  '`',
  '[',
  ']',
  '--',
  '/*',
  '*/',
  '/* c */',
  '\n',
  '\\',
  "q'[",
  "]'",
  "q'!",
  "!'",
  "E'",
  "e'\\''",
  '$$',
  '$t$',
  'DELETE',
  'UPDATE',
  'FOR UPDATE',
  'FOR SHARE',
  'INTO',
  'DROP',
  'BEGIN',
  'NEXTVAL',
  'pg_sleep(1)',
  't.update',
  ':A',
  '::b',
  '?',
  '@',
  'x@y',
  '고객',
  '1',
  '1.5',
  '=',
  'WHERE',
  'INSERT',
  'DELETED',
  '_DROP',
];

describe('against the scan of every character', () => {
  const usual = fc
    .array(fc.constantFrom(...FRAGMENTS), { maxLength: 14 })
    .chain((parts) =>
      fc
        .array(fc.constantFrom(' ', ' ', ' ', '', '\n'), { minLength: parts.length, maxLength: parts.length })
        .map((gaps) => parts.map((part, index) => part + (gaps[index] ?? '')).join('')),
    );
  const query = fc.oneof(
    usual,
    usual.map((tail) => `SELECT 1 ${tail}`),
    usual.map((tail) => `WITH a AS ( SELECT 1 ) ${tail}`),
  );

  test.each(DIALECTS)(
    'in %s the same queries are taken, with the same binds (10,000 cases)',
    (dialect) => {
      let taken = 0;
      fc.assert(
        fc.property(query, (sql) => {
          const guarded = guardSelect(sql, dialect);
          const foreign =
            !guarded.ok &&
            guarded.faults.some(
              ({ code }) => code === 'foreign_bind' || code === 'look_alike' || code === 'foreign_literal',
            );
          if (foreign) return;
          expect(guarded.ok).toBe(referenceAllowsSelect(sql, dialect));
          if (!guarded.ok) return;
          taken++;
          expect(guarded.binds).toEqual(referenceBinds(sql, dialect));
          expect(guardSelect(guarded.sql, dialect)).toEqual(guarded);
        }),
        { numRuns: 10_000 },
      );
      expect(taken).toBeGreaterThan(500);
    },
    60_000,
  );
});
