import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { openTestStore } from '../fixtures/test-store.ts';
import { feedbackContract } from './feedback-contract.ts';

feedbackContract('SQLite', async () => ({ database: await openTestStore(), dialect: sqliteDialect }));
