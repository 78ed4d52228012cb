import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSqliteSource } from '../../shared/adapters/sources/sqlite/source.ts';
import type { Row } from '../../shared/domain/row.ts';
import type { Source } from '../../shared/ports/source.ts';
import { openInlineSqlite } from '../fixtures/inline-sqlite.ts';
import { COLUMNS, type CustomerRow, sourceContract } from './source-contract.ts';

sourceContract({
  adapter: 'SQLite',
  setUp: async (rows) => {
    const folder = await mkdtemp(join(tmpdir(), 'tank-source-'));
    const file = join(folder, 'customers.db');
    await fill(file, rows);
    const source = createSqliteSource({ name: 'core-db', file, open: openInlineSqlite });
    return {
      source,
      vanish: () => rm(file),
      close: async () => {
        await source.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
});

const fill = async (file: string, rows: Iterable<CustomerRow>) => {
  const database = await openInlineSqlite(file, { readOnly: false });
  await database.run(
    `CREATE TABLE CUSTOMER (CUST_ID TEXT COLLATE NOCASE, NAME TEXT, EMAIL TEXT, TEAM TEXT, SEND_YN TEXT CHECK (length(SEND_YN) = 1))`,
  );
  await database.run('CREATE INDEX CUSTOMER_ID ON CUSTOMER (CUST_ID)');
  await database.atomic([
    {
      sql: 'INSERT INTO CUSTOMER VALUES (?, ?, ?, ?, ?)',
      rows: Array.from(rows, (row) => COLUMNS.map((column) => row[column])),
    },
  ]);
  await database.close();
};

describe('a SQLite file of a customer', () => {
  const open = async (...statements: readonly string[]) => {
    const folder = await mkdtemp(join(tmpdir(), 'tank-source-'));
    const file = join(folder, 'customers.db');
    const database = await openInlineSqlite(file, { readOnly: false });
    for (const statement of statements) await database.run(statement);
    await database.close();
    return { file, source: createSqliteSource({ name: 'core-db', file, open: openInlineSqlite }) };
  };
  const rowsOf = async (source: Source, sql: string, key: string, after?: string) => {
    const rows: Row[] = [];
    for await (const chunk of source.target({ sql, key, ...(after ? { after } : {}) })) rows.push(...chunk);
    return rows;
  };

  it('orders and resumes integer keys as texts, also beyond 2^53', async () => {
    const { source } = await open(
      'CREATE TABLE C (ID INTEGER, AMOUNT INTEGER)',
      'INSERT INTO C VALUES (9, 1), (10, 9007199254740993), (9223372036854775807, 3)',
    );
    expect(await rowsOf(source, 'SELECT * FROM C', 'ID')).toEqual([
      { ID: '10', AMOUNT: '9007199254740993' },
      { ID: '9', AMOUNT: 1 },
      { ID: '9223372036854775807', AMOUNT: 3 },
    ]);
    expect(await rowsOf(source, 'SELECT * FROM C', 'ID', '9')).toEqual([
      { ID: '9223372036854775807', AMOUNT: 3 },
    ]);
    const mapped = await source.map(
      { name: 'C', sql: 'SELECT AMOUNT FROM C WHERE ID = ?' },
      [{ ID: '9223372036854775807' }],
      'ID',
    );
    expect(mapped).toEqual([[{ AMOUNT: 3 }]]);
  });

  it('takes Korean column names and binds', async () => {
    const { source } = await open(
      'CREATE TABLE 고객 (고객번호 TEXT, 이름 TEXT)',
      "INSERT INTO 고객 VALUES ('07', '홍길동')",
    );
    const rows = await rowsOf(source, 'SELECT 고객번호, 이름 FROM 고객', '고객번호');
    expect(rows).toEqual([{ 고객번호: '07', 이름: '홍길동' }]);
    const mapped = await source.map(
      { name: '고객', sql: 'SELECT 이름 FROM 고객 WHERE 고객번호 = :고객번호' },
      rows,
      '고객번호',
    );
    expect(mapped).toEqual([[{ 이름: '홍길동' }]]);
  });

  it('reads the file that stands there now, not the one that it opened once', async () => {
    const one = await open('CREATE TABLE C (ID TEXT)', "INSERT INTO C VALUES ('old')");
    const other = await open('CREATE TABLE C (ID TEXT)', "INSERT INTO C VALUES ('new')");
    expect(await rowsOf(one.source, 'SELECT ID FROM C', 'ID')).toEqual([{ ID: 'old' }]);
    await rename(other.file, one.file);
    expect(await rowsOf(one.source, 'SELECT ID FROM C', 'ID')).toEqual([{ ID: 'new' }]);
  });

  it('says that a file is no database', async () => {
    const { file, source } = await open('CREATE TABLE C (ID TEXT)');
    await writeFile(file, 'ID,NAME\n'.repeat(1000));
    await expect(rowsOf(source, 'SELECT ID FROM C', 'ID')).rejects.toMatchObject({
      code: 'source_query_failed',
    });
  });
});
