import { parseTraceId, timeUs, type TraceId } from '@fluoroscope/model';
import type { TraceRow } from '@fluoroscope/store';
import { expect, test } from 'vitest';
import { toTraceSummary } from './trace-summary.ts';

const id = parseTraceId('1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa');
const ROW: TraceRow = {
  traceId: id.ok ? id.value : ('' as TraceId),
  revision: 3,
  startUs: timeUs(1_500_000),
  endUs: timeUs(1_750_000),
  responseTimeUs: null,
  fault: false,
  error: true,
  throttle: true,
  partial: true,
  inferred: false,
  httpMethod: null,
  httpUrl: null,
  httpStatus: null,
  userAgent: null,
  clientIp: null,
  entryPoint: null,
  services: [{ name: 'shop', type: null, accountId: '000000000001' }],
  annotations: [],
  users: [],
  resourceArns: ['arn:1'],
  instanceIds: ['i-1'],
  availabilityZones: ['z1'],
  updatedUs: timeUs(0),
  entityCount: 1,
  outcomes: [],
  causes: null,
};

test('what is not known is left out, but for Http', () => {
  const summary = toTraceSummary(ROW);
  expect(summary).toMatchObject({
    StartTime: 1.5,
    Duration: 0.25,
    Http: {},
    Revision: 3,
    HasError: true,
    IsPartial: true,
  });
  expect(summary).not.toHaveProperty('ResponseTime');
  expect(summary).not.toHaveProperty('EntryPoint');
});

test('names of things', () => {
  expect(toTraceSummary(ROW)).toMatchObject({
    ServiceIds: [{ Name: 'shop', Names: ['shop'], AccountId: '000000000001' }],
    ResourceARNs: [{ ARN: 'arn:1' }],
    InstanceIds: [{ Id: 'i-1' }],
    AvailabilityZones: [{ Name: 'z1' }],
  });
});

test('annotations keep type and key, whatever the key is', () => {
  const annotations = [true, 1, '1'].map((value) => ({ key: '__proto__', value, services: [0] }));
  const { Annotations } = toTraceSummary({ ...ROW, annotations });
  expect(Object.entries(Annotations ?? {})).toMatchObject([
    [
      '__proto__',
      [
        { AnnotationValue: { BooleanValue: true }, ServiceIds: [{ Name: 'shop' }] },
        { AnnotationValue: { NumberValue: 1 } },
        { AnnotationValue: { StringValue: '1' } },
      ],
    ],
  ]);
});
