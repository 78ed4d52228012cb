import type { Database } from '../../../ports/database.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import type { Dialect } from '../dialect.ts';
import { againMethods } from './again.ts';
import { approvalMethods } from './approvals.ts';
import { batchMethods } from './batches.ts';
import { canaryMethods } from './canaries.ts';
import { checkMethods } from './checks.ts';
import { holdMethods } from './holds.ts';
import { planMethods } from './plan.ts';
import { rulingMethods } from './rulings.ts';
import { runMethods } from './runs.ts';
import { sendMethods } from './sends.ts';
import { settleMethods } from './settle.ts';
import { windowMethods } from './windows.ts';
import { writeBackMethods } from './write-backs.ts';

export const createSqlLedger = (database: Database, dialect: Dialect): Ledger => {
  const context = { database, dialect };
  return {
    ...runMethods(context),
    ...planMethods(context),
    ...approvalMethods(context),
    ...batchMethods(context),
    ...canaryMethods(context),
    ...windowMethods(context),
    ...againMethods(context),
    ...settleMethods(context),
    ...sendMethods(context),
    ...holdMethods(context),
    ...rulingMethods(context),
    ...checkMethods(context),
    ...writeBackMethods(context),
  };
};
