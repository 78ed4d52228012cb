import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { openTestStore } from '../fixtures/test-store.ts';
import { identityRacesContract } from './identity-races-contract.ts';

identityRacesContract('SQLite', async () => ({ database: await openTestStore(), dialect: sqliteDialect }));
