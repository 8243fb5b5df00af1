import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeUs, type AnnotationValue } from '@fluoroscope/model';
import type { TraceRow, TraceStore } from '@fluoroscope/store';
import { batchOf, nodeFactOf, rowOf, serviceOf, traceIdOf, traceQueryOf } from '@fluoroscope/store/conformance';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KNOWN_ANNOTATION_CHARS_MAX, KNOWN_SERVICE_LISTS_MAX, KNOWN_VALUES_MAX } from '../limits.ts';
import { openDuckDbStore } from '../open.ts';

let folder = '';
let store: TraceStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-annotations-'));
  const dir = join(folder, 'store');
  store = await openDuckDbStore({ dir, memoryBytesMax: 128 * 2 ** 20, threads: 1, events: { failing: () => {} } });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function rowWith(no: number, pairs: readonly (readonly [string, AnnotationValue])[]): TraceRow {
  return rowOf(no, { annotations: pairs.map(([key, value]) => ({ key, value, services: [] })) });
}

async function rowsWhere(value: string): Promise<readonly TraceRow[]> {
  const { rows } = await store.findTraces(traceQueryOf({ condition: { op: 'annotation', key: 'k', is: '=', value } }));
  return rows;
}

test('what a batch that failed had said first is said again', async () => {
  const row = rowWith(1, [['k', 'v']]);
  const broken = { ...nodeFactOf('a'), endUs: timeUs(Number.NaN) };
  await expect(store.write(batchOf(1, { traces: [row], facts: [broken] }))).rejects.toMatchObject({ code: 'failed' });
  await store.write(batchOf(1, { traces: [row] }));
  expect(await store.readTraceRows([traceIdOf(1)])).toEqual([row]);
  expect(await rowsWhere('v')).toEqual([row]);
});

test('a value that was forgotten meanwhile is the same value, in the head and in its slice', async () => {
  const others = Array.from({ length: KNOWN_VALUES_MAX }, (_, at) => ['k', `other ${at}`] as const);
  await store.write(batchOf(1, { traces: [rowWith(1, [['k', 'v']]), rowWith(2, others), rowWith(3, [['k', 'v']])] }));
  const found = await rowsWhere('v');
  expect(found.map(({ traceId }) => traceId).sort()).toEqual([traceIdOf(1), traceIdOf(3)]);
  await store.flush();
  expect(await rowsWhere('v')).toEqual(found);
});

test('values that are alike but for their type, and long ones, come back as they were', async () => {
  const long = 'x'.repeat(KNOWN_ANNOTATION_CHARS_MAX + 1);
  const row = rowWith(1, [
    ['k', true],
    ['k', 1],
    ['k', '1'],
    ['k', 'true'],
    ['k', long],
  ]);
  await store.write(batchOf(1, { traces: [row, rowWith(2, [['k', long]])] }));
  expect(await store.readTraceRows([traceIdOf(1)])).toEqual([row]);
  expect(await rowsWhere(long)).toHaveLength(2);
  await store.flush();
  expect(await store.readTraceRows([traceIdOf(1)])).toEqual([row]);
});

test('more lists of services than are remembered', async () => {
  const services = Array.from({ length: 14 }, (_, at) => serviceOf(`s${at}`));
  const lists = Array.from({ length: KNOWN_SERVICE_LISTS_MAX + 1 }, (_, bits) =>
    services.flatMap((_service, place) => ((bits >> place) % 2 === 1 ? [place] : [])),
  );
  const annotations = [...lists, ...lists.slice(0, 3)].map((of, at) => ({ key: 'k', value: at, services: of }));
  const row = rowOf(1, { services, annotations });
  await store.write(batchOf(1, { traces: [row] }));
  expect(await store.readTraceRows([traceIdOf(1)])).toEqual([row]);
});

test('another head begins anew', async () => {
  const [first, second] = [rowWith(1, [['k', 'a']]), rowWith(2, [['k', 'b']])];
  await store.write(batchOf(1, { traces: [first] }));
  await store.flush();
  await store.write(batchOf(2, { traces: [second] }));
  expect(await rowsWhere('a')).toEqual([first]);
  expect(await rowsWhere('b')).toEqual([second]);
});
