import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,contract,flow,local,infra,guard}/**/*.test.ts'],
    testTimeout: 20_000,
    pool: 'forks',
  },
});
