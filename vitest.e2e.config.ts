import { defineConfig } from 'vitest/config';

// Tests of the whole program as built: real processes, real sockets, a real browser. One file at a time.
export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['e2e/*.e2e.ts'],
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 180_000,
  },
});
