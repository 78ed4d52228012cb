import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Replaces a part of Node for the process that it runs in. */
const ALONE = 'test/flow/sign-in-storm.test.ts';

export default defineConfig({
  test: {
    // A test that expects nothing cannot fail.
    expect: { requireAssertions: true },
    testTimeout: 20_000,
    // The CDK alone takes seconds to load, and more where the machine is busy.
    hookTimeout: 60_000,
    pool: 'forks',
    // One more than there are cores: many tests only wait.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'inside',
          include: ['test/{unit,contract,flow,infra,guard}/**/*.test.ts'],
          exclude: [ALONE],
          // Loading the house anew for each file takes longer than most of these tests.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'processes', include: ['test/local/**/*.test.ts', ALONE] } },
    ],
  },
});
