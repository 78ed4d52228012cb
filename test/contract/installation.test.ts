import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteLedger } from '../fixtures/ledger-driver.ts';
import { quickFolder } from '../fixtures/quick-folder.ts';
import { installationContract } from './installation-contract.ts';

installationContract('SQLite', async () => {
  const folder = await quickFolder('installation');
  const driver = await openSqliteLedger(join(folder, 'tank.db'));
  return {
    ...driver,
    close: async () => {
      await driver.close();
      await rm(folder, { recursive: true });
    },
  };
});
