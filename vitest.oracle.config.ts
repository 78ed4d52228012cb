import { defineConfig } from 'vitest/config';

/** Everything that works a store through its adapters. */
export default defineConfig({
  test: {
    include: [
      'test/contract/{accounts,alert,audit,counters,data-keys,events,feedback,gateway,identity-races,installation,ledger.,messages,pace,schedules}*.test.ts',
      'test/flow/**/*.test.ts',
      'test/services/oracle/rest.capture.ts',
    ],
    setupFiles: ['test/services/oracle/capture.ts'],
    testTimeout: 60_000,
    pool: 'forks',
  },
});
