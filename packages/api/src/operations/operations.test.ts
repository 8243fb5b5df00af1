import { readFileSync } from 'node:fs';
import type { Result } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { parseInput, type Operation } from './operation.ts';
import { OPERATION_NAMES, OPERATIONS, type InputOf, type OperationName } from './table.ts';

const SAMPLE = { RuleName: 'Default', ClientID: '0'.repeat(24), Timestamp: 1.5, RequestCount: 1, SampledCount: 0 };

test('every operation is listed, under its own name and a path of its own', () => {
  expect(OPERATION_NAMES).toEqual(Object.keys(OPERATIONS));
  for (const name of OPERATION_NAMES) expect(OPERATIONS[name].name).toBe(name);
  expect(new Set(OPERATION_NAMES.map((name) => OPERATIONS[name].path)).size).toBe(OPERATION_NAMES.length);
});

test.each<[OperationName, object]>([
  ['put-trace-segments', { TraceSegmentDocuments: ['', '{}'] }],
  ['put-telemetry-records', { TelemetryRecords: [{ Timestamp: 1, SegmentsSentCount: null }], EC2InstanceId: 'i-1' }],
  ['get-sampling-rules', {}],
  ['get-sampling-rules', { NextToken: null, Unknown: [] }],
  ['get-sampling-targets', { SamplingStatisticsDocuments: [SAMPLE, { ...SAMPLE, BorrowCount: null }] }],
  ['batch-get-traces', { TraceIds: ['1-5759e988-bd862e3fe1be46a994272793', 'x'] }],
  ['get-trace-summaries', { StartTime: 1.25, EndTime: 1e9, SamplingStrategy: { Name: 'FixedRate', Value: 0.5 } }],
  ['get-service-graph', { StartTime: 0, EndTime: 1, GroupName: 'Default' }],
  ['get-trace-graph', { TraceIds: [] }],
])('%s takes %j', (name, body) => {
  expect(parse(name, body)).toMatchObject({ ok: true });
});

test.each<[OperationName, unknown, RegExp]>([
  ['put-trace-segments', undefined, /expected object/],
  ['put-trace-segments', {}, /^TraceSegmentDocuments: /],
  ['put-trace-segments', { TraceSegmentDocuments: ['', 7] }, /^TraceSegmentDocuments\[1\]: .*string/],
  ['put-trace-segments', { TraceSegmentDocuments: Array.from({ length: 10_001 }, () => '') }, /10000/],
  ['put-telemetry-records', { TelemetryRecords: [{}] }, /^TelemetryRecords\[0\]\.Timestamp: /],
  ['put-telemetry-records', { TelemetryRecords: [], Hostname: 'h'.repeat(256) }, /^Hostname: .*255/],
  ['get-sampling-targets', { SamplingStatisticsDocuments: Array.from({ length: 26 }, () => SAMPLE) }, /25/],
  ['get-sampling-targets', { SamplingStatisticsDocuments: [{ ...SAMPLE, ClientID: 'short' }] }, /ClientID/],
  ['get-sampling-targets', { SamplingStatisticsDocuments: [{ ...SAMPLE, RequestCount: -1 }] }, /RequestCount/],
  ['get-sampling-targets', { SamplingStatisticsDocuments: [{ ...SAMPLE, RuleName: '' }] }, /RuleName/],
  ['batch-get-traces', { TraceIds: [] }, /^TraceIds: /],
  ['batch-get-traces', { TraceIds: Array.from({ length: 6 }, () => 'x') }, /^TraceIds: .*5/],
  ['batch-get-traces', { TraceIds: [''] }, /^TraceIds\[0\]: /],
  ['get-trace-summaries', { StartTime: '1', EndTime: 2 }, /^StartTime: .*number/],
  ['get-trace-summaries', { StartTime: 1, EndTime: 2, TimeRangeType: 'Trace' }, /^TimeRangeType: .*"TraceId"/],
  ['get-trace-summaries', { StartTime: 1, EndTime: 2, SamplingStrategy: { Name: 'x' } }, /^SamplingStrategy\.Name: /],
  ['get-service-graph', { StartTime: 1, EndTime: 2, GroupName: 'g'.repeat(33) }, /^GroupName: .*32/],
  ['get-trace-graph', { TraceIds: Array.from({ length: 1_001 }, () => 'x') }, /1000/],
])('%s refuses, naming the member: %#', (name, body, expected) => {
  expect(parse(name, body)).toMatchObject({ ok: false, problem: expect.stringMatching(expected) });
});

test('unknown members are left out, those named like members of Object too', () => {
  const body: unknown = JSON.parse('{"__proto__":{"NextToken":"x"},"constructor":1,"toString":2}');
  expect(parseInput(OPERATIONS['get-sampling-rules'].input, body)).toEqual({ ok: true, value: {} });
});

test('the entry that browsers use is free of schemas', () => {
  const texts = ['index', 'console', 'errors', 'sampling-shapes', 'shapes'].map((name) =>
    readFileSync(new URL(`../${name}.ts`, import.meta.url), 'utf8'),
  );
  for (const text of texts) expect(text).not.toMatch(/from '(zod|\.\/operations)/);
});

function parse<Name extends OperationName>(name: Name, body: unknown): Result<InputOf<Name>, string> {
  const operation: Operation<Name, InputOf<Name>> = OPERATIONS[name];
  return parseInput(operation.input, body);
}
