import { test } from 'vitest';
import { openOracle } from '../../shared/adapters/oracle/database.ts';
import { oracleDialect } from '../../shared/adapters/sql/dialects/oracle.ts';
import type { Database } from '../../shared/ports/database.ts';
import { storeContracts } from './store-contracts.ts';

/** user/password@host:port/service of a schema of its own, in which everything may be dropped. */
const place = /^(?<user>[^/]+)\/(?<password>[^@]+)@(?<address>.+)$/.exec(
  process.env.TANK_TEST_ORACLE ?? '',
)?.groups;

const open = (): Database => {
  const [user, password] = [place?.user, place?.password].map((part) => encodeURIComponent(part ?? ''));
  return openOracle({ url: `oracle://${user}:${password}@${place?.address}`, connections: 4 });
};

if (place)
  storeContracts({
    name: 'Oracle',
    dialect: oracleDialect,
    types: { text: 'VARCHAR2(4000)', int: 'NUMBER(19)', blob: 'BLOB' },
    histories: 10,
    /** One schema for all: whatever the store before has left in it is dropped. */
    openEmpty: async () => {
      const database = open();
      const tables = await database.all<{ name: string }>('SELECT table_name AS name FROM user_tables');
      for (const { name } of tables) await database.run(`DROP TABLE "${name}" CASCADE CONSTRAINTS PURGE`);
      return database;
    },
  });
else test('the store on Oracle', ({ skip }) => skip('not run: no TANK_TEST_ORACLE'));
