import { defineConfig } from 'vitest/config';

const IN_A_BROWSER = ['access', 'analytics-page', 'console', 'map', 'settings-page', 'trace-page', 'traces-page'].map(
  (name) => `e2e/${name}.e2e.ts`,
);
const COMMON = { testTimeout: 90_000, hookTimeout: 180_000 };
const SOURCE = { ssr: { resolve: { conditions: ['source'] } } };

// Tests of the whole program as built: real processes, real sockets, a real browser. In the browser two files at a time, which mostly
// wait for pages; then, one file at a time, those that load the machine or kill what runs on it.
export default defineConfig({
  test: {
    projects: [
      {
        ...SOURCE,
        test: { ...COMMON, name: 'browser', include: IN_A_BROWSER, maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      {
        ...SOURCE,
        test: {
          ...COMMON,
          name: 'program',
          include: ['e2e/*.e2e.ts'],
          exclude: IN_A_BROWSER,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
