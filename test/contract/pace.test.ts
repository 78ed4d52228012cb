import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteLedger } from '../fixtures/ledger-driver.ts';
import { quickFolder } from '../fixtures/quick-folder.ts';
import { paceContract } from './pace-contract.ts';

paceContract('SQLite', async () => {
  const folder = await quickFolder('pace');
  const driver = await openSqliteLedger(join(folder, 'tank.db'));
  return {
    ...driver,
    close: async () => {
      await driver.close();
      await rm(folder, { recursive: true });
    },
  };
});
