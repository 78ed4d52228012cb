import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { openTestStore } from '../fixtures/test-store.ts';
import { auditContract } from './audit-contract.ts';

auditContract('SQLite', async () => ({ database: await openTestStore(), dialect: sqliteDialect }));
