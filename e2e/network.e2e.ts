import { expect, test } from 'vitest';
import { runNetworkFaults } from '../torture/network.ts';

/** R9 in small; the full size is `npm run test:torture -- network`. */
const SCENARIOS = 20;

test(
  'networks that delay, cut, reset, slice and keep silent between client, daemon, server and ClickHouse lose nothing acknowledged',
  { timeout: 300_000 },
  async () => {
    const { violations, figures } = await runNetworkFaults({
      seed: 20_261,
      cycles: SCENARIOS,
      minutes: 0,
      isTimed: false,
      tell: console.log,
    });
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ scenarios: SCENARIOS });
    // The runs were not empty, and something broke.
    for (const what of ['acknowledged', 'throughDaemon', 'broken', 'unanswered'])
      expect(figures[what], what).toBeGreaterThan(10);
  },
);
