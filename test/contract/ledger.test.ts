import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLedger } from '../fixtures/ledger-driver.ts';
import { ledgerContract } from './ledger-contract.ts';
import { ledgerModelContract } from './ledger-model-contract.ts';
import { runGatesContract } from './run-gates-contract.ts';
import { schedulesContract } from './schedules-contract.ts';

const open = async () => openSqliteLedger(join(await mkdtemp(join(tmpdir(), 'tank-ledger-')), 'tank.db'));

ledgerContract('SQLite', open);
ledgerModelContract('SQLite', 60, open);
runGatesContract('SQLite', open);
schedulesContract('SQLite', open);
