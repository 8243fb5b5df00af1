import { defineConfig } from 'vitest/config';

/** Packages whose tests leave nothing behind in their process: the next file may find what the last one imported. */
export const SHARING: readonly string[] = [
  'api',
  'console',
  'daemon',
  'journal',
  'model',
  'pipeline',
  'query',
  'server',
  'store',
  'testkit',
];
/** Minutes that are not Node's: once, for any of them. */
const ARITHMETIC = [
  'packages/journal/src/torture/**/*.test.ts',
  'packages/model/src/**/*.fuzz.test.ts',
  'packages/model/src/**/*.property.test.ts',
  'packages/server/src/operations/arrival.test.ts',
];
const SHARING_TESTS = SHARING.map((name) => `packages/${name}/src/**/*.test.ts`);
const COMMON = {
  // How long is too long depends on what else the machine does: these end what hangs, and judge nothing.
  testTimeout: 60_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 20_000 } },
  // The run names each test that needed it.
  retry: 1,
};
const SHARED = { isolate: false, unstubGlobals: true };
// Tests run against sources: every package's `exports` has a "source" condition.
const SOURCE = { ssr: { resolve: { conditions: ['source'] } } };

// To start a process and to import takes longer than most files' tests: those that can share both do. They come last, being short.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        ...SOURCE,
        test: {
          ...COMMON,
          name: 'isolated',
          include: ['tools/*.test.ts', 'packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts'],
          exclude: SHARING_TESTS,
        },
      },
      { ...SOURCE, test: { ...COMMON, ...SHARED, name: 'arithmetic', include: ARITHMETIC } },
      { ...SOURCE, test: { ...COMMON, ...SHARED, name: 'sharing', include: SHARING_TESTS, exclude: ARITHMETIC } },
    ],
  },
});
