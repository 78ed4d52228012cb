import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,contract,flow,local,infra,guard}/**/*.test.ts'],
    // A test that expects nothing cannot fail.
    expect: { requireAssertions: true },
    testTimeout: 20_000,
    // The CDK alone takes seconds to load, and more where the machine is busy.
    hookTimeout: 60_000,
    pool: 'forks',
    // The default leaves one core idle, which is half of a machine with two; many tests only wait.
    maxWorkers: '100%',
  },
});
