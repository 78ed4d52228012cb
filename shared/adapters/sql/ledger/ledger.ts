import type { Database } from '../../../ports/database.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import type { Dialect } from '../dialect.ts';
import { batchMethods } from './batches.ts';
import { checkMethods } from './checks.ts';
import { decideMethods } from './decide.ts';
import { holdMethods } from './holds.ts';
import { planMethods } from './plan.ts';
import { runMethods } from './runs.ts';
import { sendMethods } from './sends.ts';
import { settleMethods } from './settle.ts';
import { writeBackMethods } from './write-backs.ts';

export const createSqlLedger = (database: Database, dialect: Dialect): Ledger => {
  const context = { database, dialect };
  return {
    ...runMethods(context),
    ...planMethods(context),
    ...batchMethods(context),
    ...settleMethods(context),
    ...sendMethods(context),
    ...holdMethods(context),
    ...decideMethods(context),
    ...checkMethods(context),
    ...writeBackMethods(context),
  };
};
