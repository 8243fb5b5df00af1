import { parseTraceId, timeUs, type TraceId } from '@fluoroscope/model';
import { mergeStored } from '@fluoroscope/query';
import { createMemoryStore, type StoredDocument } from '@fluoroscope/store';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';
import { createMergedTraces } from './merged-traces.ts';
import { createTraceOutlines, type TraceOutlines } from './trace-outline.ts';

const NOW = Math.floor(Date.now() / 1000);
/** More than a trace of which every look is cheap. */
const COUNT = 300;

let rig: AppRig;
let id: TraceId;
const readDocuments = vi.fn(async (ids: readonly TraceId[]) => rig.storage.store.readDocuments(ids));
const open = (mergedTracesBytesMax?: number): TraceOutlines =>
  createTraceOutlines({
    store: {
      readDocuments,
      readDocumentPage: (query) => rig.storage.store.readDocumentPage(query),
      readTraceRows: (ids) => rig.storage.store.readTraceRows(ids),
    },
    ...(mergedTracesBytesMax !== undefined && { mergedTracesBytesMax }),
  });

beforeAll(async () => {
  rig = await openAppRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(async (context) => {
  id = traceIdOf(context.task.name.length);
  await send(Array.from({ length: COUNT }, (_, at) => textOf(at + 1, `step ${at} é`)));
  readDocuments.mockClear();
});

test('looks at a trace put together once say what each says that puts it together anew', async () => {
  const [kept, anew] = [open(), open(0)];
  const places = [0, 1, 255, COUNT - 1, COUNT, COUNT + 1];
  const answers = await Promise.all(places.map((place) => look(anew, place)));
  expect(readDocuments).toHaveBeenCalledTimes(places.length);
  readDocuments.mockClear();
  for (const [at, place] of places.entries()) expect(await look(kept, place), String(place)).toEqual(answers[at]);
  expect(answers[1]).toMatchObject({ name: 'step 1 é' });
  expect(answers.at(-1)).toBeNull();
  expect(readDocuments).toHaveBeenCalledTimes(1);
});

test('once its outline was read, no look puts a trace together', async () => {
  const outlines = open();
  for await (const _frame of (await outlines.read(id)) ?? []);
  readDocuments.mockClear();
  expect(await look(outlines, 7)).toMatchObject({ name: 'step 7 é' });
  expect(readDocuments).not.toHaveBeenCalled();
});

test('what arrives between two looks is seen by the second', async () => {
  const outlines = open();
  expect(await look(outlines, 0)).toMatchObject({ name: 'step 0 é' });
  await send([textOf(1, 'another version')]);
  expect(await look(outlines, 0)).toMatchObject({ name: 'another version' });
  await send([textOf(COUNT + 1, 'one more')]);
  expect(await look(outlines, COUNT)).toMatchObject({ name: 'one more' });
});

test('retention between two looks is seen by the second, also when as many documents have come', async () => {
  await using store = createMemoryStore();
  let documents = ['1', '2', '3'].map((text) => stored(text));
  store.readDocumentPage = async ({ skip, limit }) => documents.slice(skip, skip + limit);
  const traces = createMergedTraces(store, 1_000);
  traces.keep(id, documents, mergeStored([]));
  expect(await traces.find(id)).not.toBeNull();
  documents = documents.slice(1);
  expect(await traces.find(id)).toBeNull();
  traces.keep(id, documents, mergeStored([]));
  documents = [...documents.slice(1), stored('4')];
  expect(await traces.find(id)).toBeNull();
});

test('kept is what the budget holds, and what was asked for last', async () => {
  await using store = createMemoryStore();
  const documents = [stored(textOf(1, 'a'))];
  store.readDocumentPage = async ({ skip }) => documents.slice(skip);
  const { byteCount: size } = createMergedTraces(store, 1_000).keep(id, documents, mergeStored(documents));
  const traces = createMergedTraces(store, 2 * size);
  const [a, b, c] = [1, 2, 3].map(traceIdOf);
  const keep = (one: TraceId | undefined, of = documents) => one && traces.keep(one, of, mergeStored(of));
  const isKept = async (one: TraceId | undefined) => one !== undefined && (await traces.find(one)) !== null;
  keep(a);
  keep(b);
  expect(await isKept(a)).toBe(true);
  keep(c);
  expect([await isKept(a), await isKept(b), await isKept(c)]).toEqual([true, false, true]);
  expect(traces.byteCount()).toBe(2 * size);
  keep(b, [stored(textOf(1, 'a'.repeat(2 * size)))]);
  expect([await isKept(a), await isKept(b)]).toEqual([true, false]);
  expect(traces.byteCount()).toBe(2 * size);
});

async function look({ readDocument }: TraceOutlines, place: number): Promise<unknown> {
  const bytes = await readDocument(id, place);
  return bytes === null ? null : JSON.parse(Buffer.from(bytes).toString());
}

async function send(TraceSegmentDocuments: readonly string[]): Promise<void> {
  await rig.post('/TraceSegments', { TraceSegmentDocuments });
  await rig.settle();
}

function textOf(number: number, name: string): string {
  const segmentId = number.toString(16).padStart(16, '0');
  return JSON.stringify({ trace_id: id, id: segmentId, name, start_time: NOW + number / 1e3, end_time: NOW + 1 });
}

function stored(text: string): StoredDocument {
  return { traceId: id, receivedUs: timeUs(0), text };
}

function traceIdOf(number: number): TraceId {
  const parsed = parseTraceId(`1-${NOW.toString(16)}-${number.toString(16).padStart(24, '0')}`);
  if (!parsed.ok) throw new Error('no trace id');
  return parsed.value;
}
