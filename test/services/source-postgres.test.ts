import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createPostgresSource,
  type PostgresSourceOptions,
} from '../../shared/adapters/sources/postgres/source.ts';
import { TankError } from '../../shared/domain/errors.ts';
import type { Row } from '../../shared/domain/row.ts';
import type { Source } from '../../shared/ports/source.ts';
import { COLUMNS, type CustomerRow, customer, sourceContract } from '../contract/source-contract.ts';
import { startTcpProxy } from '../fixtures/tcp-proxy.ts';
import { startPgbouncer } from './pgbouncer.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
  await server.run(`CREATE ROLE tank_reader LOGIN PASSWORD 'not-a-secret'`);
  await server.run('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
}, 120_000);
afterAll(() => server.stop());

const fill = async (rows: Iterable<CustomerRow>) => {
  await server.run('DROP TABLE IF EXISTS customer');
  // A collation that is not binary, as Korean installations have it.
  await server.run(
    `CREATE TABLE customer (cust_id varchar(200) COLLATE "ko-x-icu", name varchar(200), email varchar(200), team varchar(200), send_yn varchar(1))`,
  );
  await server.run('CREATE INDEX ON customer (cust_id)');
  const all = [...rows];
  for (let start = 0; start < all.length; start += 10_000) {
    const some = all.slice(start, start + 10_000);
    await server.run(
      'INSERT INTO customer SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])',
      COLUMNS.map((column) => some.map((row) => row[column])),
    );
  }
  await server.run('GRANT SELECT, UPDATE ON customer TO tank_reader');
};

const open = async (more: Partial<PostgresSourceOptions> = {}) => {
  const proxy = await startTcpProxy({ host: 'localhost', port: server.port });
  const source = createPostgresSource({
    name: 'core-db',
    url: `postgres://127.0.0.1:${proxy.port}/tank`,
    credentials: async () => ({ user: 'tank_reader', password: 'not-a-secret' }),
    ...more,
  });
  return {
    proxy,
    source,
    vanish: () => proxy.close(),
    close: async () => {
      await source.close();
      await proxy.close().catch(() => undefined);
    },
  };
};

sourceContract({
  adapter: 'PostgreSQL',
  setUp: async (rows) => {
    await fill(rows);
    return open();
  },
});

describe('a PostgreSQL server', () => {
  const opened: { close(): Promise<void> }[] = [];
  const openHere = async (more: Partial<PostgresSourceOptions> = {}) => {
    const driver = await open(more);
    opened.push(driver);
    return driver;
  };
  afterAll(async () => {
    for (const driver of opened) await driver.close();
  });
  const rowsOf = async (source: Source, sql: string, key = 'cust_id') => {
    const rows: Row[] = [];
    for await (const chunk of source.target({ sql, key })) rows.push(...chunk);
    return rows;
  };
  const fault = (promise: Promise<unknown>) =>
    promise.then(
      () => 'nothing thrown',
      (thrown: unknown) =>
        thrown instanceof TankError ? `${thrown.code}: ${thrown.facts.reason}` : String(thrown),
    );

  it('gives every type as text can carry it, or as a number that a double holds', async () => {
    const { source } = await openHere();
    const sql = `SELECT 7::bigint AS cust_id, 9007199254740993::bigint AS big, 5::bigint AS small, 1234.50::numeric AS amount,
      DATE '2026-11-05' AS day, TIMESTAMP '2026-11-05 23:59:59' AS at, true AS flag, NULL::text AS nothing`;
    expect(await rowsOf(source, sql)).toEqual([
      {
        cust_id: '7',
        big: '9007199254740993',
        small: 5,
        amount: '1234.50',
        day: '2026-11-05',
        at: '2026-11-05 23:59:59',
        flag: true,
        nothing: null,
      },
    ]);
  });

  it('maps keys to integer, numeric and padded columns as the server itself would compare them', async () => {
    await fill([customer('42')]);
    await server.run('DROP TABLE IF EXISTS account');
    await server.run(
      `CREATE TABLE account AS SELECT 42::bigint AS id, 42::numeric AS num, '42'::char(10) AS padded, DATE '2026-11-05' AS day`,
    );
    await server.run('GRANT SELECT ON account TO tank_reader');
    const { source } = await openHere();
    const rows = [{ CUST_ID: '42', DAY: '2026-11-05' }];
    for (const where of ['id = ?', 'num = :CUST_ID', 'padded = ?', 'id = ? AND day = :DAY']) {
      const mapped = await source.map(
        { name: 'A', sql: `SELECT id FROM account WHERE ${where}` },
        rows,
        'CUST_ID',
      );
      expect(mapped, where).toEqual([[{ id: 42 }]]);
    }
  });

  it('asks row by row what cannot stand in a lateral join', async () => {
    const { source } = await openHere();
    await fill(['1', '2', '3'].map((id) => customer(id)));
    const rows = [
      { CUST_ID: '1', TOP: 2 },
      { CUST_ID: '2', TOP: 0 },
    ];
    const mapped = await source.map(
      { name: 'TOP', sql: 'SELECT cust_id FROM customer ORDER BY cust_id LIMIT :TOP' },
      rows,
      'CUST_ID',
    );
    expect(mapped).toEqual([[{ cust_id: '1' }, { cust_id: '2' }], []]);
  });

  it('goes on when a column changed its type between two runs', async () => {
    await fill([customer('1')]);
    await server.run('ALTER TABLE customer ALTER cust_id TYPE bigint USING cust_id::bigint');
    const { source } = await openHere();
    const ask = () =>
      source.map(
        { name: 'N', sql: 'SELECT name FROM customer WHERE cust_id = ?' },
        [{ CUST_ID: '1' }],
        'CUST_ID',
      );
    expect(await ask()).toEqual([[{ name: '고객 1' }]]);
    await server.run('ALTER TABLE customer ALTER cust_id TYPE varchar(20)');
    expect(await ask()).toEqual([[{ name: '고객 1' }]]);
    expect(await ask()).toEqual([[{ name: '고객 1' }]]);
  });

  it('goes on when a query that keeps its plan yields other columns than it did', async () => {
    await fill([customer('1')]);
    const { source } = await openHere({ connections: 1 });
    const ask = async () =>
      (
        await source.map(
          { name: 'N', sql: 'SELECT * FROM customer WHERE cust_id = ?' },
          [{ CUST_ID: '1' }],
          'CUST_ID',
        )
      ).map((rows) => rows.map((row) => Object.keys(row).length));
    expect(await ask()).toEqual([[5]]);
    await server.run('ALTER TABLE customer ADD COLUMN grade text');
    expect(await ask()).toEqual([[6]]);
    expect(await ask()).toEqual([[6]]);
  });

  it('works through a pooler that hands each transaction to another connection', async () => {
    await fill(['1', '2', '3'].map((id) => customer(id)));
    const pooler = await startPgbouncer(server, 'tank_reader');
    const source = createPostgresSource({
      name: 'core-db',
      url: `postgres://127.0.0.1:${pooler.port}/tank`,
      credentials: async () => ({ user: 'tank_reader', password: 'not-a-secret' }),
    });
    const rows = ['1', '2', '3'].map((id) => ({ CUST_ID: id }));
    const mappings = ['name', 'email', 'team'].map((column) => ({
      name: column,
      sql: `SELECT ${column} FROM customer WHERE cust_id = ?`,
    }));
    for (let round = 0; round < 20; round += 1) {
      const mapped = await Promise.all(mappings.map((query) => source.map(query, rows, 'CUST_ID')));
      expect(mapped[0]).toEqual([[{ name: '고객 1' }], [{ name: '고객 2' }], [{ name: '고객 3' }]]);
    }
    expect((await rowsOf(source, 'SELECT cust_id FROM customer')).length).toBe(3);
    await source.close();
    await pooler.stop();
  });

  it('names a column that went away between two runs', async () => {
    await fill([customer('1')]);
    const { source } = await openHere();
    await rowsOf(source, 'SELECT cust_id, name FROM customer');
    await server.run('ALTER TABLE customer DROP COLUMN name');
    expect(await fault(rowsOf(source, 'SELECT cust_id, name FROM customer'))).toMatch(
      /source_query_failed: .*"name" does not exist/,
    );
  });

  it('names a hang of the server, and the next query works', async () => {
    const { source } = await openHere({ queryTimeoutMs: 300 });
    const sql = 'SELECT cust_id, pg_sleep(5)::text AS slept FROM customer WHERE cust_id = ?';
    expect(await fault(source.map({ name: 'S', sql }, [{ CUST_ID: '1' }], 'CUST_ID'))).toMatch(
      /source_unreachable: .*longer than is allowed/,
    );
    expect(await source.describe('SELECT 1 AS one')).toEqual(['one']);
  });

  it('gives up on a network that carries nothing any more', async () => {
    const { source, proxy } = await openHere({ connectTimeoutMs: 300 });
    proxy.fallSilent();
    expect(await fault(source.test())).toMatch(/source_unreachable: it does not answer/);
  });

  it('names a connection that drops in the middle of a target, and resumes after the last key', async () => {
    await fill(Array.from({ length: 3000 }, (_, n) => customer(String(n).padStart(4, '0'))));
    const { source, proxy } = await openHere();
    const seen: string[] = [];
    const read = async (after?: string) => {
      for await (const chunk of source.target({
        sql: 'SELECT cust_id FROM customer',
        key: 'cust_id',
        ...(after ? { after } : {}),
      })) {
        seen.push(...chunk.map((row) => String(row.cust_id)));
        if (after === undefined) proxy.breakOpen();
      }
    };
    expect(await fault(read())).toMatch(/source_unreachable: it hung up/);
    expect(seen.length).toBeLessThan(3000);
    await read(seen.at(-1));
    expect(seen).toEqual(Array.from({ length: 3000 }, (_, n) => String(n).padStart(4, '0')));
  });

  it('leaves no transaction open behind a query that was given up', async () => {
    const { source } = await openHere();
    const stop = new AbortController();
    const sql = 'SELECT pg_sleep(30)::text AS slept WHERE ?::text IS NOT NULL';
    const asked = source.map({ name: 'S', sql }, [{ CUST_ID: '1' }], 'CUST_ID', stop.signal);
    setTimeout(() => stop.abort(new Error('told to')), 200);
    await expect(asked).rejects.toThrow('told to');
    expect(await source.describe('SELECT 1 AS one')).toEqual(['one']);
  });

  it('cannot be talked out of reading only', async () => {
    await fill([customer('1')]);
    await server.run(
      `CREATE OR REPLACE FUNCTION flag_all() RETURNS text LANGUAGE sql VOLATILE SECURITY DEFINER AS $$ UPDATE customer SET send_yn = 'X' RETURNING 'done' $$`,
    );
    const { source } = await openHere();
    expect(await fault(rowsOf(source, 'SELECT cust_id, flag_all() FROM customer'))).toMatch(
      /source_query_failed: the query tried to write/,
    );
    const smuggled = `SELECT cust_id, set_config('transaction_read_only', 'off', false), flag_all() FROM customer`;
    expect(await fault(rowsOf(source, smuggled))).toMatch(/source_query_failed/);
    expect(await rowsOf(source, 'SELECT cust_id, send_yn FROM customer')).toEqual([
      { cust_id: '1', send_yn: 'N' },
    ]);
  });

  it('names the privileges of a modest account and those of a mighty one', async () => {
    await fill([customer('1')]);
    const modest = await (await openHere()).source.test();
    expect(modest).toMatchObject({
      product: 'PostgreSQL',
      user: 'tank_reader',
      privileges: ['SELECT', 'UPDATE'],
      tooMighty: [],
      encrypted: false,
    });

    await server.run('CREATE ROLE mighty LOGIN CREATEDB');
    await server.run('GRANT INSERT, DELETE ON customer TO mighty');
    await server.run('GRANT CREATE ON SCHEMA public TO mighty');
    await server.run('GRANT pg_read_server_files TO mighty');
    const mighty = await (
      await openHere({ credentials: async () => ({ user: 'mighty', password: '' }) })
    ).source.test();
    expect(mighty.tooMighty).toEqual(
      expect.arrayContaining([
        'CREATEDB',
        'pg_read_server_files',
        'CREATE in schema public',
        'INSERT on public.customer',
        'DELETE on public.customer',
      ]),
    );
  });

  it('verifies the server when it speaks TLS', async () => {
    const verified = await openHere({
      url: `postgres://localhost:${server.port}/tank?sslmode=verify-full&sslrootcert=${server.caFile}`,
    });
    expect(await verified.source.test()).toMatchObject({ encrypted: true });
    const unknown = await openHere({ url: `postgres://localhost:${server.port}/tank?sslmode=verify-full` });
    expect(await fault(unknown.source.test())).toMatch(/source_unreachable: .*sslrootcert/);
    const otherName = await openHere({
      url: `postgres://127.0.0.1:${server.port}/tank?sslmode=verify-full&sslrootcert=${server.caFile}`,
    });
    expect(await fault(otherName.source.test())).toMatch(/source_unreachable: .*another host name/);
  });

  it.each([
    ['postgres://127.0.0.1:1/tank', /nothing listens/],
    ['postgres://no-such-host.invalid/tank?sslmode=disable', /host name/],
    ['postgres:///tank?host=/no/such/folder', /no such socket/],
  ])('says in plain words why %s cannot be reached', async (url, reason) => {
    const { source } = await openHere({ url });
    expect(await fault(source.test())).toMatch(reason);
  });

  it('says that the database is not there', async () => {
    const { source } = await openHere({ url: `postgres://127.0.0.1:${server.port}/nowhere` });
    expect(await fault(source.test())).toMatch(
      /source_unreachable: it has no database of this name \(3D000\)/,
    );
  });
});
