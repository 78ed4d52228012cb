import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLedger } from '../fixtures/ledger-driver.ts';
import { ledgerContract } from './ledger-contract.ts';

ledgerContract('SQLite', async () =>
  openSqliteLedger(join(await mkdtemp(join(tmpdir(), 'tank-ledger-')), 'tank.db')),
);
