import { expect, test } from 'vitest';
import { DRAWING_START_SECONDS, trace } from './trace.ts';

const SHOP = trace`
  trace 1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa
  shop               0..300    GET http://shop.example/buy 200 type=AWS::EC2::Instance user=ann tier:gold id=1111111111111111
    -> stock.example 50..200   POST 500
      stock          60..190   500 throws="DBError:no pool"
        -> stockdb@db1 70..185 sql="select 1" fault
    -> DynamoDB      210..250  op=GetItem table=carts account=000000000007 200
    - render         250..290
      - template     255..280  alone items:3 fresh:true
  worker             400..     parent=00000000000000aa
`;

test('a line without mark is a segment of its own, the rest is embedded unless alone', () => {
  expect(SHOP.documents.map(({ name }) => name)).toEqual(['shop', 'stock', 'template', 'worker']);
  expect(SHOP.document('shop').subsegments?.map(({ name }) => name)).toEqual(['stock.example', 'DynamoDB', 'render']);
});

test('parents are the lines above', () => {
  expect(SHOP.document('shop')).not.toHaveProperty('parent_id');
  expect(SHOP.document('stock').parent_id).toBe(SHOP.id('stock.example'));
  expect(SHOP.document('template')).toMatchObject({ type: 'subsegment', parent_id: SHOP.id('render') });
  expect(SHOP.document('worker').parent_id).toBe('00000000000000aa');
});

test('words become fields', () => {
  expect(SHOP.document('shop')).toMatchObject({
    id: '1111111111111111',
    trace_id: '1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa',
    origin: 'AWS::EC2::Instance',
    user: 'ann',
    annotations: { tier: 'gold' },
    http: { request: { method: 'GET', url: 'http://shop.example/buy' }, response: { status: 200 } },
  });
  expect(SHOP.document('template').annotations).toEqual({ items: 3, fresh: true });
  expect(SHOP.document('stock').cause).toMatchObject({ exceptions: [{ type: 'DBError', message: 'no pool' }] });
});

test('calls are aws when they say something of AWS, else remote', () => {
  const [stock, dynamo, render] = SHOP.document('shop').subsegments ?? [];
  expect(stock).toMatchObject({ namespace: 'remote', fault: true });
  expect(dynamo).toMatchObject({
    namespace: 'aws',
    aws: { operation: 'GetItem', table_name: 'carts', account_id: '000000000007' },
  });
  expect(render).not.toHaveProperty('namespace');
  expect(SHOP.document('stock').subsegments).toMatchObject([{ sql: { sanitized_query: 'select 1' }, fault: true }]);
});

test('times count from the start', () => {
  expect(SHOP.document('stock')).toMatchObject({
    start_time: DRAWING_START_SECONDS + 0.06,
    end_time: DRAWING_START_SECONDS + 0.19,
  });
  expect(SHOP.document('worker')).toMatchObject({ in_progress: true });
  expect(
    trace`start 100
    a 1..2`.document('a').start_time,
  ).toBe(100.001);
});

test.each([
  ['429', { error: true, throttle: true }],
  ['404', { error: true }],
  ['503', { fault: true }],
])('status %s sets %o', (status, flags) => {
  expect(trace`a 0..1 ${status}`.document('a')).toMatchObject(flags);
});

test.each([
  ['no times', 'a'],
  ['an unknown word', 'a 0..1 purple'],
  ['a name twice', 'a 0..1\na 1..2'],
  ['a subsegment without place', '- a 0..1'],
])('%s: not drawn', (_what, text) => {
  expect(() => trace`${text}`).toThrow();
});

test('a label that is not drawn is not answered', () => {
  expect(() => SHOP.id('nobody')).toThrow('nobody');
});
