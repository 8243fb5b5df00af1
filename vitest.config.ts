import { defineConfig } from 'vitest/config';

// Tests run against sources: every package's `exports` has a "source" condition.
export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['tools/*.test.ts', 'packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
