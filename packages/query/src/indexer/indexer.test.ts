import { timeUs, type TraceDocument, type TraceId } from '@fluoroscope/model';
import {
  createMemoryStore,
  readChangedRows,
  TRACE_ANNOTATIONS_MAX,
  type ChangedTrace,
  type TraceRow,
} from '@fluoroscope/store';
import { trace } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { createIndexer, type IncomingDocument } from './indexer.ts';
import { APART_TRACE_ENTITIES, COUNTED_ANEW_ENTITIES_MAX, TRACE_SERVICES_MAX } from './limits.ts';

const SHOP = trace`
  shop               0..300   200
    -> stock.example 50..200
      stock          60..190
`;

test('delivered again, a document changes nothing and is not stored', async () => {
  const { index } = setUp();
  await index(SHOP.document('shop'), SHOP.document('stock'));
  const again = await index(SHOP.document('stock'), SHOP.document('shop'));
  expect(again).toEqual({ documents: [], traces: [], facts: [], duplicateCount: 2 });
});

test('delivered again after the trace was forgotten, likewise', async () => {
  const { index, indexer } = setUp();
  await index(SHOP.document('shop'));
  indexer.forget();
  expect(await index(SHOP.document('shop'))).toMatchObject({ documents: [], facts: [], duplicateCount: 1 });
});

test('in progress after the complete one is late', async () => {
  const { index } = setUp();
  await index(SHOP.document('shop'));
  expect(await index(opened(SHOP.document('shop')))).toMatchObject({ traces: [], duplicateCount: 1 });
});

test('a revision for each batch that changes the trace', async () => {
  const { index } = setUp();
  const first = await index(opened(SHOP.document('shop')));
  const second = await index(SHOP.document('shop'), SHOP.document('stock'));
  expect([...first.traces, ...second.traces].map(({ revision }) => revision)).toEqual([1, 2]);
});

test('the real segment takes the inferred node back', async () => {
  const { index } = setUp();
  await index(SHOP.document('shop'));
  const { facts } = await index(SHOP.document('stock'));
  const said = facts.map((fact) =>
    fact.kind === 'node'
      ? `${fact.sign} ${fact.service.name}`
      : `${fact.sign} ${fact.source.name} → ${fact.target.name} as ${fact.alias}`,
  );
  expect(said.sort()).toEqual([
    '-1 shop → stock.example as null',
    '-1 stock.example',
    '1 shop → stock as stock.example',
    '1 stock',
  ]);
});

test('an orphan is a root until its caller comes', async () => {
  const { index } = setUp();
  const early = await index(SHOP.document('stock'));
  expect(early.facts).toMatchObject([{ root: true }, { source: { type: 'client?' } }]);
  expect(early.traces[0]?.entryPoint).toBe(0);
  const { facts, traces } = await index(SHOP.document('shop'));
  expect(facts).toContainEqual({ ...early.facts[1], sign: -1 });
  expect(traces[0]?.services[traces[0].entryPoint ?? 9]?.name).toBe('shop');
});

test('a traced call without an answer: nothing inferred, the trace is partial until it comes', async () => {
  const drawn = trace`
    shop     0..30
      -> far 5..25 traced
        far-service 6..24
  `;
  const { index } = setUp();
  const before = await index(drawn.document('shop'));
  expect(before.traces).toMatchObject([{ partial: true, inferred: false, services: [{ name: 'shop' }] }]);
  const after = await index(drawn.document('far-service'));
  expect(after.traces).toMatchObject([{ partial: false }]);
});

test('one read for all forgotten traces of a batch, none for unknown ones', async () => {
  const { index, indexer, reads } = setUp();
  const drawings = [trace`a 0..1`, trace`b 0..1`, trace`c 0..1`];
  const documents = drawings.flatMap((drawn) => drawn.documents);
  await index(...documents.slice(0, 2));
  indexer.forget();
  await index(...documents, ...documents);
  expect(reads).toEqual([drawings.slice(0, 2).map(({ traceId }) => traceId)]);
});

test('when a read fails nothing is taken, and the same documents may come again', async () => {
  const { index, indexer, failNext } = setUp();
  const other = trace`other 0..1`;
  await index(SHOP.document('shop'));
  indexer.forget();
  await index(other.document('other'));
  failNext();
  await expect(index(SHOP.document('stock'))).rejects.toThrow('disk');
  const { facts, traces } = await index(SHOP.document('stock'));
  expect(traces).toMatchObject([{ revision: 2 }]);
  expect(facts).toHaveLength(4);
});

test('what a row takes from segments', async () => {
  const drawn = trace`
    shop     0..40  GET http://shop.example/ 404 user=ann tier:gold
      -> far 5..25
        far-service 6..24 429 tier:gold user=bob
  `;
  const aws = { ec2: { instance_id: 'i-1', availability_zone: 'z1' }, ecs: { availability_zone: 'z2' } };
  const shop = { ...drawn.document('shop'), aws, resource_arn: 'arn:1' } as TraceDocument;
  const { traces } = await setUp().index(shop, drawn.document('far-service'));
  expect(traces).toMatchObject([
    {
      fault: false,
      error: true,
      throttle: true,
      httpStatus: 404,
      responseTimeUs: 40_000,
      annotations: [{ key: 'tier', value: 'gold', services: [0, 1] }],
      users: [
        { name: 'ann', services: [1] },
        { name: 'bob', services: [0] },
      ],
      resourceArns: ['arn:1'],
      instanceIds: ['i-1'],
      availabilityZones: ['z1', 'z2'],
    },
  ]);
});

test.each([
  ['a segment that stands in for a table', '-> DynamoDB 5..25 table=carts 400 throttle', true],
  ['one that failed in the end', '-> DynamoDB 5..25 table=carts 500 throttle', true],
  ['a call with a segment of its own to come', '-> far 5..25 429 traced', false],
  ['local work', '- retry 5..25 throttle', false],
])('throttled: %s', async (_name, call, throttle) => {
  const { traces } = await setUp().index(trace`shop 0..40\n  ${call}`.document('shop'));
  expect(traces).toMatchObject([{ throttle }]);
});

test('a key with many values does not crowd out the others', async () => {
  const count = TRACE_ANNOTATIONS_MAX + 10;
  const row = await rowOf(count, (at) => ({ step: at, ...(at === count - 1 && { z: 'last' }) }));
  expect(row.annotations).toHaveLength(TRACE_ANNOTATIONS_MAX);
  expect(row.annotations.at(-1)).toMatchObject({ key: 'z', value: 'last' });
});

test('a row stays small however many services a trace has, and keeps its entry point', async () => {
  const row = await rowOf(TRACE_SERVICES_MAX + 100, () => ({}));
  expect(row.services).toHaveLength(TRACE_SERVICES_MAX + 1);
  expect(row.services[row.entryPoint ?? 0]?.name).toBe('zzz');
});

test('in a large trace, too, another entry point follows when the first one recedes', async () => {
  const drawn = trace`
    early 0..90 parent=00000000000000aa
    first 10..20
    second 15..30
  `;
  const { index } = setUp();
  const subsegments = Array.from({ length: COUNTED_ANEW_ENTITIES_MAX }, (_, at) => step(idOf(at), ''));
  const large = { ...drawn.document('early'), subsegments } as TraceDocument;
  const first = drawn.document('first');
  await index(large, first, drawn.document('second'));
  const { traces } = await index({ ...first, start_time: first.start_time + 0.008 });
  expect(traces[0]?.services[traces[0].entryPoint ?? 9]?.name).toBe('second');
});

test('chains and circles of any length end', async () => {
  const { index } = setUp();
  const ids = Array.from({ length: 100_000 }, (_, at) => idOf(at));
  const chain = ids.map((id, at) => step(id, ids[at + 1] ?? 'f'.repeat(16)));
  const { facts } = await index(...chain);
  expect(facts).toEqual([]);
  const root = await index({ ...SHOP.document('shop'), id: 'f'.repeat(16) } as TraceDocument);
  expect(root.facts).toHaveLength(2 * ids.length + 4);
  const closed = await index(step(ids.at(-1) ?? '', ids[0] ?? ''));
  expect(closed.facts).toHaveLength(2 * ids.length);
});

test('a giant trace: what is said of it stands, and nothing of it is read back', async () => {
  const { index, indexer, reads } = setUp(10);
  const root = { ...SHOP.document('shop'), id: 'f'.repeat(16) } as TraceDocument;
  const tables = Array.from({ length: 20 }, (_, at) => table(idOf(at)));
  const first = await index(opened(root), ...tables.slice(0, 5));
  expect(first.traces).toMatchObject([{ partial: true, entityCount: 6, revision: 1 }]);
  const second = await index(...tables.slice(5, 15));
  expect(second.traces).toMatchObject([{ partial: true, entityCount: 16, revision: 2, inferred: true }]);
  expect(second.facts).toHaveLength(20);
  expect(indexer.cachedEntityCount).toBe(APART_TRACE_ENTITIES);

  const again = await index(...tables.slice(10));
  expect(again.documents).toHaveLength(10);
  expect(again.facts).toHaveLength(10);
  const last = await index(root);
  const said = last.facts.map((fact) => `${fact.sign} ${fact.kind} ${fact.outcome}`);
  expect(said).toEqual(['-1 node pending', '-1 edge pending', '1 node ok', '1 edge ok']);
  expect(last.traces).toMatchObject([
    {
      partial: true,
      entityCount: 22,
      revision: 4,
      responseTimeUs: 300_000,
      services: [{ name: 'carts' }, { name: 'shop' }],
    },
  ]);

  indexer.forget();
  const later = await index(table(idOf(30)));
  expect(reads).toEqual([]);
  expect(later.traces).toMatchObject([{ partial: true, entityCount: 23, revision: 5, responseTimeUs: 300_000 }]);
});

test('a giant trace is the same wherever batches end', async () => {
  const root = { ...SHOP.document('shop'), id: 'f'.repeat(16) } as TraceDocument;
  const other = { ...SHOP.document('stock'), id: 'e'.repeat(16), parent_id: idOf(3) } as TraceDocument;
  const all = [opened(root), ...Array.from({ length: 20 }, (_, at) => table(idOf(at))), other, root, other];
  const outcomes: unknown[] = [];
  for (const size of [1, 3, 7, 100]) {
    const { index } = setUp(10);
    const sums = new Map<string, number>();
    let row: TraceRow | undefined;
    for (let at = 0; at < all.length; at += size) {
      const { facts, traces } = await index(...all.slice(at, at + size));
      for (const { sign, ...fact } of facts)
        sums.set(JSON.stringify(fact), (sums.get(JSON.stringify(fact)) ?? 0) + sign);
      row = traces[0] ?? row;
    }
    const standing = [...sums].filter(([, sum]) => sum !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
    expect(standing.every(([, sum]) => sum > 0)).toBe(true);
    outcomes.push({ standing, row: { ...row, revision: 0 } });
  }
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
});

test('however long its texts, what is remembered stays within its bound', async () => {
  const { index, indexer } = setUp();
  const annotations = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`k${at}`, 'x'.repeat(1_000)]));
  await index({ ...SHOP.document('stock'), annotations });
  expect(indexer.cachedEntityCount).toBeGreaterThan(50);
});

test.each<[string, object, boolean]>([
  ['a request that began here and has ended', {}, false],
  ['one in progress', { in_progress: true, end_time: undefined }, true],
  ['one that was called', { parent_id: 'a'.repeat(16) }, true],
  ['one that called somebody who sends too', { subsegments: [{ ...step(idOf(1), ''), traced: true }] }, true],
])('%s: its row is made at once, or late', async (_name, more, isLate) => {
  const { index, handedOut } = setUp();
  await index(JSON.parse(JSON.stringify({ ...SHOP.document('shop'), ...more })) as TraceDocument);
  expect(handedOut).toMatchObject([{ isLikelyWhole: !isLate }]);
});

test('should a batch not be written, rows of batches before are made of what is stored', async () => {
  const { indexer, index, reads, handedOut } = setUp();
  await index({ ...SHOP.document('shop'), parent_id: 'a'.repeat(16) } as TraceDocument);
  await indexer.index([incomingOf(SHOP.document('stock'))]);
  expect(handedOut).toMatchObject([{ mustRead: false }]);
  expect(await readChangedRows(handedOut)).toMatchObject([{ entityCount: 3, inferred: false }]);
  indexer.forget();
  expect([handedOut, reads]).toMatchObject([[{ mustRead: true }], []]);
  expect(await readChangedRows(handedOut)).toMatchObject([{ revision: 2, entityCount: 2, inferred: true }]);
  expect(reads).toEqual([[SHOP.traceId]]);
});

function table(id: string): TraceDocument {
  return {
    ...step(id, 'f'.repeat(16)),
    name: 'DynamoDB',
    namespace: 'aws',
    aws: { table_name: 'carts' },
  } as TraceDocument;
}

function idOf(at: number): string {
  return (at + 1).toString(16).padStart(16, '0');
}

function step(id: string, parent_id: string): TraceDocument {
  const times = { start_time: 1_727_004_672, end_time: 1_727_004_673 };
  const call = { name: 'far', namespace: 'remote', type: 'subsegment', trace_id: SHOP.traceId };
  return { id, parent_id, ...times, ...call } as TraceDocument;
}

/** A root `zzz` that calls `count` services, one after another. */
async function rowOf(count: number, annotationsOf: (at: number) => object): Promise<TraceRow> {
  const subsegments = Array.from({ length: count }, (_, at) => {
    const id = idOf(at);
    return { ...step(id, ''), name: `s${at}`, annotations: annotationsOf(at) };
  });
  const { traces } = await setUp().index({ ...SHOP.document('shop'), name: 'zzz', subsegments } as TraceDocument);
  const [row] = traces;
  if (row === undefined) throw new Error('no row');
  return row;
}

function incomingOf(document: TraceDocument): IncomingDocument {
  return { document, text: JSON.stringify(document), receivedUs: timeUs(1) };
}

function opened(document: TraceDocument): TraceDocument {
  const { end_time: _end, subsegments: _none, ...rest } = document;
  return { ...rest, in_progress: true };
}

function setUp(linkedEntitiesMax = 200_000) {
  const store = createMemoryStore();
  const known = new Set<TraceId>();
  const reads: (readonly TraceId[])[] = [];
  const handedOut: ChangedTrace[] = [];
  let sequence = 0;
  let isFailing = false;
  const indexer = createIndexer({
    async readDocuments(ids) {
      if (isFailing) {
        isFailing = false;
        throw new Error('disk');
      }
      reads.push(ids);
      return store.readDocuments(ids);
    },
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: (id) => known.has(id),
    cachedEntitiesMax: 200_000,
    linkedEntitiesMax,
  });
  async function index(...documents: readonly TraceDocument[]) {
    const batch = await indexer.index(documents.map(incomingOf));
    sequence += 1;
    await store.write({ origin: 'journal', sequence, ...batch });
    handedOut.push(...batch.traces);
    for (const { traceId } of batch.traces) known.add(traceId);
    return { ...batch, traces: await readChangedRows(batch.traces) };
  }
  return { index, indexer, reads, handedOut, failNext: () => (isFailing = true) };
}
