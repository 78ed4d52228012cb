import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,contract,flow,local,infra,guard}/**/*.test.ts'],
    // A test that expects nothing cannot fail.
    expect: { requireAssertions: true },
    testTimeout: 20_000,
    pool: 'forks',
  },
});
