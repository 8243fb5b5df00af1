import { defineConfig } from 'vitest/config';

const IN_A_BROWSER = filesOf(
  'access',
  'analytics-page',
  'console',
  'map',
  'settings-page',
  'trace-page',
  'traces-links',
  'traces-page',
);
/** They load the machine, or look at how soon it answers. */
const ALONE = filesOf('attack', 'start', 'torture');
/** They count what gets lost. What is lost once in two tries is lost: like those above, these are not tried again. */
const LOSSES = filesOf('clickhouse', 'daemon', 'dialects', 'encryption', 'kill', 'network');
const COMMON = { testTimeout: 120_000, hookTimeout: 180_000 };
/** They start up to ten programs, one after another. */
const PROGRAMS_TIMEOUT_MS = 240_000;
const SOURCE = { ssr: { resolve: { conditions: ['source'] } } };

// Tests of the whole program as built: real processes, real sockets, a real browser. Two files at a time, which mostly wait for
// pages and networks, but for those that want the machine for themselves.
export default defineConfig({
  test: {
    projects: [
      {
        ...SOURCE,
        test: {
          ...COMMON,
          name: 'browser',
          include: IN_A_BROWSER,
          maxWorkers: 2,
          // The run names each test that needed it.
          retry: 1,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...SOURCE,
        test: {
          ...COMMON,
          name: 'programs',
          include: ['e2e/*.e2e.ts'],
          exclude: [...IN_A_BROWSER, ...LOSSES, ...ALONE],
          maxWorkers: 2,
          testTimeout: PROGRAMS_TIMEOUT_MS,
          retry: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...SOURCE,
        test: {
          ...COMMON,
          name: 'losses',
          include: LOSSES,
          maxWorkers: 2,
          testTimeout: PROGRAMS_TIMEOUT_MS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...SOURCE,
        test: { ...COMMON, name: 'alone', include: ALONE, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
});

function filesOf(...names: readonly string[]): string[] {
  return names.map((name) => `e2e/${name}.e2e.ts`);
}
