import { describe, expect, it } from 'vitest';
import { oracleText } from '../../../shared/adapters/oracle/statement.ts';
import { oracleDialect } from '../../../shared/adapters/sql/dialects/oracle.ts';

describe('a statement for Oracle', () => {
  it.each([
    ['SELECT a FROM b WHERE c = ? AND d = ?', 'SELECT a FROM b WHERE c = :b1 AND d = :b2'],
    [`SELECT '?' FROM b WHERE c = 'it''s ?' AND d = ?`, `SELECT '?' FROM b WHERE c = 'it''s ?' AND d = :b1`],
    ['SELECT ?, 1', 'SELECT :b1, 1 FROM DUAL'],
    [
      'INSERT INTO a (b) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM a WHERE b = ?)',
      'INSERT INTO a (b) SELECT :b1 FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM a WHERE b = :b2)',
    ],
    ['SELECT (SELECT 1) FROM a', 'SELECT (SELECT 1 FROM DUAL) FROM a'],
    ['SELECT EXTRACT(DAY FROM x) WHERE 1 = 1', 'SELECT EXTRACT(DAY FROM x) FROM DUAL WHERE 1 = 1'],
    ['SELECT 1 UNION ALL SELECT a FROM b', 'SELECT 1 FROM DUAL UNION ALL SELECT a FROM b'],
    ['UPDATE a SET b = (SELECT MAX(c) FROM d)', 'UPDATE a SET b = (SELECT MAX(c) FROM d)'],
  ])('%s', (sql, text) => {
    expect(oracleText(sql)).toBe(text);
  });
});

describe('the dialect of Oracle', () => {
  it('writes a row that may be there with MERGE', () => {
    const sql = oracleDialect.upsert({
      table: 'counter',
      key: ['id'],
      keep: ['begun'],
      replace: ['seen'],
      combine: (was, given) => ({ hits: `${was}.hits + ${given}.hits` }),
      select: 'SELECT ? AS id, 1 AS begun, 2 AS seen, 3 AS hits WHERE 1 = 1',
    });
    expect(oracleText(sql)).toBe(
      'MERGE INTO counter o USING (SELECT :b1 AS id, 1 AS begun, 2 AS seen, 3 AS hits FROM DUAL WHERE 1 = 1) n ON (o.id = n.id) ' +
        'WHEN MATCHED THEN UPDATE SET o.seen = n.seen, o.hits = o.hits + n.hits ' +
        'WHEN NOT MATCHED THEN INSERT (id, begun, seen, hits) VALUES (n.id, n.begun, n.seen, n.hits)',
    );
  });

  it('leaves a row that is there as it is where nothing is to be replaced', () => {
    const select = 'SELECT ? AS id WHERE 1 = 1';
    expect(oracleDialect.upsert({ table: 'a', key: ['id'], replace: [], select })).not.toContain(
      'WHEN MATCHED',
    );
  });

  it('makes a table again without a fault, with the quotes within kept', () => {
    expect(oracleDialect.ddl.unlessThere(`CREATE TABLE a (b VARCHAR2(9) DEFAULT '-')`)).toMatch(
      /^BEGIN EXECUTE IMMEDIATE 'CREATE TABLE a \(b VARCHAR2\(9\) DEFAULT ''-''\)'; EXCEPTION .*-955.* END;$/,
    );
  });
});
