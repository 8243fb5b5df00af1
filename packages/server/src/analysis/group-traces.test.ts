import { ALL_TRACES } from '@fluoroscope/query';
import { timeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { openAppRig } from '../testing/app-rig.ts';
import { groupTraces } from './group-traces.ts';

const NOW = Math.floor(Date.now() / 1000);

test('of more traces than are looked at, the newest count, and it is said', async () => {
  await using rig = await openAppRig();
  const documents = Array.from({ length: 5 }, (_document, at) =>
    JSON.stringify({
      trace_id: `1-${NOW.toString(16)}-${String(at).padStart(24, '0')}`,
      id: `00000000000000a${at}`,
      name: 'shop',
      start_time: NOW - 50 + at,
      end_time: NOW,
      user: `user ${at}`,
    }),
  );
  await rig.post('/TraceSegments', { TraceSegmentDocuments: documents });
  await rig.settle();
  const range = { startUs: timeUs((NOW - 60) * 1e6), endUs: timeUs(NOW * 1e6) };
  const { store } = rig.storage;
  const answer = await groupTraces({ store, plan: ALL_TRACES, range, by: 'user', steps: 6, countMax: 3 });
  expect(answer.looked).toMatchObject({
    count: 3,
    countMax: 3,
    complete: false,
    matchingCount: 5,
    reachedTime: NOW - 48,
  });
  expect(new Set(answer.groups.map(({ value }) => value.text))).toEqual(new Set(['user 2', 'user 3', 'user 4']));
  expect(answer.total.trend).toEqual([0, 3, 0, 0, 0, 0]);
});
