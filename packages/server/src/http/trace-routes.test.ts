import { createOutlineReader, type OutlineFrame } from '@fluoroscope/api/outline';
import { parseTraceId, readAcceptedDocument, type TraceId } from '@fluoroscope/model';
import { createMemoryStore, type TraceStore } from '@fluoroscope/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTraceOutlines } from '../operations/trace-outline.ts';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';

const NOW = Math.floor(Date.now() / 1000);
const ID = `1-${NOW.toString(16)}-bd862e3fe1be46a994272793`;

let rig: AppRig;
beforeAll(async () => {
  rig = await openAppRig();
  const shop = {
    trace_id: ID,
    id: '00000000000000a1',
    name: 'shop',
    start_time: NOW,
    end_time: NOW + 1,
    subsegments: [
      { id: '00000000000000a2', name: 'bank', namespace: 'remote', start_time: NOW + 0.1, end_time: NOW + 0.2 },
    ],
  };
  await rig.post('/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(shop)] });
  await rig.settle();
});
afterAll(() => rig[Symbol.asyncDispose]());

test('the outline of a trace: what was sent, and what is inferred', async () => {
  const answer = await ask(`/api/traces/${ID}/outline`);
  expect(answer.headers['content-type']).toBe('application/octet-stream');
  const [frame, ...more] = createOutlineReader().push(answer.rawPayload);
  expect(more).toEqual([]);
  expect(frame?.header).toMatchObject({ count: 3, asSent: false, isLast: true, leftOutCount: 0 });
  expect(frame?.header.strings).toEqual(['shop', 'bank', 'remote']);
  expect([...(frame?.columns.place ?? [])]).toEqual([0, 0, 1]);
});

test('a document of it, at the place that the outline gave', async () => {
  expect((await ask(`/api/traces/${ID}/documents/0`)).json()).toMatchObject({ name: 'shop', trace_id: ID });
  expect((await ask(`/api/traces/${ID}/documents/1`)).json()).toMatchObject({ name: 'bank', inferred: true });
});

test.each([
  [`/api/traces/1-00000001-${'0'.repeat(24)}/outline`, 'ResourceNotFoundException'],
  [`/api/traces/${ID}/documents/7`, 'ResourceNotFoundException'],
  ['/api/traces/none/outline', 'InvalidRequestException'],
  [`/api/traces/${ID}/documents/x`, 'InvalidRequestException'],
])('%s is refused: %s', async (path, type) => {
  expect((await ask(path)).json()).toMatchObject({ __type: type });
});

test('a trace that takes a while to put together comes with a first look at it', async () => {
  const id = `1-${NOW.toString(16)}-bd862e3fe1be46a994272794`;
  const call = { namespace: 'remote', start_time: NOW, end_time: NOW + 1 };
  const documents = Array.from({ length: 300 }, (_, at) => ({
    trace_id: id,
    id: (at + 1).toString(16).padStart(16, '0'),
    name: `step ${at}`,
    start_time: NOW,
    end_time: NOW + 1,
    ...(at === 299 && { subsegments: [{ ...call, id: 'f'.repeat(16), name: 'bank' }] }),
  }));
  await rig.post('/TraceSegments', { TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) });
  await rig.settle();
  const [look, whole, ...more] = createOutlineReader().push((await ask(`/api/traces/${id}/outline`)).rawPayload);
  expect(more).toEqual([]);
  // It is known by what the trace's row counts: segments, and the call inside one.
  expect(look?.header).toMatchObject({ count: 256, readCount: 256, totalCount: 301, isLast: false });
  expect(whole?.header).toMatchObject({ count: 302, isLast: true, startsAnew: true });
  expect(whole?.header.strings).toContain('step 0');
});

test('a trace too large to be put together comes as it was sent, a frame for each read', async () => {
  await using store = createMemoryStore();
  const id = await fill(store, 1_200);
  const outlines = createTraceOutlines({ store, mergedDocumentsMax: 10 });
  const frames: OutlineFrame[] = [];
  const reader = createOutlineReader();
  for await (const bytes of (await outlines.read(id)) ?? []) frames.push(...reader.push(bytes));
  expect(frames.map(({ header: { count, readCount, isLast } }) => [count, readCount, isLast])).toEqual([
    [1_000, 1_000, false],
    [200, 1_200, true],
  ]);
  expect(frames[0]?.header).toMatchObject({ asSent: true });
  expect(frames[1]?.columns.place[0]).toBe(1_000);
  expect(Buffer.from((await outlines.readDocument(id, 1_100)) ?? []).toString()).toContain('"step 1100"');
  expect(await outlines.readDocument(id, 1_200)).toBeNull();
});

async function fill(store: TraceStore, count: number): Promise<TraceId> {
  const id = parseTraceId(ID);
  if (!id.ok) throw new Error('no trace id');
  const documents = Array.from({ length: count }, (_, at) => {
    const text = JSON.stringify({
      trace_id: ID,
      id: at.toString(16).padStart(16, '0'),
      name: `step ${at}`,
      start_time: NOW,
      end_time: NOW + 1,
    });
    return { traceId: readAcceptedDocument(text).trace_id, receivedUs: 0 as never, text };
  });
  await store.write({ origin: 'test', sequence: 1, documents, traces: [], facts: [] });
  return id.value;
}

function ask(url: string) {
  return rig.app.http.inject({ method: 'GET', url, headers: { host: 'localhost' } });
}
