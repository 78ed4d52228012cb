import { describe, expect, test } from 'vitest';
import { bindNames, rewriteBinds } from '../../../shared/domain/query-guard/binds.ts';
import { dialectOf } from '../../../shared/domain/query-guard/token.ts';

describe('binds', () => {
  test('are found once each, and only where they are binds', () =>
    expect(bindNames(`SELECT :B, ?, :A, :B, a::text, ':C', "x:D" /* :E */ FROM t -- :F`, 'postgres')).toEqual(
      ['B', '?', 'A'],
    ));

  test('keep their case', () => expect(bindNames('SELECT :CustId', 'oracle')).toEqual(['CustId']));

  test("become the engine's own signs", () => {
    const sql = "SELECT ':A' FROM t WHERE a = :A AND b = ? AND c = :A::text";
    expect(rewriteBinds(sql, 'postgres', (_, index) => `$${index + 1}`)).toBe(
      "SELECT ':A' FROM t WHERE a = $1 AND b = $2 AND c = $3::text",
    );
    expect(rewriteBinds(sql, 'oracle', (name) => (name === '?' ? ':k' : `:c_${name}`))).toBe(
      "SELECT ':A' FROM t WHERE a = :c_A AND b = :k AND c = :c_A::text",
    );
  });

  test('of a query that cannot be read are a named fault', () =>
    expect(() => bindNames("SELECT 'x", 'sqlite')).toThrow('a string is not closed'));

  test('CSV is read through SQLite', () => {
    expect(dialectOf('csv')).toBe('sqlite');
    expect(dialectOf('oracle')).toBe('oracle');
  });
});
