import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONDITION_CASES, CONDITION_ROWS } from './conformance/condition-cases.ts';
import { describeGivenUp } from './conformance/given-up-tests.ts';
import { describeGraph } from './conformance/graph-tests.ts';
import { describeRetention } from './conformance/retention-tests.ts';
import { describeReplayedCases } from './conformance/replayed-cases.ts';
import {
  BASE_US,
  ORIGIN,
  batchOf,
  documentOf,
  edgeFactOf,
  graphQueryOf,
  lateRowOf,
  nodeFactOf,
  rowOf,
  seriesQueryOf,
  serviceOf,
  sortRows,
  sortSums,
  traceIdOf,
  traceQueryOf,
} from './conformance/samples.ts';
import { storeTest, type OpenStore, type StoreUnderTest } from './conformance/store-test.ts';
import { type TraceCursor, type TraceRow, type TraceStore } from './trace-store.ts';

export * from './conformance/generated.ts';
export * from './conformance/samples.ts';
export type { OpenStore, StoreUnderTest } from './conformance/store-test.ts';

/** A test for each sentence of the contract in ./trace-store.ts. */
export function describeTraceStore(name: string, open: OpenStore): void {
  describe(`${name} keeps the contract of a trace store`, () => {
    describe('writing', () => describeWriting(open));
    describe('documents', () => describeDocuments(open));
    describe('trace rows', () => describeRows(open));
    describe('search', () => describeSearch(open));
    describe('conditions', () => describeConditions(open));
    describe('service graph', () => describeGraph(open));
    describe('retention', () => describeRetention(open));
    describe('reads that are given up', () => describeGivenUp(open));
    describe('lifetime', () => describeLifetime(open));
    describe('cases found before', () => describeReplayedCases(open));
  });
}

function describeWriting(open: OpenStore): void {
  storeTest('an empty store has sequence 0 and nothing else', open, async (store) => {
    expect(await store.readProgress(ORIGIN)).toEqual({ sequence: 0, durableSequence: 0, unfinishedSequence: null });
    expect(await store.readStats()).toMatchObject({ traceCount: 0, documentCount: 0 });
    expect(await store.readGraph(graphQueryOf())).toEqual({ nodes: [], edges: [] });
    expect(await store.findTraces(traceQueryOf())).toEqual({ rows: [], next: null, scannedCount: 0 });
  });

  storeTest('the whole batch is visible with its sequence', open, async (store) => {
    const facts = [nodeFactOf('a')];
    await store.write(batchOf(7, { documents: [documentOf(1, 1)], traces: [rowOf(1)], facts }));
    expect((await store.readProgress(ORIGIN)).sequence).toBe(7);
    expect(await store.readDocuments([traceIdOf(1)])).toEqual([documentOf(1, 1)]);
    expect(await store.readTraceRows([traceIdOf(1)])).toEqual([rowOf(1)]);
    expect((await store.readGraph(graphQueryOf())).nodes).toHaveLength(1);
  });

  storeTest('an empty batch moves the sequence', open, async (store) => {
    await store.write(batchOf(3));
    expect((await store.readProgress(ORIGIN)).sequence).toBe(3);
  });

  test.for([5, 4])('a batch of sequence %i after 5 is ignored as a whole', async (sequence) => {
    const { store, remove } = await open();
    await store.write(batchOf(5, { documents: [documentOf(1, 1)], traces: [rowOf(1)], facts: [nodeFactOf('a')] }));
    const replay = {
      documents: [documentOf(1, 2)],
      traces: [rowOf(1, { start: 9 }), rowOf(2)],
      facts: [nodeFactOf('a')],
    };
    await store.write(batchOf(sequence, replay));
    expect((await store.readProgress(ORIGIN)).sequence).toBe(5);
    expect(await store.readDocuments([traceIdOf(1)])).toEqual([documentOf(1, 1)]);
    expect((await store.findTraces(traceQueryOf())).rows).toEqual([rowOf(1)]);
    expect((await store.readGraph(graphQueryOf())).nodes[0]?.counts.ok).toBe(1);
    await store[Symbol.asyncDispose]();
    await remove?.();
  });

  storeTest('each origin counts for itself', open, async (store) => {
    await store.write(batchOf(5, { traces: [rowOf(1)] }));
    await store.write({ ...batchOf(3, { traces: [rowOf(2)] }), origin: 'another' });
    await store.write({ ...batchOf(3, { traces: [rowOf(3)] }), origin: 'another' });
    expect((await store.readProgress(ORIGIN)).sequence).toBe(5);
    expect((await store.readProgress('another')).sequence).toBe(3);
    expect((await store.findTraces(traceQueryOf())).rows).toHaveLength(2);
  });

  storeTest('everything written before a flush survives a crash', open, async (store) => {
    await store.write(batchOf(5, { documents: [documentOf(1, 1)] }));
    await store.flush();
    expect(await store.readProgress(ORIGIN)).toEqual({ sequence: 5, durableSequence: 5, unfinishedSequence: null });
    await store.flush();
    expect(await store.readDocuments([traceIdOf(1)])).toEqual([documentOf(1, 1)]);
  });

  storeTest('stats count a replaced row once and every document', open, async (store) => {
    const documents = [documentOf(1, 1), documentOf(1, 1)];
    await store.write(batchOf(1, { documents, traces: [rowOf(1), rowOf(2)] }));
    await store.write(batchOf(2, { documents: [documentOf(2, 2)], traces: [rowOf(1, { revision: 2 })] }));
    const stats = await store.readStats();
    expect(stats).toMatchObject({ traceCount: 2, documentCount: 3 });
    expect(stats.sizeBytes > 0).toBe(store.capabilities.durable);
  });

  storeTest('a batch larger than any page of the engine', open, async (store) => {
    const numbers = Array.from({ length: 5_000 }, (_item, index) => index + 1);
    const documents = numbers.map((number) => documentOf(number, number));
    const traces = numbers.map((number) => rowOf(number, { start: number, services: [serviceOf(`s${number % 7}`)] }));
    await store.write(batchOf(1, { documents, traces, facts: numbers.map((trace) => nodeFactOf('a', { trace })) }));
    expect(await store.readStats()).toMatchObject({ traceCount: 5_000, documentCount: 5_000 });
    expect(await store.readTraceRows([traceIdOf(4_321)])).toEqual([traces[4_320]]);
    expect(await store.readDocuments([traceIdOf(4_999)])).toEqual([documents[4_998]]);
    expect((await store.readGraph(graphQueryOf())).nodes[0]?.counts.ok).toBe(5_000);
  });
}

function describeDocuments(open: OpenStore): void {
  storeTest('come in the order written, over batches, several of one id too', open, async (store) => {
    const first = [documentOf(1, 2, '{"n":1}'), documentOf(2, 9), documentOf(1, 1, '{"n":2}')];
    const second = [documentOf(1, 2, '{"n":3}')];
    await store.write(batchOf(1, { documents: first }));
    await store.write(batchOf(2, { documents: second }));
    expect(await store.readDocuments([traceIdOf(1)])).toEqual([first[0], first[2], second[0]]);
  });

  storeTest(
    'are grouped by trace in the order asked for; unknown ids are skipped, repeated ones answer once',
    open,
    async (store) => {
      const documents = [documentOf(1, 1), documentOf(2, 2), documentOf(3, 3), documentOf(1, 4)];
      await store.write(batchOf(1, { documents }));
      const ids = [3, 99, 1, 3, 2, 1].map(traceIdOf);
      expect(await store.readDocuments(ids)).toEqual([documents[2], documents[0], documents[3], documents[1]]);
      expect(await store.readDocuments([])).toEqual([]);
    },
  );

  storeTest('pages give what all at once gives, and go on into what has come meanwhile', open, async (store) => {
    const documents = Array.from({ length: 12 }, (_item, at) => documentOf(1 + (at % 2), at, `{"n":${at}}`));
    for (let at = 0; at < 4; at += 1) {
      await store.write(batchOf(at + 1, { documents: documents.slice(at * 3, at * 3 + 3) }));
      if (at === 1) await store.flush();
    }
    const all = await store.readDocuments([traceIdOf(1)]);
    expect(all).toEqual(documents.filter((_item, at) => at % 2 === 0));
    const read = (skip: number, limit: number) => store.readDocumentPage({ traceId: traceIdOf(1), skip, limit });
    for (let skip = 0; skip <= 7; skip += 1) {
      for (const limit of [1, 2, 3, 100]) expect(await read(skip, limit)).toEqual(all.slice(skip, skip + limit));
    }
    const later = documentOf(1, 99);
    await store.write(batchOf(5, { documents: [later, documentOf(2, 98)] }));
    expect(await read(5, 10)).toEqual([all[5], later]);
    expect(await store.readDocumentPage({ traceId: traceIdOf(9), skip: 0, limit: 10 })).toEqual([]);
  });

  storeTest('keep their text to the letter', open, async (store) => {
    const texts = [
      '',
      '{"a":"\\u0000"}',
      '{"a":"\0"}',
      "'; DROP TABLE documents; --",
      '$1 ? :x',
      '😀ünï\u2028',
      'x'.repeat(300_000),
    ];
    const documents = texts.map((text, index) => documentOf(1, index + 1, text));
    await store.write(batchOf(1, { documents }));
    expect(await store.readDocuments([traceIdOf(1)])).toEqual(documents);
  });
}

/** Every field set to something that is easily lost. */
const FULL_ROW: TraceRow = rowOf(1, {
  revision: 3,
  length: 0,
  responseTimeUs: 0,
  fault: true,
  error: true,
  throttle: true,
  partial: true,
  inferred: true,
  httpMethod: '',
  httpUrl: 'https://x/?q=\0&ü=😀',
  httpStatus: 0,
  userAgent: 'a\'b"c;--',
  clientIp: '::1',
  entryPoint: 1,
  services: [
    serviceOf('a'),
    serviceOf('a', ''),
    serviceOf('a', null, ''),
    serviceOf('', 'a', '1'),
    serviceOf('a\0', 'b'),
  ],
  annotations: [
    { key: '', value: '', services: [] },
    { key: 'f', value: false, services: [2] },
    { key: 'key', value: 'text', services: [3] },
    { key: 'n', value: -0.1, services: [4, 0] },
    { key: 'n', value: 1e300, services: [1] },
  ],
  users: [
    { name: '', services: [] },
    { name: 'ann', services: [0, 1, 2] },
  ],
  resourceArns: ['arn:aws:x', ''],
  instanceIds: ['i-1'],
  availabilityZones: ['eu-1a', 'eu-1b', 'eu-1c'],
  entityCount: 1_000_000,
  outcomes: [0, 1, 0xff_ff, 0x80_00, 2],
  causes: { shape: '[1,[["\0ü😀\u2028"]]]', coverages: [1_000, 0, 1_000] },
});

function describeRows(open: OpenStore): void {
  storeTest('come back whole', open, async (store) => {
    await store.write(batchOf(1, { traces: [rowOf(2), FULL_ROW, rowOf(3)] }));
    expect(sortRows(await store.readTraceRows([1, 2, 3].map(traceIdOf)))).toEqual([FULL_ROW, rowOf(2), rowOf(3)]);
  });

  storeTest('unknown ids are skipped', open, async (store) => {
    await store.write(batchOf(1, { traces: [rowOf(1)] }));
    expect(await store.readTraceRows([traceIdOf(8), traceIdOf(1), traceIdOf(1)])).toEqual([rowOf(1)]);
    expect(await store.readTraceRows([])).toEqual([]);
  });

  storeTest('replace the row of their trace, wherever it starts and whatever it held', open, async (store) => {
    await store.write(batchOf(1, { traces: [FULL_ROW, rowOf(2, { start: 5 }), rowOf(3)] }));
    const replaced = [rowOf(1, { revision: 4, start: -500_000_000 }), rowOf(2, { revision: 2, start: 900_000_000 })];
    await store.write(batchOf(2, { traces: replaced }));
    await store.write(batchOf(3, { traces: [rowOf(2, { revision: 3, start: 1 })] }));
    expect(sortRows((await store.findTraces(traceQueryOf())).rows)).toEqual([
      replaced[0],
      rowOf(2, { revision: 3, start: 1 }),
      rowOf(3),
    ]);
  });

  storeTest('the last one of a trace in a batch counts', open, async (store) => {
    await store.write(batchOf(1, { traces: [rowOf(1, { start: 1 }), rowOf(2), rowOf(1, { start: 3, revision: 2 })] }));
    expect(await store.readTraceRows([traceIdOf(1)])).toEqual([rowOf(1, { start: 3, revision: 2 })]);
    expect(await store.readStats()).toMatchObject({ traceCount: 2 });
  });

  storeTest('one that is made late is there when it is asked for, as it is then', open, async (store) => {
    let revision = 1;
    const late = lateRowOf(1, () => rowOf(1, { revision }));
    await store.write(
      batchOf(1, { documents: [documentOf(1, 1)], traces: [late, rowOf(2)], facts: [nodeFactOf('a')] }),
    );
    revision = 2;
    await store.write(batchOf(2, { traces: [late] }));
    expect(store.mayKnow(traceIdOf(1))).toBe(true);
    expect((await store.findTraceIds(traceQueryOf())).map(({ traceId }) => traceId)).toEqual([
      traceIdOf(2),
      traceIdOf(1),
    ]);
    expect(await store.readTraceRows([traceIdOf(1)])).toEqual([rowOf(1, { revision: 2 })]);
    expect(await store.readStats()).toMatchObject({ traceCount: 2, documentCount: 1 });
  });

  storeTest('one for which documents must be read', open, async (store) => {
    const readRow = async (): Promise<TraceRow> => {
      const { length } = await store.readDocuments([traceIdOf(1)]);
      return rowOf(1, { entityCount: length });
    };
    await store.write(batchOf(1, { documents: [documentOf(1, 1), documentOf(1, 2)] }));
    await store.write(
      batchOf(2, {
        traces: [{ traceId: traceIdOf(1), entityCount: 1, mustRead: true, isLikelyWhole: false, readRow }],
      }),
    );
    const asked = Array.from({ length: 5 }, () => store.readTraceRows([traceIdOf(1)]));
    for (const rows of await Promise.all(asked)) expect(rows).toEqual([rowOf(1, { entityCount: 2 })]);
  });

  storeTest('what is stored may be known, also after another opening', open, async (store, { reopen }) => {
    const numbers = Array.from({ length: 2_000 }, (_item, index) => index + 1);
    await store.write(batchOf(1, { traces: numbers.map((number) => rowOf(number)) }));
    const missed = (from: TraceStore): readonly number[] =>
      numbers.filter((number) => !from.mayKnow(traceIdOf(number)));
    expect(missed(store)).toEqual([]);
    if (reopen !== undefined) expect(missed(await reopen())).toEqual([]);
  });

  storeTest('what is not stored is seldom known', open, async (store) => {
    await store.write(batchOf(1, { traces: [rowOf(1)] }));
    const strangers = Array.from({ length: 2_000 }, (_item, index) => traceIdOf(index + 10));
    expect(strangers.filter((id) => store.mayKnow(id)).length).toBeLessThan(40);
  });
}

function describeSearch(open: OpenStore): void {
  storeTest('newest start first, ties by trace id descending', open, async (store) => {
    const rows = [rowOf(1, { start: 5 }), rowOf(4, { start: 5 }), rowOf(2, { start: 9 }), rowOf(3, { start: 1 })];
    await store.write(batchOf(1, { traces: rows }));
    const { rows: found } = await store.findTraces(traceQueryOf());
    expect(found.map(({ traceId }) => traceId)).toEqual([2, 4, 1, 3].map(traceIdOf));
  });

  test.for([
    ['start', 10, 20, ['in', 'long', 'point']],
    ['end', 10, 20, ['early', 'in', 'point']],
    ['active', 10, 20, ['around', 'early', 'in', 'long', 'point']],
    ['start', 10, 10, []],
  ] as const)('range of %s, [%i, %i)', async ([rangeOf, start, end, names]) => {
    const spans: readonly (readonly [string, number, number])[] = [
      ['before', 0, 9],
      ['early', 5, 10],
      ['point', 10, 10],
      ['in', 12, 19],
      ['long', 15, 20],
      ['around', 1, 99],
      ['after', 20, 30],
    ];
    const { store, remove } = await open();
    const traces = spans.map(([_name, from, to], at) => rowOf(at + 1, { start: from, length: to - from }));
    await store.write(batchOf(1, { traces }));
    const { rows, scannedCount } = await store.findTraces(traceQueryOf({ start, end, rangeOf }));
    const nameOf = new Map(spans.map(([name], at) => [traceIdOf(at + 1), name]));
    expect(rows.map(({ traceId }) => nameOf.get(traceId) ?? '').sort()).toEqual(names);
    expect(scannedCount).toBe(names.length);
    await store[Symbol.asyncDispose]();
    await remove?.();
  });

  storeTest('pages of a cursor give each match once, over ties', open, async (store) => {
    const traces = Array.from({ length: 23 }, (_item, at) =>
      rowOf(at + 1, { start: Math.floor(at / 6), fault: at % 3 === 0 }),
    );
    await store.write(batchOf(1, { traces }));
    const whole = await store.findTraces(traceQueryOf({ condition: { op: 'flag', flag: 'fault' } }));
    const seen: TraceRow[] = [];
    let scannedCount = 0;
    let after: TraceCursor | null = null;
    do {
      const page = await store.findTraces(traceQueryOf({ condition: { op: 'flag', flag: 'fault' }, limit: 3, after }));
      expect(page.rows.length).toBeLessThanOrEqual(3);
      seen.push(...page.rows);
      scannedCount += page.scannedCount;
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(whole.rows);
    expect(seen).toHaveLength(8);
    expect(scannedCount).toBe(23);
  });

  storeTest('a cursor need not be a stored trace', open, async (store) => {
    await store.write(batchOf(1, { traces: [rowOf(2, { start: 5 }), rowOf(6, { start: 5 })] }));
    const after = { startUs: rowOf(4, { start: 5 }).startUs, traceId: traceIdOf(4) };
    expect((await store.findTraces(traceQueryOf({ after }))).rows).toEqual([rowOf(2, { start: 5 })]);
  });

  storeTest('`next` is null exactly when no match is left', open, async (store) => {
    await store.write(
      batchOf(1, { traces: [rowOf(1, { start: 3, fault: true }), rowOf(2, { start: 2, fault: true }), rowOf(3)] }),
    );
    const faults = (limit: number) =>
      store.findTraces(traceQueryOf({ condition: { op: 'flag', flag: 'fault' }, limit }));
    expect((await faults(1)).next).toEqual({ startUs: BASE_US + 3, traceId: traceIdOf(1) });
    expect((await faults(2)).next).toBeNull();
  });

  storeTest('scannedCount ends at the last row of a page, or at the end of the range', open, async (store) => {
    const traces = [1, 2, 3, 4, 5, 6].map((at) => rowOf(at, { start: at, fault: at === 5 || at === 2 }));
    await store.write(batchOf(1, { traces }));
    const faults = (limit: number) =>
      store.findTraces(traceQueryOf({ condition: { op: 'flag', flag: 'fault' }, limit, start: 2 }));
    expect((await faults(1)).scannedCount).toBe(2);
    expect((await faults(2)).scannedCount).toBe(5);
  });
}

function describeConditions(open: OpenStore): void {
  let under: StoreUnderTest;
  beforeAll(async () => {
    under = await open();
    await under.store.write(batchOf(1, { traces: CONDITION_ROWS }));
  });
  afterAll(async () => {
    await under.store[Symbol.asyncDispose]();
    await under.remove?.();
  });

  test.for(CONDITION_CASES)('%s', async ([_name, condition, expected]) => {
    const { rows } = await under.store.findTraces(traceQueryOf({ condition }));
    expect(rows.map(({ traceId }) => traceId).sort()).toEqual(expected.map(traceIdOf));
  });
}

function describeLifetime(open: OpenStore): void {
  storeTest(
    'every call on a disposed store rejects with `closed`; disposing again does nothing',
    open,
    async (store) => {
      await store[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      const calls = [
        store.write(batchOf(1)),
        store.readProgress(ORIGIN),
        store.flush(),
        store.retain({ arrivedBeforeUs: null, sizeBytesMax: null }),
        store.readGraphSeries(seriesQueryOf(0, 1)),
        store.readDocuments([]),
        store.readDocumentPage({ traceId: traceIdOf(1), skip: 0, limit: 1 }),
        store.findTraces(traceQueryOf()),
        store.readTraceRows([]),
        store.readGraph(graphQueryOf()),
        store.readStats(),
      ];
      for (const call of calls) await expect(call).rejects.toMatchObject({ name: 'StoreError', code: 'closed' });
    },
  );

  storeTest('disposing waits for what is running', open, async (store) => {
    const write = store.write(batchOf(1, { traces: [rowOf(1)] }));
    const read = store.findTraces(traceQueryOf());
    await store[Symbol.asyncDispose]();
    await expect(Promise.all([write, read])).resolves.toHaveLength(2);
  });

  storeTest('a durable store has everything after reopening', open, async (store, { reopen }) => {
    expect(reopen !== undefined).toBe(store.capabilities.durable);
    if (reopen === undefined) return;
    const documents = [documentOf(1, 1), documentOf(1, 2)];
    await store.write(batchOf(4, { documents, traces: [FULL_ROW], facts: [nodeFactOf('a'), edgeFactOf('a', 'b')] }));
    const before = sortSums(await store.readGraph(graphQueryOf()));
    await store.flush();
    await using again = await reopen();
    expect((await again.readProgress(ORIGIN)).sequence).toBe(4);
    expect(await again.readDocuments([traceIdOf(1)])).toEqual(documents);
    expect(await again.readTraceRows([traceIdOf(1)])).toEqual([FULL_ROW]);
    expect(sortSums(await again.readGraph(graphQueryOf()))).toEqual(before);
    // What it knew before is replaced, appended to and taken back as if it had never been closed.
    const changed = rowOf(1, { revision: 4, start: 77 });
    await again.write(
      batchOf(5, { documents: [documentOf(1, 3)], traces: [changed], facts: [nodeFactOf('a', { sign: -1 })] }),
    );
    expect((await again.findTraces(traceQueryOf())).rows).toEqual([changed]);
    expect(await again.readDocuments([traceIdOf(1)])).toEqual([...documents, documentOf(1, 3)]);
    expect((await again.readGraph(graphQueryOf())).nodes).toEqual([]);
    await again.write(batchOf(5, { traces: [rowOf(2)] }));
    expect(await again.readStats()).toMatchObject({ traceCount: 1, documentCount: 3 });
  });
}
