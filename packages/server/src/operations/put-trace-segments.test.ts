import { expect, test } from 'vitest';
import { openAppRig } from '../testing/app-rig.ts';

test.each<[string, readonly string[], number, object[]]>([
  ['64 KiB', [], 65_536, []],
  ['a byte more', [], 65_537, [{ Id: 'a'.repeat(16), ErrorCode: 'SegmentTooLarge' }]],
  ['a byte more, where that may be', ['--segment-size', '65537'], 65_537, []],
  ['a byte more than a lower limit', ['--segment-size', '1 KiB'], 1_025, [{ ErrorCode: 'SegmentTooLarge' }]],
])('PutTraceSegments: a document of %s', async (_name, flags, bytes, refused) => {
  await using rig = await openAppRig({ flags });
  const { body } = await rig.post('/TraceSegments', { TraceSegmentDocuments: [documentOf(bytes)] });
  expect(body).toMatchObject({ UnprocessedTraceSegments: refused });
});

function documentOf(bytes: number): string {
  const now = Math.floor(Date.now() / 1_000);
  const document = { id: 'a'.repeat(16), trace_id: `1-5759e988-${'1'.repeat(24)}`, name: 'shop' };
  const print = (text: string): string =>
    JSON.stringify({ ...document, start_time: now, end_time: now, metadata: { text } });
  return print('x'.repeat(bytes - print('').length));
}
