import { StoreError } from '@fluoroscope/store';
import { expect, test } from 'vitest';
import { alterStore } from '../testing/altered-store.ts';
import { openAppRig } from '../testing/app-rig.ts';

const RANGE = { StartTime: 1_700_000_000, EndTime: 1_700_000_060 };

test.each([
  ['/TraceSummaries', RANGE],
  ['/api/traces/groups', { startTime: RANGE.StartTime, endTime: RANGE.EndTime, by: 'user' }],
  ['/api/analysis/differences', { startTime: RANGE.StartTime, endTime: RANGE.EndTime, a: {} }],
])('%s: what it reads is given up once who asked has gone', async (path, body) => {
  let tellBegun = (): void => {};
  const begun = new Promise<void>((resolve) => (tellBegun = resolve));
  let tellGone = (): void => {};
  const gone = new Promise<void>((resolve) => (tellGone = resolve));
  const untilGone = (_asked: unknown, signal?: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        tellGone();
        reject(new StoreError('cancelled', 'as the storage thread says'));
      });
      tellBegun();
    });
  await using rig = await openAppRig({
    store: (store) => alterStore(store, { findTraces: untilGone, findTraceIds: untilGone }),
  });
  const address = await rig.app.http.listen({ host: '127.0.0.1', port: 0 });
  const asking = new AbortController();
  const answer = fetch(address + path, { method: 'POST', body: JSON.stringify(body), signal: asking.signal });
  await begun;
  asking.abort();
  await expect(answer).rejects.toThrow();
  await gone;
  // It is no fault of ours.
  expect(rig.logs.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('who has its answer gives up nothing', async () => {
  let given: AbortSignal | undefined;
  await using rig = await openAppRig({
    store: (store) =>
      alterStore(store, {
        findTraces: async (query, signal) => {
          given = signal;
          return store.findTraces(query);
        },
      }),
  });
  expect((await rig.post('/TraceSummaries', RANGE)).status).toBe(200);
  expect(given?.aborted).toBe(false);
});
