import { expect, test } from 'vitest';
import { openAppRig } from '../testing/app-rig.ts';

const NOW = Math.floor(Date.now() / 1_000);
const RANGE = { StartTime: NOW - 60, EndTime: NOW + 60 };

test('a group whose expression names a group has the traces that this one has now', async () => {
  await using rig = await openAppRig();
  const segments = ['shop', 'stock', 'mail'].map((name, at) => {
    const trace_id = `1-5759e988-${String(at + 1).repeat(24)}`;
    return JSON.stringify({ id: 'a'.repeat(16), trace_id, name, start_time: NOW, end_time: NOW + at, fault: at > 0 });
  });
  await rig.post('/TraceSegments', { TraceSegmentDocuments: segments });
  await rig.settle();
  await rig.post('/CreateGroup', { GroupName: 'broken', FilterExpression: 'fault' });
  const FilterExpression = 'group.name = "broken" AND !service("stock")';
  expect(await rig.post('/CreateGroup', { GroupName: 'ours', FilterExpression })).toMatchObject({ status: 200 });

  const inGraph = async (): Promise<readonly string[]> => {
    const { body } = await rig.post('/ServiceGraph', { ...RANGE, GroupName: 'ours' });
    const services = body['Services'] as { Name: string }[];
    return [...new Set(services.map(({ Name }) => Name))];
  };
  expect(await inGraph()).toEqual(['mail']);
  await rig.post('/UpdateGroup', { GroupName: 'broken', FilterExpression: 'ok' });
  expect(await inGraph()).toEqual(['shop']);
  expect(await rig.post('/DeleteGroup', { GroupName: 'broken' })).toMatchObject({
    status: 400,
    body: { message: expect.stringMatching(/"broken" cannot be deleted.*"ours" names it/) },
  });
});
