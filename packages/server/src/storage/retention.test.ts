import { timeUs } from '@fluoroscope/model';
import { StoreError, type RetentionPolicy, type RetentionReport } from '@fluoroscope/store';
import { expect, test } from 'vitest';
import { startRetention } from './retention.ts';

const DAY_US = 86_400_000_000;
const NOTHING: RetentionReport = { sliceCount: 0, documentCount: 0, sizeBytes: 0 };

test('asks at once for what arrived before now less the retention, and for the size', async () => {
  const { asked, retention } = run({ answers: [NOTHING] });
  await retention[Symbol.asyncDispose]();
  expect(asked).toEqual([{ arrivedBeforeUs: timeUs(7 * DAY_US), sizeBytesMax: 5 }]);
});

test('tells what has gone, and only that', async () => {
  const gone = { sliceCount: 1, documentCount: 7, sizeBytes: 9 };
  const { told, asked, retention, settled } = run({ answers: [NOTHING, gone, NOTHING] });
  await settled(3);
  await retention[Symbol.asyncDispose]();
  expect(told).toEqual([gone]);
  expect(asked.length).toBeGreaterThanOrEqual(3);
});

test('a store that refuses is told of, and asked again', async () => {
  const { told, settled, retention } = run({ answers: [new StoreError('failed', 'no disk'), NOTHING] });
  await settled(2);
  await retention[Symbol.asyncDispose]();
  expect(told).toEqual(['[failed] no disk']);
});

/** The clock stands at ten days, the retention is three; it asks again every millisecond. */
function run({ answers }: { answers: readonly (RetentionReport | Error)[] }) {
  const asked: RetentionPolicy[] = [];
  const told: unknown[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const retention = startRetention({
    store: {
      async retain(policy) {
        const answer = answers[asked.length] ?? NOTHING;
        asked.push(policy);
        for (const { count, resolve } of waiting) if (asked.length >= count) resolve();
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    retentionUs: 3 * DAY_US,
    sizeBytesMax: 5,
    events: { expired: (report) => told.push(report), failing: (message) => told.push(message) },
    intervalMs: 1,
    nowMs: () => (10 * DAY_US) / 1_000,
  });
  const settled = (count: number): Promise<void> =>
    asked.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve }));
  return { asked, told, retention, settled };
}
