/** npx tsx test/bench/mapping.bench.ts: 10,000 recipients mapped against PostgreSQL, set-based and one query per row. */
import pg from 'pg';
import { createPostgresSource } from '../../shared/adapters/sources/postgres/source.ts';
import type { Row } from '../../shared/domain/row.ts';
import { SUPERUSER, startPostgres } from '../services/postgres-server.ts';

const RECIPIENTS = 10_000;
const CUSTOMERS = 100_000;
const ROUNDS = 5;

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const server = await startPostgres();
try {
  await server.run(
    `CREATE TABLE detail AS SELECT lpad(n::text, 10, '0') AS cust_id, '고객 ' || n AS name, (n * 7)::bigint AS balance FROM generate_series(1, ${CUSTOMERS}) n`,
  );
  await server.run('CREATE UNIQUE INDEX ON detail (cust_id)');
  await server.run('ANALYZE detail');
  const sql = 'SELECT name, balance FROM detail WHERE cust_id = :CUST_ID';
  const rows = Array.from(
    { length: RECIPIENTS },
    (_, n): Row => ({ CUST_ID: String(n * 7 + 1).padStart(10, '0') }),
  );

  const source = createPostgresSource({
    name: 'bench',
    url: `postgres://localhost:${server.port}/tank`,
    credentials: async () => ({ user: SUPERUSER, password: '' }),
  });
  const setBased = (batch: number) => async () => {
    for (let start = 0; start < rows.length; start += batch) {
      const mapped = await source.map({ name: 'D', sql }, rows.slice(start, start + batch), 'CUST_ID');
      if (mapped.some((list) => list.length !== 1)) throw new Error('a recipient has no row');
    }
  };
  const client = new pg.Client({ host: 'localhost', port: server.port, user: SUPERUSER, database: 'tank' });
  await client.connect();
  const perRow = async () => {
    for (const row of rows) {
      const { rows: found } = await client.query('SELECT name, balance FROM detail WHERE cust_id = $1', [
        row.CUST_ID,
      ]);
      if (found.length !== 1) throw new Error('a recipient has no row');
    }
  };

  const works = {
    'batches of 50': setBased(50),
    'batches of 500': setBased(500),
    'the same, row by row': setBased(1),
    'one query per row': perRow,
  };
  const times = new Map<string, number[]>();
  // In turns, so that a busy moment of the machine hits all of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, work] of Object.entries(works))
      times.set(name, [...(times.get(name) ?? []), await timed(work)]);
  }
  const plain = median(times.get('one query per row') ?? []);
  for (const [name, measured] of times) {
    console.log(
      `${name}: ${Math.round(median(measured))} ms for ${RECIPIENTS} recipients, ratio ${(plain / median(measured)).toFixed(1)}`,
    );
  }
  await client.end();
  await source.close();
} finally {
  await server.stop();
}
