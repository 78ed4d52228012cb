import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LedgerDriver, openSqliteLedger } from '../fixtures/ledger-driver.ts';
import { gatewayContract } from './gateway-contract.ts';
import { ledgerContract } from './ledger-contract.ts';
import { ledgerModelContract } from './ledger-model-contract.ts';
import { runGatesContract } from './run-gates-contract.ts';
import { schedulesContract } from './schedules-contract.ts';

const open = async (): Promise<LedgerDriver> => {
  const folder = await mkdtemp(join(tmpdir(), 'tank-ledger-'));
  const driver = await openSqliteLedger(join(folder, 'tank.db'));
  const close = async () => {
    await driver.close();
    await rm(folder, { recursive: true });
  };
  return { ...driver, close };
};

ledgerContract('SQLite', open);
ledgerModelContract('SQLite', 60, open);
runGatesContract('SQLite', open);
schedulesContract('SQLite', open);
gatewayContract('SQLite', open);
