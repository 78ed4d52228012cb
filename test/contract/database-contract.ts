import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, type SqlRow, UniqueViolation } from '../../shared/ports/database.ts';

/** How an engine is made ready for the suite: an empty database, and its words for the column types. */
export interface DatabaseDriver {
  readonly name: string;
  readonly types: Readonly<Record<'text' | 'int' | 'blob', string>>;
  open(): Promise<{ readonly database: Database; close(): Promise<void> }>;
}

const BEYOND_2_53 = 9_007_199_254_740_993n;

export const databaseContract = (driver: DatabaseDriver): void => {
  describe(`Database: ${driver.name}`, () => {
    let opened: Awaited<ReturnType<DatabaseDriver['open']>>;
    let database: Database;
    const { text, int, blob } = driver.types;

    const insert = (id: string, n: number | bigint | null = null) => ({
      sql: 'INSERT INTO thing (id, n) VALUES (?, ?)',
      values: [id, n],
    });
    const ids = async () =>
      (await database.all<{ id: string }>('SELECT id FROM thing ORDER BY id')).map((row) => row.id);
    const fill = (count: number) =>
      database.atomic([
        {
          sql: 'INSERT INTO thing (id, n) VALUES (?, ?)',
          rows: Array.from({ length: count }, (_, n) => [`k${String(n).padStart(6, '0')}`, n]),
        },
      ]);

    beforeAll(async () => {
      opened = await driver.open();
      database = opened.database;
      await database.run(`CREATE TABLE thing (id ${text} PRIMARY KEY, n ${int}, body ${text}, data ${blob})`);
    });
    beforeEach(async () => {
      await database.run('DELETE FROM thing');
    });
    afterAll(() => opened.close());

    it('does what is fleeting whole or not at all, alone and beside what lasts', async () => {
      const fleeting = (id: string) => ({ ...insert(id), fleeting: true as const });
      await database.atomic([fleeting('a')]);
      await Promise.all([database.atomic([fleeting('b')]), database.atomic([insert('c')])]);
      await database.atomic([fleeting('d'), insert('e')]);
      expect(await ids()).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(await database.atomic([fleeting('f'), { ...fleeting('g'), expect: 2 }])).toEqual({
        committed: false,
        failed: 1,
      });
      await expect(database.atomic([fleeting('h'), fleeting('a')])).rejects.toBeInstanceOf(UniqueViolation);
      expect(await ids()).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    it('counts the rows that a statement changed', async () => {
      await fill(5);
      expect(await database.run('UPDATE thing SET body = ? WHERE n >= ?', ['x', 3])).toBe(2);
      expect(await database.run('UPDATE thing SET body = ? WHERE n = ?', ['x', 99])).toBe(0);
    });

    it('keeps integers beyond 2^53 exact and gives small ones as numbers', async () => {
      await database.run('INSERT INTO thing (id, n) VALUES (?, ?)', ['big', BEYOND_2_53]);
      await database.run('INSERT INTO thing (id, n) VALUES (?, ?)', ['small', Number.MAX_SAFE_INTEGER]);
      expect(await database.all('SELECT id, n FROM thing ORDER BY id')).toEqual([
        { id: 'big', n: BEYOND_2_53 },
        { id: 'small', n: Number.MAX_SAFE_INTEGER },
      ]);
    });

    it('asks one query for each row of values and keeps their order, also where nothing is found', async () => {
      await fill(3);
      const each = await database.each('SELECT n FROM thing WHERE n >= ? AND n < ? ORDER BY n', [
        [1, 3],
        [9, 10],
        [0, 1],
      ]);
      expect(each).toEqual([[{ n: 1 }, { n: 2 }], [], [{ n: 0 }]]);
      expect(await database.each('SELECT n FROM thing WHERE n = ?', [])).toEqual([]);
    });

    it('keeps big integers exact in a stream too', async () => {
      await database.run('INSERT INTO thing (id, n) VALUES (?, ?)', ['big', BEYOND_2_53]);
      const rows: SqlRow[] = [];
      for await (const chunk of database.stream('SELECT n FROM thing', [], 10)) rows.push(...chunk);
      expect(rows).toEqual([{ n: BEYOND_2_53 }]);
    });

    it('keeps Korean text, bytes and NULL', async () => {
      const bytes = new Uint8Array([0, 1, 254, 255]);
      await database.run('INSERT INTO thing (id, n, body, data) VALUES (?, ?, ?, ?)', [
        'a',
        null,
        '홍길동 "고객"; --',
        bytes,
      ]);
      const [row] = await database.all('SELECT * FROM thing');
      expect(row).toMatchObject({ id: 'a', n: null, body: '홍길동 "고객"; --' });
      expect(new Uint8Array(row?.data as Uint8Array)).toEqual(bytes);
    });

    it('keeps a number in a text column without a decimal point', async () => {
      await database.run(`INSERT INTO thing (id, body) SELECT 'a', CAST(? AS ${text})`, [5]);
      expect(await database.all('SELECT body FROM thing')).toEqual([{ body: '5' }]);
    });

    it('commits all steps together and tells what each changed', async () => {
      const result = await database.atomic([
        {
          sql: 'INSERT INTO thing (id, n) VALUES (?, ?)',
          rows: [
            ['a', 1],
            ['b', 2],
          ],
          expect: 2,
        },
        { sql: 'UPDATE thing SET n = n + 1 WHERE id = ?', rows: [['a'], ['nobody'], ['b']] },
        { sql: 'SELECT n FROM thing ORDER BY id' },
      ]);
      expect(result).toEqual({
        committed: true,
        steps: [
          { rows: [], changes: [1, 1] },
          { rows: [], changes: [1, 0, 1] },
          { rows: [{ n: 2 }, { n: 3 }], changes: [0] },
        ],
      });
    });

    it('rolls everything back when an expectation does not hold, and names the step', async () => {
      await fill(1);
      const result = await database.atomic([
        insert('a'),
        { sql: 'UPDATE thing SET n = 7 WHERE id = ?', values: ['nobody'], expect: 1 },
        insert('b'),
      ]);
      expect(result).toEqual({ committed: false, failed: 1 });
      expect(await ids()).toEqual(['k000000']);
    });

    it('says that an expectation did not hold also where a later step could not have been done', async () => {
      await database.atomic([insert('a')]);
      const unmet = { sql: 'UPDATE thing SET n = 7 WHERE id = ?', values: ['nobody'], expect: 1 };
      expect(await database.atomic([unmet, insert('a')])).toEqual({ committed: false, failed: 0 });
      expect(await database.atomic([insert('b'), unmet, { sql: 'SELECT x FROM nowhere' }])).toEqual({
        committed: false,
        failed: 1,
      });
      expect(await database.atomic([insert('b')])).toMatchObject({ committed: true });
    });

    it('rolls everything back when more rows changed than expected', async () => {
      await fill(3);
      expect(await database.atomic([{ sql: 'DELETE FROM thing', expect: 1 }])).toEqual({
        committed: false,
        failed: 0,
      });
      expect(await ids()).toHaveLength(3);
    });

    it('names a refusal by a unique index, and nothing of the transaction stays', async () => {
      await database.run('INSERT INTO thing (id) VALUES (?)', ['a']);
      await expect(database.atomic([insert('b'), insert('a')])).rejects.toBeInstanceOf(UniqueViolation);
      await expect(database.run('INSERT INTO thing (id) VALUES (?)', ['a'])).rejects.toBeInstanceOf(
        UniqueViolation,
      );
      expect(await ids()).toEqual(['a']);
    });

    it('goes on after a statement that makes no sense', async () => {
      await expect(database.all('SELEKT 1')).rejects.toThrow(/syntax|SELEKT/i);
      await expect(database.atomic([insert('a'), { sql: 'SELECT x FROM nowhere' }])).rejects.toThrow(
        /nowhere/i,
      );
      await database.run('INSERT INTO thing (id) VALUES (?)', ['b']);
      expect(await ids()).toEqual(['b']);
    });

    it('keeps the transactions of many callers apart', async () => {
      await database.run('INSERT INTO thing (id, n) VALUES (?, ?)', ['sum', 0]);
      const calls = Array.from({ length: 60 }, (_, i) =>
        database
          .atomic([
            { sql: 'UPDATE thing SET n = n + 1 WHERE id = ?', values: ['sum'] },
            insert(`own-${String(i).padStart(2, '0')}`),
            ...(i % 3 === 0 ? [insert('sum')] : []),
            ...(i % 3 === 1
              ? [{ sql: 'DELETE FROM thing WHERE id = ?', values: ['nobody'], expect: 1 }]
              : []),
          ])
          .then(
            (result) => (result.committed ? 'committed' : `failed ${result.failed}`),
            (thrown: Error) => thrown.name,
          ),
      );
      const outcomes = await Promise.all(calls);
      expect(outcomes).toEqual(outcomes.map((_, i) => ['UniqueViolation', 'failed 2', 'committed'][i % 3]));
      expect(await database.all('SELECT n FROM thing WHERE id = ?', ['sum'])).toEqual([{ n: 20 }]);
      expect(await ids()).toHaveLength(21);
    });

    it('tells the columns of a query without running it', async () => {
      expect(await database.columns('SELECT id AS cust, n, n + 1 AS more FROM thing WHERE id = ?')).toEqual([
        'cust',
        'n',
        'more',
      ]);
    });

    it('streams all rows in chunks, in order', async () => {
      await fill(2500);
      const sizes: number[] = [];
      const seen: SqlRow[] = [];
      for await (const chunk of database.stream('SELECT n FROM thing WHERE n >= ? ORDER BY n', [10], 1000)) {
        sizes.push(chunk.length);
        seen.push(...chunk);
      }
      expect(sizes).toEqual([1000, 1000, 490]);
      expect(seen).toEqual(Array.from({ length: 2490 }, (_, i) => ({ n: i + 10 })));
    });

    it('streams nothing without a chunk', async () => {
      const chunks: unknown[] = [];
      for await (const chunk of database.stream('SELECT n FROM thing', [], 10)) chunks.push(chunk);
      expect(chunks).toEqual([]);
    });

    it('writes, and fails to write, while a stream is open, and the stream keeps its rows', async () => {
      await fill(100);
      const seen: number[] = [];
      for await (const chunk of database.stream('SELECT id, n FROM thing ORDER BY n', [], 10)) {
        for (const row of chunk) seen.push(Number(row.n));
        await database.atomic([
          { sql: 'UPDATE thing SET n = n + 1000 WHERE id = ?', rows: chunk.map((row) => [row.id ?? null]) },
        ]);
        await database.atomic([
          insert(`new-${seen.length}`, 50),
          { sql: 'DELETE FROM thing WHERE id = ?', values: ['nobody'], expect: 1 },
        ]);
      }
      expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
      expect(await database.all('SELECT count(*) AS c FROM thing WHERE n >= 1000')).toEqual([{ c: 100 }]);
    });

    it('runs several streams side by side', async () => {
      await fill(50);
      const read = async () => {
        let count = 0;
        for await (const chunk of database.stream('SELECT id FROM thing', [], 7)) count += chunk.length;
        return count;
      };
      expect(await Promise.all(Array.from({ length: 8 }, read))).toEqual(Array(8).fill(50));
    });

    it('lets go of a stream that was left early, again and again', async () => {
      await fill(100);
      for (let round = 0; round < 20; round += 1) {
        for await (const chunk of database.stream('SELECT id FROM thing ORDER BY id', [], 10)) {
          expect(chunk).toHaveLength(10);
          break;
        }
      }
      await database.run('DELETE FROM thing');
      expect(await ids()).toEqual([]);
    });

    it('throws the fault of a stream to its reader', async () => {
      const read = async () => {
        for await (const _ of database.stream('SELECT x FROM nowhere', [], 10)) expect.unreachable();
      };
      await expect(read()).rejects.toThrow(/nowhere/i);
    });
  });
};
