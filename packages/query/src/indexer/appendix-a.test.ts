import type { Service } from '@fluoroscope/api';
import { timeUs, type TimeUs } from '@fluoroscope/model';
import { createMemoryStore, type GraphSums, type TraceRow } from '@fluoroscope/store';
import { trace, type DrawnTrace } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { toServices } from '../service-graph/services.ts';
import { toTraceSummary } from '../summaries/trace-summary.ts';
import { durationOf, mergeStored, printSegments } from '../summaries/traces.ts';
import { createIndexer } from './indexer.ts';

// The worked example of XRAY-SPEC, appendix A.
const T = 1_727_004_672;
const EXAMPLE = trace`
  trace 1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa
  start ${T}
  shop               0..300    GET http://shop.example/buy 200 type=AWS::EC2::Instance user=ann tier:gold id=1111111111111111
    -> stock.example 50..200   POST 500 fault id=2222222222222222
      stock          60..190   500 fault throws="DBError:no pool" id=5555555555555555
        -> stockdb@db1 70..185 sql="select 1" fault id=6666666666666666
    -> DynamoDB      210..250  op=GetItem table=carts 200 id=3333333333333333
    - render         250..290  id=4444444444444444
      - template     255..280  alone id=7777777777777777
`;
const SHOP_ID = { Name: 'shop', Names: ['shop'], Type: 'AWS::EC2::Instance' };
const CARTS_ID = { Name: 'carts', Names: ['carts'], Type: 'AWS::DynamoDB::Table' };
const STOCK_ID = { Name: 'stock', Names: ['stock'] };
const DB_ID = { Name: 'stockdb@db1', Names: ['stockdb@db1'], Type: 'Database::SQL' };

test.each([
  ['in one batch', [['shop', 'stock', 'template']]],
  ['one after another', [['shop'], ['stock'], ['template']]],
  ['children first', [['template'], ['stock'], ['shop']]],
])('the expected graph, %s', async (_name, batches) => {
  const { sums } = await indexed(EXAMPLE, batches);
  const services = servicesOf(sums);
  expect(services.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
    'carts AWS::DynamoDB::Table',
    'shop AWS::EC2::Instance',
    'shop client',
    'stock undefined',
    'stockdb@db1 Database::SQL',
  ]);
  const [carts, shop, client, stock, db] = services;
  expect(carts).toEqual({ ...CARTS_ID, ...span(0.21, 0.25), ...node(0), State: 'unknown', ...figures('ok', 0.04) });
  expect(shop).toEqual({
    ...SHOP_ID,
    ...span(0, 0.3),
    ...node(1),
    State: 'active',
    Root: true,
    ...figures('ok', 0.3),
    Edges: [
      edge(0, span(0.21, 0.25), figures('ok', 0.04)),
      edge(3, span(0.05, 0.2), figures('fault', 0.15), [{ Name: 'stock.example', Names: ['stock.example'] }]),
    ],
  });
  expect(client).toEqual({
    ...SHOP_ID,
    Type: 'client',
    ...span(0, 0.3),
    ReferenceId: 2,
    State: 'unknown',
    Edges: [edge(1, span(0, 0.3), figures('ok', 0.3))],
  });
  expect(stock).toEqual({
    ...STOCK_ID,
    ...span(0.06, 0.19),
    ...node(3),
    State: 'active',
    ...figures('fault', 0.13),
    Edges: [edge(4, span(0.07, 0.185), figures('fault', 0.115))],
  });
  expect(db).toEqual({ ...DB_ID, ...span(0.07, 0.185), ...node(4), State: 'unknown', ...figures('fault', 0.115) });
});

test('the expected summary', async () => {
  const { row } = await indexed(EXAMPLE, [['shop', 'stock', 'template']]);
  expect(toTraceSummary(row)).toEqual({
    Id: EXAMPLE.traceId,
    StartTime: T,
    Duration: 0.3,
    ResponseTime: 0.3,
    HasFault: false,
    HasError: false,
    HasThrottle: false,
    IsPartial: false,
    Http: { HttpMethod: 'GET', HttpURL: 'http://shop.example/buy', HttpStatus: 200 },
    Annotations: { tier: [{ AnnotationValue: { StringValue: 'gold' }, ServiceIds: [SHOP_ID] }] },
    Users: [{ UserName: 'ann', ServiceIds: [SHOP_ID] }],
    ServiceIds: [CARTS_ID, SHOP_ID, STOCK_ID, DB_ID],
    ResourceARNs: [],
    InstanceIds: [],
    AvailabilityZones: [],
    EntryPoint: SHOP_ID,
    Revision: 1,
  });
  expect(row).toMatchObject({ inferred: true, entityCount: 7 });
});

test('the expected trace', async () => {
  const { documents } = await indexed(EXAMPLE, [['template'], ['shop'], ['stock']]);
  const merged = mergeStored(documents);
  expect(durationOf(merged)).toBe(0.3);
  const printed = printSegments(merged, null, { charsMax: Infinity, countMax: Infinity }).segments;
  const segments = printed.map(({ Id, Document }) => ({ Id, ...JSON.parse(Document ?? '') }));
  expect(segments.map(({ name }) => name)).toEqual(['shop', 'stock', 'stockdb@db1', 'DynamoDB']);
  expect(segments[0].subsegments[2].subsegments).toMatchObject([{ id: '7777777777777777', name: 'template' }]);
  expect(segments[2]).toMatchObject({ parent_id: '6666666666666666', origin: 'Database::SQL', fault: true });
  expect(segments[3]).toMatchObject({ inferred: true, aws: { resource_names: ['carts'] } });
  expect(printed[0]?.Document).toContain(`"start_time":${T}.0`);
});

test('without the second document the far end of the call is inferred', async () => {
  const { sums, row } = await indexed(EXAMPLE, [['shop', 'template']]);
  expect(toServices(sums).map(({ Name, Type, State }) => `${Name} ${Type} ${State}`)).toEqual([
    'carts AWS::DynamoDB::Table unknown',
    'shop AWS::EC2::Instance active',
    'shop client unknown',
    'stock.example remote unknown',
  ]);
  expect(row.partial).toBe(false);
});

test('a root in progress is a node with a client, not counted; complete, it is as ever', async () => {
  const open = trace`
    trace 1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa
    start ${T}
    shop 0.. type=AWS::EC2::Instance id=1111111111111111
  `;
  const before = await indexed(open, [['shop']]);
  expect(toTraceSummary(before.row)).toMatchObject({ IsPartial: true, Duration: 0, Revision: 1 });
  expect(toTraceSummary(before.row)).not.toHaveProperty('ResponseTime');
  const [shop, client] = servicesOf(before.sums);
  expect(shop).toMatchObject({ Name: 'shop', SummaryStatistics: { TotalCount: 0 }, DurationHistogram: [] });
  expect(client).toMatchObject({ Type: 'client', Edges: [{ ReferenceId: 0, SummaryStatistics: { TotalCount: 0 } }] });

  const whole = { ...EXAMPLE, documents: [...open.documents, ...EXAMPLE.documents] };
  const after = await indexed(whole, [[0], [1, 2, 3]]);
  expect(after.row).toMatchObject({ partial: false, revision: 2 });
  expect(after.sums).toEqual((await indexed(EXAMPLE, [['shop', 'stock', 'template']])).sums);
});

/** Documents by label, or by place where a label is drawn twice. */
async function indexed(drawn: DrawnTrace, batches: readonly (readonly (string | number)[])[]) {
  const store = createMemoryStore();
  const known = new Set<string>();
  const indexer = createIndexer({
    readDocuments: (ids) => store.readDocuments(ids),
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: (id) => known.has(id),
    cachedEntitiesMax: 100,
  });
  for (const [at, labels] of batches.entries()) {
    const documents = labels.map((label) =>
      typeof label === 'number' ? drawn.documents[label] : drawn.document(label),
    );
    const batch = await indexer.index(
      documents.flatMap((document) =>
        document === undefined ? [] : [{ document, text: JSON.stringify(document), receivedUs: timeUs(at) }],
      ),
    );
    await store.write({ origin: 'journal', sequence: at + 1, ...batch });
  }
  const everything = { startUs: timeUs(0), endUs: timeUs(Number.MAX_SAFE_INTEGER) satisfies TimeUs, traceIds: null };
  const [row] = (await store.readTraceRows([drawn.traceId])) as [TraceRow];
  const sums: GraphSums = await store.readGraph(everything);
  return { sums, row, documents: await store.readDocuments([drawn.traceId]) };
}

function servicesOf(sums: GraphSums): readonly Service[] {
  return JSON.parse(JSON.stringify(toServices(sums)));
}

function span(start: number, end: number) {
  return { StartTime: seconds(start), EndTime: seconds(end) };
}

/** Whole microseconds, as documents are read. */
function seconds(offset: number): number {
  return (T * 1e6 + Math.round(offset * 1e6)) / 1e6;
}

function node(reference: number) {
  return { ReferenceId: reference, Edges: [] };
}

function edge(reference: number, times: object, { DurationHistogram: _own, ...rest }: Figures, aliases: object[] = []) {
  return { ReferenceId: reference, ...times, ...rest, Aliases: aliases };
}

type Figures = ReturnType<typeof figures>;

function figures(outcome: 'ok' | 'fault', total: number) {
  const fault = outcome === 'fault' ? 1 : 0;
  const histogram = [{ Value: total, Count: 1 }];
  return {
    SummaryStatistics: {
      OkCount: 1 - fault,
      ErrorStatistics: { ThrottleCount: 0, OtherCount: 0, TotalCount: 0 },
      FaultStatistics: { OtherCount: fault, TotalCount: fault },
      TotalCount: 1,
      TotalResponseTime: total,
    },
    DurationHistogram: histogram,
    ResponseTimeHistogram: histogram,
  };
}
