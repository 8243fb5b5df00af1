import { timeUs, type TraceId } from '@fluoroscope/model';
import { matchesCondition, type TraceRow } from '@fluoroscope/store';
import { expect, test } from 'vitest';
import { filterToCondition } from './filter.ts';

// The trace of XRAY-SPEC's worked example.
const SHOP = 0;
const TIMES = { startUs: timeUs(1_727_004_672_000_000), endUs: timeUs(1_727_004_672_300_000), responseTimeUs: 300_000 };
const FLAGS = { fault: false, error: false, throttle: false, partial: false, inferred: true };
const HTTP = {
  httpMethod: 'GET',
  httpUrl: 'http://shop.example/buy',
  httpStatus: 200,
  userAgent: null,
  clientIp: null,
};
const PLACES = { resourceArns: [], instanceIds: [], availabilityZones: [] };
const SERVICES = [
  { name: 'shop', type: 'AWS::EC2::Instance', accountId: null },
  { name: 'stock', type: null, accountId: null },
  { name: 'carts', type: 'AWS::DynamoDB::Table', accountId: null },
  { name: 'stockdb@db1', type: 'Database::SQL', accountId: null },
];
const ANNOTATIONS = [
  { key: 'tier', value: 'gold', services: [SHOP] },
  { key: 'items', value: 3, services: [SHOP] },
  { key: 'paid', value: true, services: [SHOP] },
  { key: 'coupon', value: false, services: [SHOP] },
  { key: 'order.id', value: 'A-17', services: [SHOP] },
];
const ROW: TraceRow = {
  traceId: '1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa' as TraceId,
  revision: 1,
  ...TIMES,
  ...FLAGS,
  ...HTTP,
  ...PLACES,
  entryPoint: SHOP,
  services: SERVICES,
  annotations: ANNOTATIONS,
  users: [{ name: 'ann', services: [SHOP] }],
  updatedUs: timeUs(1_727_004_673_000_000),
  entityCount: 7,
  outcomes: [],
  causes: null,
};

test.each([
  'ok',
  'inferred',
  '!partial',
  '!fault',
  'fault = false',
  'service(id(name:"carts",type:"AWS::DynamoDB::Table"))',
  'service("stock")',
  'service()',
  '!service("cart")',
  'annotation.tier = "gold" AND user = "ann"',
  'http.status = 200 responsetime < 0.5',
  'duration = 0.3',
  'duration >= .3 duration <= .3',
  'responseTime',
  'http.url AND duration > 0.2',
  'HTTP.URL endswith "/buy"',
  'http.url BEGINSWITH "http://shop"',
  'user CONTAINS ""',
  '!http.useragent',
  'annotation.tier',
  'annotation.items',
  'annotation.items > 2.5',
  'annotation.paid',
  '!annotation.coupon',
  'annotation.coupon = false',
  'annotation.coupon != true',
  '!annotation.missing',
  'annotation[order.id] = A-17',
  'annotation.order.id BEGINSWITH "A-"',
  'fault OR ok AND inferred',
  'ok OR fault AND partial',
  '!(fault OR error)',
])('%s: found', (text) => {
  expect(matches(text)).toBe(true);
});

test.each([
  'fault',
  '!ok',
  '!service("shop")',
  'service("cart")',
  'service("Shop")',
  'service(id(name:"carts",type:"AWS::EC2::Instance"))',
  'http.status != 200',
  'http.method = "get"',
  'http.useragent CONTAINS ""',
  'http.useragent != "curl"',
  'duration > 0.3',
  'user != ann',
  'annotation.coupon',
  '!annotation.paid',
  '!annotation.tier',
  'annotation.missing',
  'annotation.missing != 1',
  'annotation.items = "3"',
  'annotation.items CONTAINS 3',
  'annotation.tier = 3',
  'annotation.Tier',
  '(ok OR fault) AND partial',
])('%s: not found', (text) => {
  expect(matches(text)).toBe(false);
});

function matches(text: string): boolean {
  const condition = filterToCondition(text);
  if (!condition.ok) throw new Error(condition.problem.code);
  return matchesCondition(ROW, condition.value);
}
