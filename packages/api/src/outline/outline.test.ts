import { parseTraceId, readAcceptedDocument, type TraceDocument } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { createOutlineEncoder, type FrameFigures } from './encode.ts';
import { OUTLINE_FLAGS } from './format.ts';
import { createOutlineReader, type OutlineFrame } from './read.ts';

const TRACE_ID = '1-5759e988-bd862e3fe1be46a994272793';
const FIGURES: FrameFigures = { readCount: 1, totalCount: 2, asSent: false, isLast: true };

const SHOP = {
  id: '00000000000000a1',
  name: 'shop',
  start_time: 1000.5,
  end_time: 1001,
  http: { request: { method: 'GET', url: 'https://shop.example/cart?x=1' }, response: { status: 502 } },
  fault: true,
  subsegments: [
    {
      id: 'ffffffffffffffff',
      name: 'DynamoDB',
      namespace: 'aws',
      start_time: 1000.6,
      end_time: 1000.7,
      aws: { operation: 'GetItem', table_name: 'carts' },
    },
    { id: '00000000000000a3', name: 'shop', start_time: 1000.6, in_progress: true },
  ],
};

test('what is written is read, in pieces of any size', () => {
  const encoder = createOutlineEncoder();
  const alone = { type: 'subsegment', id: '00000000000000b1', parent_id: SHOP.id, name: 'late', start_time: 1000.9 };
  const bytes = [
    encoder.encode([{ document: document(SHOP), place: 0 }], { ...FIGURES, isLast: false }),
    encoder.encode([{ document: document({ ...alone, end_time: 1000.95 }), place: 1 }], FIGURES),
  ].flatMap((frame) => [...frame]);
  for (const size of [1, 7, 64, bytes.length]) {
    const reader = createOutlineReader();
    const frames: OutlineFrame[] = [];
    for (let at = 0; at < bytes.length; at += size)
      frames.push(...reader.push(Uint8Array.from(bytes.slice(at, at + size))));
    const [first, second] = frames;
    expect(frames).toHaveLength(2);
    expect(first?.header).toMatchObject({ count: 3, strings: ['shop', 'GET /cart?x=1', 'DynamoDB', 'GetItem carts'] });
    expect([...(first?.columns.startUs ?? [])]).toEqual([1000.5e6, 1000.6e6, 1000.6e6]);
    expect([...(first?.columns.lengthUs ?? [])]).toEqual([0.5e6, 0.1e6, 0]);
    expect([...(first?.columns.idHigh ?? [])]).toEqual([0, 0xffffffff, 0]);
    expect([...(first?.columns.parentLow ?? [])]).toEqual([0, 0xa1, 0xa1]);
    expect([...(first?.columns.name ?? [])]).toEqual([1, 3, 1]);
    expect([...(first?.columns.service ?? [])]).toEqual([1, 1, 1]);
    expect([...(first?.columns.detail ?? [])]).toEqual([2, 4, 0]);
    expect([...(first?.columns.status ?? [])]).toEqual([502, 0, 0]);
    const { segment, fault, embedded, hasParent, aws, pending } = OUTLINE_FLAGS;
    const inside = embedded + hasParent;
    expect([...(first?.columns.flags ?? [])]).toEqual([segment + fault, inside + aws, inside + pending]);
    expect(second?.header).toMatchObject({ count: 1, strings: ['late'], isLast: true });
    expect([...(second?.columns.service ?? [])]).toEqual([0]);
    expect([...(second?.columns.place ?? [])]).toEqual([1]);
  }
});

test('the origin is told of segments alone', () => {
  const bytes = createOutlineEncoder().encode([{ document: document({ ...SHOP, origin: 'AWS::Lambda' }), place: 0 }], {
    ...FIGURES,
    isLast: true,
  });
  const [frame] = createOutlineReader().push(bytes);
  expect(Array.from(frame?.columns.origin ?? [], (at) => ['', ...(frame?.header.strings ?? [])][at])).toEqual([
    'AWS::Lambda',
    '',
    '',
  ]);
});

test('entities beyond the limit are counted', () => {
  const frame = createOutlineEncoder(2).encode([{ document: document(SHOP), place: 0 }], FIGURES);
  expect(createOutlineReader().push(frame)[0]?.header).toMatchObject({ count: 2, leftOutCount: 1 });
});

test('a stream of something else is refused', () => {
  expect(() => createOutlineReader().push(Uint8Array.from([255, 255, 255, 255]))).toThrow(RangeError);
});

function document(fields: object): TraceDocument {
  const id = parseTraceId(TRACE_ID);
  if (!id.ok) throw new Error('no trace id');
  return readAcceptedDocument(JSON.stringify({ ...fields, trace_id: id.value }));
}
