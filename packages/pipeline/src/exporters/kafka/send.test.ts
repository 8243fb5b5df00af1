import { readAcceptedDocument, toDocumentTexts } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { decodeTraceRequestJson } from '../../receivers/otlp/decode-json.ts';
import { decodeTraceRequest } from '../../receivers/otlp/decode-protobuf.ts';
import { groupOf, spanAt } from '../../receivers/otlp/testing/spans.ts';
import { idOf, parcel, traceIdOf } from '../../testing/parcels.ts';
import type { Parcel } from '../../stage.ts';
import type { KafkaEncoding } from './encode-records.ts';
import { createKafkaSend } from './send.ts';

const NEVER = new AbortController().signal;

async function send(encoding: KafkaEncoding, parcels: readonly Parcel[], recordBytesMax = 100_000) {
  const records: { key: string; value: Uint8Array }[] = [];
  const append = async (values: readonly Uint8Array[], keys: readonly string[]): Promise<void> =>
    void records.push(...values.map((value, at) => ({ value, key: keys[at] ?? '' })));
  const outcome = await createKafkaSend({ append, encoding, recordBytesMax })(parcels, NEVER);
  return { outcome, records };
}

const DECODERS = [
  ['otlp_proto', decodeTraceRequest],
  ['otlp_json', decodeTraceRequestJson],
] as const;

test.each(DECODERS)('%s: spans come out as they were received', async (encoding, decode) => {
  const groups = [groupOf([0, 1, 2].map((at) => spanAt(at)))];
  const texts = toDocumentTexts(groups, { indexed: 'all' });
  const { outcome, records } = await send(
    encoding,
    texts.map((text) => ({ document: readAcceptedDocument(text), bytes: 1 })),
  );
  expect(outcome).toEqual({ state: 'sent', refused: 0 });
  const read = records.flatMap(({ value }) => {
    const decoded = decode(value);
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.problem));
    return toDocumentTexts(decoded.value.groups, { indexed: 'all' });
  });
  const sorted = (all: readonly string[]): readonly unknown[] => all.map((text) => JSON.parse(text)).toSorted(byId);
  expect(sorted(read)).toEqual(sorted(texts));
});

test.each([
  ['otlp_proto', 2],
  ['xray_json', 4],
] as const)('%s: a trace has one key, and records of its own', async (encoding, count) => {
  const traces = [0, 1].flatMap((at) => [0, 1].map((id) => parcel({ trace_id: traceIdOf(at), id: idOf(id) })));
  const { records } = await send(encoding, traces);
  expect(records).toHaveLength(count);
  expect([...new Set(records.map(({ key }) => key))]).toEqual(
    [0, 1].map((at) => traceIdOf(at).replaceAll('-', '').slice(1)),
  );
});

test('xray_json is the document', async () => {
  const { records } = await send('xray_json', [parcel()]);
  expect(JSON.parse(String(Buffer.from(records[0]?.value ?? [])))).toEqual(parcel().document);
});

test('a trace that is too large for a record is cut, a document that is, refused', async () => {
  const spans = Array.from({ length: 20 }, (_, at) => parcel({ id: idOf(at) }));
  const large = parcel({ id: idOf(99), annotations: { text: 'x'.repeat(2_000) } });
  const { outcome, records } = await send('otlp_proto', [...spans, large], 1_000);
  expect(outcome).toMatchObject({ state: 'sent', refused: 1 });
  expect(records.length).toBeGreaterThan(1);
  expect(records.every(({ value }) => value.byteLength <= 1_000)).toBe(true);
  const ids = records.flatMap(({ value }) => {
    const decoded = decodeTraceRequest(value);
    return decoded.ok ? decoded.value.groups.flatMap((group) => group.spans.map(({ spanId }) => spanId)) : [];
  });
  expect(ids.toSorted()).toEqual(spans.map(({ document }) => document.id).toSorted());
});

test('brokers that do not answer are asked again', async () => {
  const append = () => Promise.reject(new Error('no answer'));
  const sending = createKafkaSend({ append, encoding: 'xray_json', recordBytesMax: 1_000 })([parcel()], NEVER);
  await expect(sending).rejects.toThrow('no answer');
});

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
