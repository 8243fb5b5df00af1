import { defineConfig } from 'vitest/config';

// Tests run against sources: every package's `exports` has a "source" condition.
export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['tools/*.test.ts', 'packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts'],
    maxWorkers: 2,
    // How long is too long depends on what else the machine does: these end what hangs, and judge nothing.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // The run names each test that needed it.
    retry: 1,
  },
});
