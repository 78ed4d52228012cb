import { afterAll, beforeAll } from 'vitest';
import { openPostgres } from '../../shared/adapters/postgres/database.ts';
import { postgresDialect } from '../../shared/adapters/sql/dialects/postgres.ts';
import { migrate } from '../../shared/adapters/sql/migrate.ts';
import { auditContract } from '../contract/audit-contract.ts';
import { countersContract } from '../contract/counters-contract.ts';
import { databaseContract } from '../contract/database-contract.ts';
import { feedbackContract } from '../contract/feedback-contract.ts';
import { identityRacesContract } from '../contract/identity-races-contract.ts';
import { ledgerContract } from '../contract/ledger-contract.ts';
import { ledgerModelContract } from '../contract/ledger-model-contract.ts';
import { runGatesContract } from '../contract/run-gates-contract.ts';
import { schedulesContract } from '../contract/schedules-contract.ts';
import { openLedger } from '../fixtures/ledger-driver.ts';
import { type PostgresServer, SUPERUSER, startPostgres } from './postgres-server.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

let schemas = 0;

/** Each store has a schema of its own, so that it starts empty. */
const openEmpty = async () => {
  schemas += 1;
  const schema = `store_${schemas}`;
  await server.run(`CREATE SCHEMA ${schema}`);
  const options = encodeURIComponent(`-c search_path=${schema}`);
  return openPostgres({
    url: `postgres://${SUPERUSER}@localhost:${server.port}/tank?options=${options}`,
    connections: 4,
  });
};

databaseContract({
  name: 'PostgreSQL',
  types: { text: 'TEXT', int: 'BIGINT', blob: 'BYTEA' },
  open: async () => {
    const database = await openEmpty();
    return { database, close: () => database.close() };
  },
});

const openEmptyLedger = async () => openLedger(await openEmpty(), postgresDialect);

ledgerContract('PostgreSQL', openEmptyLedger);
ledgerModelContract('PostgreSQL', 60, openEmptyLedger);
runGatesContract('PostgreSQL', openEmptyLedger);
schedulesContract('PostgreSQL', openEmptyLedger);

const openMigrated = async () => {
  const database = await openEmpty();
  await migrate(database, postgresDialect);
  return { database, dialect: postgresDialect };
};

feedbackContract('PostgreSQL', openMigrated);
countersContract('PostgreSQL', async () => (await openMigrated()).database);
auditContract('PostgreSQL', openMigrated);
identityRacesContract('PostgreSQL', openMigrated);
