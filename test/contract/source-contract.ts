import { afterEach, describe, expect, it } from 'vitest';
import { TankError } from '../../shared/domain/errors.ts';
import type { Row } from '../../shared/domain/row.ts';
import type { Source } from '../../shared/ports/source.ts';

export type Cell = string | null;

/** The one table of the contract, CUSTOMER; every column is a text of up to 200 characters. */
export const COLUMNS = ['CUST_ID', 'NAME', 'EMAIL', 'TEAM', 'SEND_YN'] as const;
export type CustomerRow = Readonly<Record<(typeof COLUMNS)[number], Cell>>;

export interface SourceDriver {
  readonly source: Source;
  /** Makes the source go away, as a server or a file does. */
  vanish(): Promise<void>;
  close(): Promise<void>;
}

export interface SourceFacts {
  readonly adapter: string;
  /** A source over a table with these rows. */
  setUp(rows: Iterable<CustomerRow>): Promise<SourceDriver>;
  /** Oracle keeps no empty string apart from NULL. */
  readonly emptyIsNull?: boolean;
  /** It takes no update at all, and says so. */
  readonly readOnly?: true;
  /** Why it is not held against the contract here. */
  readonly notRun?: string;
  /** Rows of the large table, and what the process may grow by while it is read. */
  readonly large?: number;
}

export const customer = (id: Cell, more: Partial<CustomerRow> = {}): CustomerRow => ({
  CUST_ID: id,
  NAME: `고객 ${id}`,
  EMAIL: `c${id}@example.com`,
  TEAM: 'A',
  SEND_YN: 'N',
  ...more,
});

const TARGET = 'SELECT CUST_ID, NAME, EMAIL, TEAM FROM CUSTOMER';

/** Column names come as the engine folds them. */
const cell = (row: Row | undefined, name: string) =>
  Object.entries(row ?? {}).find(([column]) => column.toUpperCase() === name)?.[1];

export const sourceContract = (facts: SourceFacts): void => {
  const name = `a source in ${facts.adapter}`;
  if (facts.notRun) {
    describe.skip(`${name} (${facts.notRun})`, () => it('is held against the contract', () => undefined));
    return;
  }
  describe(name, () => contract(facts));
};

const contract = (facts: SourceFacts) => {
  const opened: SourceDriver[] = [];
  afterEach(async () => {
    for (const driver of opened.splice(0)) await driver.close();
  });
  const setUp = async (rows: Iterable<CustomerRow>) => {
    const driver = await facts.setUp(rows);
    opened.push(driver);
    return driver;
  };
  const read = async (source: Source, after?: string, sql = TARGET, key = 'CUST_ID'): Promise<Row[]> => {
    const rows: Row[] = [];
    for await (const chunk of source.target({ sql, key, ...(after === undefined ? {} : { after }) }))
      rows.push(...chunk);
    return rows;
  };
  const keys = (rows: readonly Row[]) => rows.map((row) => row.CUST_ID);
  const fault = (promise: Promise<unknown>): Promise<TankError> =>
    promise.then(
      () => Promise.reject(new Error('nothing was thrown')),
      (thrown: unknown) => (thrown instanceof TankError ? thrown : Promise.reject(thrown)),
    );

  describe('target', () => {
    it('comes in binary order of the key, whatever order the query asks for', async () => {
      const { source } = await setUp(
        ['b', 'a', 'B', '가', '10', '9', 'Z', 'ㄱ', '_'].map((id) => customer(id)),
      );
      expect(keys(await read(source, undefined, `${TARGET} ORDER BY NAME DESC`))).toEqual([
        '10',
        '9',
        'B',
        'Z',
        '_',
        'a',
        'b',
        'ㄱ',
        '가',
      ]);
    });

    it('keeps leading zeros, twenty digits and Korean as they are', async () => {
      const { source } = await setUp([
        customer('0000000012', { NAME: '홍길동' }),
        customer('98765432109876543210'),
        customer('12'),
      ]);
      const rows = await read(source);
      expect(keys(rows)).toEqual(['0000000012', '12', '98765432109876543210']);
      expect(cell(rows[0], 'NAME')).toBe('홍길동');
    });

    it('goes on after a key', async () => {
      const { source } = await setUp(['01', '02', '03', '10'].map((id) => customer(id)));
      expect(keys(await read(source, '02'))).toEqual(['03', '10']);
      expect(keys(await read(source, '10'))).toEqual([]);
      expect(keys(await read(source, '025'))).toEqual(['03', '10']);
    });

    it('never parts two rows of one key, so that going on after it loses nothing', async () => {
      const twins = Array.from({ length: 3 }, (_, n) => customer('0499', { EMAIL: `twin${n}@example.com` }));
      const others = Array.from({ length: 1200 }, (_, n) => String(n).padStart(4, '0')).filter(
        (id) => id !== '0499',
      );
      const { source } = await setUp([...others.map((id) => customer(id)), ...twins]);
      let seen = 0;
      for await (const chunk of source.target({ sql: TARGET, key: 'CUST_ID' })) {
        const here = chunk.filter((row) => row.CUST_ID === '0499').length;
        expect([0, 3]).toContain(here);
        seen += chunk.length;
      }
      expect(seen).toBe(1202);
    });

    it('names a key column that is none: too many rows share one value', async () => {
      const { source } = await setUp(Array.from({ length: 11_000 }, (_, n) => customer(String(n))));
      expect(await fault(read(source, undefined, TARGET, 'TEAM'))).toMatchObject({
        code: 'source_query_failed',
      });
    });

    it('yields rows without a key first, and only from the beginning', async () => {
      const { source } = await setUp([customer('1'), customer(null), customer(''), customer('2')]);
      const none = facts.emptyIsNull ? [null, null] : [null, ''];
      expect(keys(await read(source)).sort()).toEqual([...none, '1', '2'].sort());
      expect(keys(await read(source)).slice(2)).toEqual(['1', '2']);
      expect(keys(await read(source, '1'))).toEqual(['2']);
    });

    it('yields nothing of an empty table', async () => {
      const { source } = await setUp([]);
      expect(await read(source)).toEqual([]);
    });

    it('finds the key column in another case, and gives the key under the name asked for', async () => {
      const { source } = await setUp([customer('1')]);
      expect(
        (await read(source, undefined, 'SELECT cust_id, name FROM CUSTOMER', 'Cust_Id'))[0],
      ).toMatchObject({ Cust_Id: '1' });
    });

    it('names a key column that the query does not yield', async () => {
      const { source } = await setUp([customer('1')]);
      expect(await fault(read(source, undefined, TARGET, 'NUMBER'))).toMatchObject({
        code: 'source_columns_missing',
        facts: { column: 'NUMBER' },
      });
    });

    it('takes a query that ends in a comment or a semicolon', async () => {
      const { source } = await setUp([customer('1')]);
      expect(keys(await read(source, undefined, `${TARGET} -- all`))).toEqual(['1']);
      expect(keys(await read(source, undefined, `${TARGET};\n`))).toEqual(['1']);
    });

    it('stops between two chunks when it is told to', async () => {
      const { source } = await setUp(
        Array.from({ length: 2000 }, (_, n) => customer(String(n).padStart(4, '0'))),
      );
      const stop = new AbortController();
      const walk = async () => {
        for await (const _ of source.target({ sql: TARGET, key: 'CUST_ID', signal: stop.signal }))
          stop.abort(new Error('told to'));
      };
      await expect(walk()).rejects.toThrow('told to');
      expect(keys(await read(source, '1998'))).toEqual(['1999']);
    });

    it('can be left in the middle', async () => {
      const { source } = await setUp(
        Array.from({ length: 2000 }, (_, n) => customer(String(n).padStart(4, '0'))),
      );
      for (let round = 0; round < 20; round += 1) {
        for await (const _ of source.target({ sql: TARGET, key: 'CUST_ID' })) break;
      }
      expect(await read(source)).toHaveLength(2000);
    });

    it('reads a large table in a small memory', { timeout: 60_000 }, async () => {
      const size = facts.large ?? 60_000;
      const rows = function* () {
        for (let n = 0; n < size; n += 1)
          yield customer(String(n).padStart(8, '0'), { EMAIL: 'x'.repeat(190) });
      };
      const { source } = await setUp(rows());
      let count = 0;
      let before = 0;
      let most = 0;
      for await (const chunk of source.target({ sql: TARGET, key: 'CUST_ID' })) {
        count += chunk.length;
        if (before === 0 && count > size / 10) before = process.memoryUsage().rss;
        most = Math.max(most, process.memoryUsage().rss);
      }
      expect(count).toBe(size);
      expect((most - before) / 1024 / 1024).toBeLessThan(80);
    });
  });

  describe('map', () => {
    const three = [customer('1', { TEAM: 'A' }), customer('2', { TEAM: 'B' }), customer('3', { TEAM: 'A' })];
    const names = (lists: readonly (readonly Row[])[], column: string) =>
      lists.map((list) => list.map((row) => cell(row, column)));

    it('gives each row its own list: none, one or many, in the order of the query', async () => {
      const { source } = await setUp(three);
      const rows = await read(source);
      const many = await source.map(
        { name: 'TEAM', sql: 'SELECT CUST_ID, NAME FROM CUSTOMER WHERE TEAM = :TEAM ORDER BY CUST_ID DESC' },
        rows,
        'CUST_ID',
      );
      expect(names(many, 'CUST_ID')).toEqual([['3', '1'], ['2'], ['3', '1']]);
      const none = await source.map(
        { name: 'NONE', sql: 'SELECT NAME FROM CUSTOMER WHERE CUST_ID = :NAME' },
        rows,
        'CUST_ID',
      );
      expect(none).toEqual([[], [], []]);
    });

    it('binds ? to the key, and one column as often as it stands there', async () => {
      const { source } = await setUp(three);
      const sql =
        'SELECT NAME FROM CUSTOMER WHERE CUST_ID = ? AND TEAM = :TEAM AND (CUST_ID = :CUST_ID OR TEAM = :TEAM)';
      const mapped = await source.map({ name: 'SELF', sql }, await read(source), 'CUST_ID');
      expect(names(mapped, 'NAME')).toEqual([['고객 1'], ['고객 2'], ['고객 3']]);
    });

    it('binds a column that may hold nothing, and asks for that', async () => {
      const { source } = await setUp([customer('1', { TEAM: null }), customer('2', { TEAM: 'B' })]);
      const sql = 'SELECT CUST_ID FROM CUSTOMER WHERE :TEAM IS NULL OR TEAM = :TEAM ORDER BY CUST_ID';
      const mapped = await source.map({ name: 'T', sql }, await read(source), 'CUST_ID');
      expect(names(mapped, 'CUST_ID')).toEqual([['1', '2'], ['2']]);
    });

    it('binds values and never text: a quote in a value stays a value', async () => {
      const { source } = await setUp([
        customer('1', { TEAM: `x' OR '1'='1` }),
        customer('2', { TEAM: '{a,"b"}\\' }),
      ]);
      const sql = 'SELECT CUST_ID FROM CUSTOMER WHERE TEAM = :TEAM';
      const mapped = await source.map({ name: 'TEAM', sql }, await read(source), 'CUST_ID');
      expect(names(mapped, 'CUST_ID')).toEqual([['1'], ['2']]);
    });

    it('takes a bind that holds nothing for the first row', async () => {
      const { source } = await setUp([customer('1', { TEAM: null }), customer('2', { TEAM: 'B' })]);
      const mapped = await source.map(
        { name: 'T', sql: 'SELECT CUST_ID FROM CUSTOMER WHERE TEAM = :TEAM' },
        await read(source),
        'CUST_ID',
      );
      expect(names(mapped, 'CUST_ID')).toEqual([[], ['2']]);
    });

    it('joins many rows at once without mixing them up', async () => {
      const { source } = await setUp(
        Array.from({ length: 1100 }, (_, n) => customer(String(n).padStart(4, '0'))),
      );
      const rows = (await read(source)).reverse();
      const mapped = await source.map(
        { name: 'C', sql: 'SELECT NAME FROM CUSTOMER WHERE CUST_ID = :CUST_ID' },
        rows,
        'CUST_ID',
      );
      expect(names(mapped, 'NAME')).toEqual(rows.map((row) => [`고객 ${row.CUST_ID}`]));
    });

    it('maps nothing to nothing', async () => {
      const { source } = await setUp(three);
      expect(
        await source.map({ name: 'N', sql: 'SELECT NAME FROM CUSTOMER WHERE CUST_ID = ?' }, [], 'CUST_ID'),
      ).toEqual([]);
    });

    it.each([
      ['a bind that the target does not yield', 'SELECT NAME FROM CUSTOMER WHERE CUST_ID = :ACCOUNT_NO'],
      ['a column that is not there', 'SELECT NICKNAME FROM CUSTOMER WHERE CUST_ID = ?'],
      ['a table that is not there', 'SELECT NAME FROM NOBODY WHERE CUST_ID = ?'],
      ['a statement that is none', 'SELEKT NAME FROM CUSTOMER WHERE CUST_ID = ?'],
    ])('names %s', async (_, sql) => {
      const { source } = await setUp(three);
      const thrown = await fault(source.map({ name: 'X', sql }, await read(source), 'CUST_ID'));
      expect(thrown.code).toBe('source_query_failed');
      expect(thrown.facts.reason).toMatch(/\w+ \w+/);
    });
  });

  describe('describe', () => {
    it('tells the columns of a query without its binds', async () => {
      const { source } = await setUp([customer('1')]);
      const columns = await source.describe(
        'SELECT NAME, EMAIL AS MAIL FROM CUSTOMER WHERE CUST_ID = :CUST_ID AND TEAM = ?',
      );
      expect(columns.map((column) => column.toUpperCase())).toEqual(['NAME', 'MAIL']);
    });

    it('names what is wrong with a query', async () => {
      const { source } = await setUp([]);
      expect(await fault(source.describe('SELECT NICKNAME FROM CUSTOMER'))).toMatchObject({
        code: 'source_query_failed',
      });
    });
  });

  describe('read only', () => {
    it.each([
      `UPDATE CUSTOMER SET SEND_YN = 'X'`,
      'DELETE FROM CUSTOMER',
      'DROP TABLE CUSTOMER',
      `SELECT 1; UPDATE CUSTOMER SET SEND_YN = 'X'`,
    ])('lets "%s" through nowhere', async (sql) => {
      const { source } = await setUp([customer('1')]);
      const rows = await read(source);
      expect(await fault(read(source, undefined, sql))).toMatchObject({ code: 'source_query_failed' });
      expect(await fault(source.map({ name: 'M', sql }, rows, 'CUST_ID'))).toMatchObject({
        code: 'source_query_failed',
      });
      const after = await read(source, undefined, 'SELECT CUST_ID, SEND_YN FROM CUSTOMER');
      expect(cell(after[0], 'SEND_YN')).toBe('N');
    });
  });

  const refusesUpdates = () =>
    it('refuses every update, and stays as it was', async () => {
      const { source } = await setUp([customer('1')]);
      const thrown = await fault(
        source.update(`UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = ?`, [{ CUST_ID: '1' }], 'CUST_ID'),
      );
      expect(thrown.code).toBe('source_query_failed');
      const [row] = await read(source, undefined, 'SELECT CUST_ID, SEND_YN FROM CUSTOMER');
      expect(cell(row, 'SEND_YN')).toBe('N');
    });

  const updates = () => {
    const flags = async (source: Source) =>
      (await read(source, undefined, 'SELECT CUST_ID, SEND_YN FROM CUSTOMER')).map((row) =>
        cell(row, 'SEND_YN'),
      );

    it('tells for each row whether it was updated or missed', async () => {
      const { source } = await setUp(['1', '2', '3'].map((id) => customer(id)));
      const rows = ['1', '9', '3'].map((id): Row => ({ CUST_ID: id }));
      const outcomes = await source.update(
        `UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = :CUST_ID`,
        rows,
        'CUST_ID',
      );
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(['updated', 'missed', 'updated']);
      expect(await flags(source)).toEqual(['Y', 'N', 'Y']);
    });

    it('may be given the same rows again', async () => {
      const { source } = await setUp([customer('1')]);
      const again = () =>
        source.update(`UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = ?`, [{ CUST_ID: '1' }], 'CUST_ID');
      expect(await again()).toEqual([{ kind: 'updated' }]);
      expect(await again()).toEqual([{ kind: 'updated' }]);
      expect(
        await source.update(`UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = ?`, [], 'CUST_ID'),
      ).toEqual([]);
    });

    it('names the row that fails, and updates the others', async () => {
      const { source } = await setUp(['1', '2', '3'].map((id) => customer(id)));
      const rows = ['1', '2', '3'].map((id): Row => ({ CUST_ID: id, FLAG: id === '2' ? 'BAD' : 'Y' }));
      const outcomes = await source.update(
        'UPDATE CUSTOMER SET SEND_YN = :FLAG WHERE CUST_ID = :CUST_ID',
        rows,
        'CUST_ID',
      );
      expect(outcomes).toEqual([
        { kind: 'updated' },
        { kind: 'failed', code: expect.stringMatching(/^[\w-]+$/) },
        { kind: 'updated' },
      ]);
      expect(await flags(source)).toEqual(['Y', 'N', 'Y']);
    });

    it('names a statement that can update nobody', async () => {
      const { source } = await setUp([customer('1')]);
      const thrown = await fault(
        source.update(`UPDATE NOBODY SET A = 1 WHERE CUST_ID = ?`, [{ CUST_ID: '1' }], 'CUST_ID'),
      );
      expect(thrown.code).toBe('source_query_failed');
    });
  };
  describe('update', facts.readOnly ? refusesUpdates : updates);

  describe('connection', () => {
    it('reports what it is connected to', async () => {
      const { source } = await setUp([]);
      const report = await source.test();
      expect(report.product).toMatch(/\w/);
      expect(report.version).toMatch(/\d/);
      expect(report.privileges).toContain('SELECT');
    });

    it('is unreachable, not wrong, when the source vanishes', async () => {
      const driver = await setUp([customer('1')]);
      const rows = await read(driver.source);
      await driver.vanish();
      expect(await fault(read(driver.source))).toMatchObject({
        code: 'source_unreachable',
        facts: { reason_ko: expect.stringMatching(/[가-힣]/) },
      });
      expect(
        await fault(
          driver.source.map(
            { name: 'N', sql: 'SELECT NAME FROM CUSTOMER WHERE CUST_ID = ?' },
            rows,
            'CUST_ID',
          ),
        ),
      ).toMatchObject({
        code: 'source_unreachable',
      });
      expect(await fault(driver.source.test())).toMatchObject({ code: 'source_unreachable' });
    });

    it('tells no value of any row in a fault', async () => {
      const { source } = await setUp([customer('1', { TEAM: 'SECRET-7' })]);
      const rows = await read(source);
      for (const sql of [
        'SELECT NAME FROM NOBODY WHERE A = :TEAM',
        'SELECT CAST(:TEAM AS INTEGER) / 0 AS A FROM CUSTOMER',
      ]) {
        const thrown = await source.map({ name: 'M', sql }, rows, 'CUST_ID').catch((error: unknown) => error);
        expect(thrown instanceof Error ? `${thrown.stack}${String(thrown.cause)}` : '').not.toContain(
          'SECRET',
        );
      }
    });
  });
};
