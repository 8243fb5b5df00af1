import { expect, test } from 'vitest';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';

const NOW = Math.floor(Date.now() / 1000);
const TRACE = '5759e988bd862e3fe1be46a994272793';
const ID = '1-5759e988-bd862e3fe1be46a994272793';
const RESOURCE = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
const SCOPE = { name: 'http', version: '1.2' };

test('OTEL: spans come back as they were sent, each with its resource and scope', async () => {
  await using rig = await openAppRig();
  const sent = [
    span(1, 0, {
      name: 'GET /buy',
      kind: 2,
      attributes: [
        { key: 'http.response.status_code', value: { intValue: '200' } },
        { key: 'share', value: { doubleValue: 1 } },
      ],
    }),
    span(2, 1, { name: 'work', kind: 1, events: [{ timeUnixNano: `${NOW}000000007`, name: 'begun' }] }),
    span(3, 2, {
      name: 'GET',
      kind: 3,
      links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16) }],
      status: { message: 'no answer', code: 2 },
    }),
  ];
  const body = { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ scope: SCOPE, spans: sent }] }] };
  const headers = { host: 'localhost', 'content-type': 'application/json' };
  const request = { method: 'POST', url: '/v1/traces', headers, body: JSON.stringify(body) } as const;
  expect(await rig.app.http.inject(request)).toMatchObject({ statusCode: 200 });
  expect(await listed(rig, 'OTEL')).toEqual(
    sent.map((each) => [each.spanId, { resource: RESOURCE, scope: SCOPE, ...each }]),
  );
  expect((await listed(rig, 'XRAY'))[0]).toMatchObject([idOf(1), { trace_id: ID, name: 'shop' }]);
});

test('OTEL: a span for each segment and subsegment of an X-Ray SDK, none for what was inferred', async () => {
  await using rig = await openAppRig();
  const times = { start_time: NOW - 1, end_time: NOW };
  const call = { id: idOf(2), name: 'DynamoDB', namespace: 'aws', ...times, aws: { table_name: 'carts' } };
  const segment = { id: idOf(1), trace_id: ID, name: 'shop', ...times, fault: true, subsegments: [call] };
  await rig.post('/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(segment)] });
  const start = `${NOW - 1}000000000`;
  expect(await listed(rig, 'OTEL')).toMatchObject([
    [idOf(1), { resource: RESOURCE, traceId: TRACE, name: 'shop', startTimeUnixNano: start, status: { code: 2 } }],
    [idOf(2), { resource: RESOURCE, traceId: TRACE, parentSpanId: idOf(1), name: 'DynamoDB', kind: 3 }],
  ]);
  expect(await listed(rig, 'XRAY')).toHaveLength(2);
});

test('a token is of one format', async () => {
  await using rig = await openAppRig();
  const documents = Array.from({ length: 150 }, (_, at) =>
    JSON.stringify({ id: idOf(at + 1), trace_id: ID, name: 'shop', start_time: NOW, end_time: NOW + 1 }),
  );
  await rig.post('/TraceSegments', { TraceSegmentDocuments: documents });
  const RetrievalToken = await started(rig);
  const first = await rig.post('/ListRetrievedTraces', { RetrievalToken, TraceFormat: 'OTEL' });
  const { NextToken } = first.body;
  expect(await rig.post('/ListRetrievedTraces', { RetrievalToken, NextToken })).toMatchObject({ status: 400 });
  const rest = await rig.post('/ListRetrievedTraces', { RetrievalToken, TraceFormat: 'OTEL', NextToken });
  expect(rest).toMatchObject({ status: 200, body: { Traces: [{ Id: ID, Spans: { length: 50 } }] } });
});

async function listed(rig: AppRig, TraceFormat: string): Promise<readonly (readonly [string, object])[]> {
  const RetrievalToken = await started(rig);
  const { body } = await rig.post('/ListRetrievedTraces', { RetrievalToken, TraceFormat });
  const [trace] = body['Traces'] as readonly { Spans: readonly { Id: string; Document: string }[] }[];
  return trace?.Spans.map(({ Id, Document }) => [Id, JSON.parse(Document) as object] as const) ?? [];
}

async function started(rig: AppRig): Promise<unknown> {
  await rig.settle();
  const { body } = await rig.post('/StartTraceRetrieval', { TraceIds: [ID], StartTime: NOW - 60, EndTime: NOW + 60 });
  return body['RetrievalToken'];
}

function span(
  at: number,
  parent: number,
  members: object,
): Readonly<Record<string, unknown>> & { readonly spanId: string } {
  const ids = { traceId: TRACE, spanId: idOf(at) };
  return {
    ...ids,
    ...(parent > 0 && { parentSpanId: idOf(parent) }),
    startTimeUnixNano: `${NOW - 1}00000000${at}`,
    endTimeUnixNano: `${NOW}123456789`,
    status: {},
    ...members,
  };
}

function idOf(at: number): string {
  return String(at).padStart(16, '0');
}
