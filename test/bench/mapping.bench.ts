/** npx tsx test/bench/mapping.bench.ts: 10,000 recipients mapped against PostgreSQL, set-based and one query per row. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { createPostgresSource } from '../../shared/adapters/sources/postgres/source.ts';
import type { Row } from '../../shared/domain/row.ts';
import { SUPERUSER, startPostgres } from '../services/postgres-server.ts';

const RECIPIENTS = 10_000;
const CUSTOMERS = 100_000;
const ROUNDS = 9;

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Cost {
  readonly wallMs: number;
  /** Of this process and of the server's: other work on the machine does not count. */
  readonly cpuMs: number;
}

/** Nanoseconds on a processor: https://docs.kernel.org/scheduler/sched-stats.html */
const serverCpuMs = async (): Promise<number> => {
  const { rows } = await server.run(
    `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
  return rows.reduce(
    (sum, { pid }) => sum + Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    0,
  );
};

const costOf = async (work: () => Promise<unknown>): Promise<Cost> => {
  const [serverBefore, ownBefore, start] = [await serverCpuMs(), process.cpuUsage(), performance.now()];
  await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(ownBefore);
  return { wallMs, cpuMs: (user + system) / 1000 + (await serverCpuMs()) - serverBefore };
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

  const works: Record<string, () => Promise<void>> = {
    'batches of 50, as send-batch asks': setBased(50),
    'batches of 500': setBased(500),
    'one query per row': perRow,
  };
  for (const work of Object.values(works)) await work();
  const rounds: Record<string, Cost>[] = [];
  // In turns, so that a busy moment of the machine hits all of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    const costs: Record<string, Cost> = {};
    for (const [name, work] of Object.entries(works)) costs[name] = await costOf(work);
    rounds.push(costs);
  }
  for (const name of Object.keys(works)) {
    const each = (of: keyof Cost) => rounds.map((costs) => costs[name]?.[of] ?? Number.NaN);
    const ratio = (of: keyof Cost) =>
      median(rounds.map((costs) => (costs['one query per row']?.[of] ?? 0) / (costs[name]?.[of] ?? 0)));
    console.log(
      `${name}: ${Math.round(median(each('wallMs')))} ms (slowest ${Math.round(Math.max(...each('wallMs')))}, bar 3000) for ${RECIPIENTS} recipients, ` +
        `${Math.round(median(each('cpuMs')))} ms CPU; ${ratio('wallMs').toFixed(1)} times as fast (bar 5), ${ratio('cpuMs').toFixed(1)} times in CPU`,
    );
  }
  await client.end();
  await source.close();
} finally {
  await server.stop();
}
