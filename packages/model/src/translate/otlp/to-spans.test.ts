import { expect, test } from 'vitest';
import { parseDocument } from '../../parse-document.ts';
import type { JsonObject } from '../../segment-document.ts';
import { timeUsFromSeconds } from '../../time.ts';
import { toOtlpGroups } from './to-spans.ts';

const START = 1_727_004_672.5;
const IDS = { trace_id: '1-5759e988-bd862e3fe1be46a994272793', id: '1111111111111111', start_time: START };
const LIMITS = { nowUs: timeUsFromSeconds(START), pastUsMax: 1e9, futureUsMax: 1e9, documentBytesMax: 65_536 };

function spansOf(document: JsonObject) {
  const [parsed] = parseDocument(JSON.stringify({ ...IDS, name: 'shop', end_time: START + 1, ...document }), LIMITS);
  if (!parsed?.ok) throw new Error('refused');
  return toOtlpGroups([parsed.value.document]).flatMap(({ resource, spans }) =>
    spans.map((span) => ({ ...span, attributes: plain(span.attributes), resource: plain(resource.attributes) })),
  );
}

function plain(attributes: readonly { readonly key: string; readonly value: unknown }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
}

test('a segment and its subsegments are spans of one service', () => {
  const call = { id: '2222222222222222', name: 'DynamoDB', start_time: START, end_time: START + 0.5, namespace: 'aws' };
  const local = { id: '3333333333333333', name: 'work', start_time: START, end_time: START + 0.5, subsegments: [call] };
  const spans = spansOf({ subsegments: [local] });
  expect(
    spans.map(({ spanId, parentSpanId, kind, resource }) => [spanId, parentSpanId, kind, resource['service.name']]),
  ).toEqual([
    ['1111111111111111', '', 2, 'shop'],
    ['3333333333333333', '1111111111111111', 1, 'shop'],
    ['2222222222222222', '3333333333333333', 3, 'shop'],
  ]);
  expect(spans[0]).toMatchObject({ traceId: '5759e988bd862e3fe1be46a994272793', start: { us: START * 1e6, ns: 0 } });
  expect(spans[2]?.attributes).toEqual({ 'aws.service': 'DynamoDB' });
});

test('a subsegment that was sent alone says nothing of its service', () => {
  const [span] = spansOf({ type: 'subsegment', parent_id: '4444444444444444', namespace: 'remote' });
  expect(span).toMatchObject({ kind: 3, parentSpanId: '4444444444444444', resource: {} });
});

test.each<[JsonObject, JsonObject]>([
  [
    {
      http: { request: { method: 'GET', url: 'u', client_ip: 'c', x_forwarded_for: true }, response: { status: 200 } },
    },
    {
      'http.request.method': 'GET',
      'url.full': 'u',
      'client.address': 'c',
      'aws.xray.x_forwarded_for': true,
      'http.response.status_code': 200,
    },
  ],
  [
    { annotations: { tier: 'gold' } },
    { tier: 'gold', 'aws.xray.annotations': [{ type: 'string', value: 'tier' }] as never },
  ],
  [{ metadata: { default: { k: 1 } } }, { 'aws.xray.metadata.default': '{"k":1}' }],
  [
    { user: 'u1', resource_arn: 'arn' },
    { 'enduser.id': 'u1', 'aws.xray.resource_arn': 'arn' },
  ],
  [{ aws: { operation: 'Get', retries: 2 } }, { 'aws.operation': 'Get', 'aws.xray.retries': 2 }],
])('fields %j become attributes %j', (fields, attributes) => {
  expect(spansOf(fields)[0]?.attributes).toEqual(attributes);
});

test('an open segment ends where it starts', () => {
  const [span] = spansOf({ end_time: null, in_progress: true });
  expect(span).toMatchObject({ end: span?.start, attributes: { 'aws.xray.inprogress': true } });
});

test('a cause becomes a failed status and exception events', () => {
  const exception = {
    id: 'aaaaaaaaaaaaaaaa',
    type: 'E',
    message: 'no',
    stack: [{ path: 'a.js', line: 3, label: 'f' }],
  };
  const [span] = spansOf({ fault: true, cause: { exceptions: [exception] } });
  expect(span?.status.code).toBe(2);
  expect(span?.events.map(({ name, attributes }) => [name, plain(attributes)])).toEqual([
    [
      'exception',
      {
        'exception.type': 'E',
        'exception.message': 'no',
        'exception.stacktrace': 'E: no\n\tat f(a.js:3)',
        'aws.xray.exception.id': 'aaaaaaaaaaaaaaaa',
      },
    ],
  ]);
});
