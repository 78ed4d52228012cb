import { afterAll, beforeAll } from 'vitest';
import { openPostgres } from '../../shared/adapters/postgres/database.ts';
import { postgresDialect } from '../../shared/adapters/sql/dialects/postgres.ts';
import { type PostgresServer, SUPERUSER, startPostgres } from './postgres-server.ts';
import { storeContracts } from './store-contracts.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

let schemas = 0;

storeContracts({
  name: 'PostgreSQL',
  dialect: postgresDialect,
  types: { text: 'TEXT', int: 'BIGINT', blob: 'BYTEA' },
  histories: 60,
  /** Each store has a schema of its own, so that it starts empty. */
  openEmpty: async () => {
    schemas += 1;
    const schema = `store_${schemas}`;
    await server.run(`CREATE SCHEMA ${schema}`);
    const options = encodeURIComponent(`-c search_path=${schema}`);
    return openPostgres({
      url: `postgres://${SUPERUSER}@localhost:${server.port}/tank?options=${options}`,
      connections: 4,
    });
  },
});
