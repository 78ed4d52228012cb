import { expect, it, onTestFinished } from 'vitest';
import type { Dialect } from '../../shared/adapters/sql/dialect.ts';
import { migrate } from '../../shared/adapters/sql/migrate.ts';
import type { Database } from '../../shared/ports/database.ts';
import { auditContract } from '../contract/audit-contract.ts';
import { countersContract } from '../contract/counters-contract.ts';
import { type DatabaseDriver, databaseContract } from '../contract/database-contract.ts';
import { feedbackContract } from '../contract/feedback-contract.ts';
import { gatewayContract } from '../contract/gateway-contract.ts';
import { identityRacesContract } from '../contract/identity-races-contract.ts';
import { installationContract } from '../contract/installation-contract.ts';
import { ledgerContract } from '../contract/ledger-contract.ts';
import { ledgerModelContract } from '../contract/ledger-model-contract.ts';
import { paceContract } from '../contract/pace-contract.ts';
import { runGatesContract } from '../contract/run-gates-contract.ts';
import { schedulesContract } from '../contract/schedules-contract.ts';
import { openLedger } from '../fixtures/ledger-driver.ts';

interface StoreEngine {
  readonly name: string;
  readonly dialect: Dialect;
  readonly types: DatabaseDriver['types'];
  /** Random histories of the model; each opens a store of its own. */
  readonly histories: number;
  openEmpty(): Promise<Database>;
}

/** All that a store must do, on one engine. */
export const storeContracts = ({ name, dialect, types, histories, openEmpty }: StoreEngine): void => {
  databaseContract({
    name,
    types,
    open: async () => {
      const database = await openEmpty();
      return { database, close: () => database.close() };
    },
  });
  const openEmptyLedger = async () => openLedger(await openEmpty(), dialect);
  ledgerContract(name, openEmptyLedger);
  ledgerModelContract(name, histories, openEmptyLedger);
  runGatesContract(name, openEmptyLedger);
  schedulesContract(name, openEmptyLedger);
  paceContract(name, openEmptyLedger);
  installationContract(name, openEmptyLedger);
  gatewayContract(name, openEmptyLedger);

  it('is made once by all that begin at the same moment', async () => {
    const database = await openEmpty();
    onTestFinished(() => database.close());
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database, dialect)));
    expect(applied.filter((migrations) => migrations > 0)).toHaveLength(1);
  });

  const openMigrated = async () => {
    const database = await openEmpty();
    onTestFinished(() => database.close());
    await migrate(database, dialect);
    return { database, dialect };
  };
  feedbackContract(name, openMigrated);
  countersContract(name, openMigrated);
  auditContract(name, openMigrated);
  identityRacesContract(name, openMigrated);
};
