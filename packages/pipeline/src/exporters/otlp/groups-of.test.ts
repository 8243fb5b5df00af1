import { timeUsFromSeconds, toPrintedDocuments, type OtlpSpan, type OtlpSpanGroup } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { createIntake } from '../../intake.ts';
import { createMapping } from '../../processors/mapping.ts';
import { decodeTraceRequest } from '../../receivers/otlp/decode-protobuf.ts';
import { groupOf, spanAt } from '../../receivers/otlp/testing/spans.ts';
import type { Parcel } from '../../stage.ts';
import { encodeRequest } from './encode-request.ts';
import { groupsOf } from './groups-of.ts';

const NOW = 1_727_004_672;
const SPAN = spanAt(1, {
  start: { us: NOW * 1e6, ns: 7 },
  end: { us: NOW * 1e6 + 5, ns: 0 },
  attributes: [{ key: 'tier', type: 'string', value: 'gold é' }],
});
/** By which a call has two documents. */
const LOCAL_ROOT = { key: 'aws.span.kind', type: 'string', value: 'LOCAL_ROOT' } as const;
const CALL: OtlpSpan = { ...SPAN, spanId: '2222222222222222', kind: 3, attributes: [LOCAL_ROOT] };
const OTHER: OtlpSpanGroup = {
  ...groupOf([{ ...SPAN, spanId: '3333333333333333' }]),
  resource: { attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
};

test('spans that nobody changed go out as they came, resource by resource', async () => {
  const groups = [groupOf([SPAN, CALL]), OTHER];
  const bytes = encodeRequest(groups);
  const [first, second] = [await received(bytes), await received(bytes)];
  const sent = groupsOf([...first, ...second]);
  expect(sent.map(({ spans }) => spans.length)).toEqual([4, 2]);
  expect(encodeRequest(groupsOf(first)).equals(bytes)).toBe(true);
  expect(first).toHaveLength(4);
});

test('so do fields that are not known here', async () => {
  const bytes = encodeRequest([groupOf([{ ...SPAN, name: 'unknown' }])]);
  // The name becomes field 100, whose tag takes a byte more: one of the text's.
  const at = bytes.indexOf('unknown');
  bytes.set([0xa2, 0x06, 6], at - 2);
  const text = Buffer.from(encodeRequest(groupsOf(await received(bytes)))).toString('latin1');
  expect(text).toContain('\u00a2\u0006\u0006nknown');
});

test('bytes that are no UTF-8 are mended', async () => {
  const bytes = encodeRequest([groupOf([{ ...SPAN, name: 'unknown' }])]);
  bytes[bytes.indexOf('unknown')] = 0xff;
  const sent = encodeRequest(groupsOf(await received(bytes)));
  expect(spansIn(sent)).toMatchObject([{ name: '\ufffdnknown', attributes: SPAN.attributes }]);
});

test('of a span that was changed it is the changed one', async () => {
  const consumed: (readonly Parcel[])[] = [];
  const changing = createMapping({ consume: async (parcels) => void consumed.push(parcels) }, (document) =>
    document.id === SPAN.spanId ? { ...document, annotations: { tier: 'tin' } } : document,
  );
  await changing.consume(await received(encodeRequest([groupOf([SPAN, CALL])])));
  const spans = spansIn(encodeRequest(groupsOf(consumed.flat())));
  const tin = { ...SPAN, attributes: [{ key: 'tier', type: 'string', value: 'tin' }] };
  expect(spans).toEqual(expect.arrayContaining([expect.objectContaining(tin), expect.objectContaining(CALL)]));
  expect(spans).toHaveLength(2);
});

/** As the collector takes them. */
async function received(bytes: Uint8Array): Promise<readonly Parcel[]> {
  const decoded = decodeTraceRequest(bytes, { keepsWire: true });
  if (!decoded.ok) throw new Error(decoded.problem.message);
  const consumed: (readonly Parcel[])[] = [];
  const intake = createIntake({
    next: () => ({ consume: async (parcels) => void consumed.push(parcels) }),
    nowUs: () => timeUsFromSeconds(NOW),
    pastUsMax: 60e6,
    futureUsMax: 60e6,
    documentBytesMax: 65_536,
    events: { accepted: () => {}, refused: () => {}, turnedAway: () => {} },
  });
  await intake(toPrintedDocuments(decoded.value.groups, { indexed: 'all', keepsSpans: true }));
  return consumed.flat();
}

function spansIn(bytes: Uint8Array): readonly OtlpSpan[] {
  const decoded = decodeTraceRequest(bytes);
  if (!decoded.ok) throw new Error(decoded.problem.message);
  return decoded.value.groups.flatMap(({ spans }) => spans);
}
