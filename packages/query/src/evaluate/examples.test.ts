import type { SegmentDocument, TraceDocument } from '@fluoroscope/model';
import { trace } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import type { FindGroupExpression } from '../filter/groups.ts';
import { readFilter } from '../filter/filter.ts';
import { compileFilter } from './evaluate.ts';
import { wholeTrace } from './whole-trace.ts';

// Every example of XRAY-SPEC §5.4: a trace that it finds, and one that it does not.
const SLOW: FindGroupExpression = (by, group) =>
  by === 'name' && group === 'slow_checkout' ? 'responsetime > 1' : undefined;
const CART = 'shop 0..900\n  -> cart.local 0..800\n    cart 0..700';
const CHAIN = 'a 0..9 fault\n  -> b.c 0..8 fault\n    b 0..8 fault\n      -> c.c 0..7 fault\n        c 0..7 fault';
const DEEP = `${CHAIN}\n          -> d.c 0..6 fault\n            d 0..6 fault`;
const ZONED = 'shop 0..9 zone:a\n  -> cart.local 0..8\n    cart 0..7 zone:b';

test.each([
  ['responsetime > 2', 'shop 0..2001', 'shop 0..2000'],
  ['duration >= 1.5 AND duration <= 4', 'shop 0..1500', 'shop 0..4001'],
  ['ok !partial duration <0.8', 'shop 0..799', 'shop 0..'],
  ['http.status != 204', 'shop 0..9 GET 200', 'shop 0..9 GET 204'],
  [
    'http.url BEGINSWITH "https://shop.test/" AND http.url CONTAINS "/cart/" AND !service("cart")',
    'shop 0..9 GET https://shop.test/cart/1',
    'shop 0..9 GET https://shop.test/cart/1\n  -> x 0..8\n    cart 0..8',
  ],
  ['service("cart") { fault }', `${CART} fault`, CART],
  ['service("cart") { fault }', `${CART} fault`, 'shop 0..9 fault\n  -> cart.local 0..8 fault\n    cart 0..7'],
  [
    'edge("cart", "stock") { error }',
    'cart 0..9\n  -> stock.local 0..8 error\n    stock 0..7',
    'cart 0..9\n  -> stock.local 0..8\n    stock 0..7 error',
  ],
  [
    'service(id(name: "cart", type: "AWS::ECS::Fargate", account.id: "000000000000")) { fault }',
    'cart 0..9 fault type=AWS::ECS::Fargate account=000000000000',
    'cart 0..9 fault type=AWS::ECS::Fargate account=000000000001',
  ],
  // An account written as a number (§14).
  ...['123456789012', '"123456789012"'].map((account): [string, string, string] => [
    `rootcause.json = #[{"Services":[{"Name":"a","AccountId":${account}}]}]`,
    'a 0..9 fault account=123456789012',
    'a 0..9 fault account=123456789013',
  ]),
  ['annotation.orderid = "A-17"', 'shop 0..9 orderid:A-17', 'shop 0..9 orderid:A-18'],
  ['annotation.items > 12', 'shop 0..9 items:13', 'shop 0..9 items:12'],
  ['!annotation.coupon', 'shop 0..9', 'shop 0..9 coupon:x'],
  ['annotation[order.id] = "A-17"', 'shop 0..9 order.id:A-17', 'shop 0..9 order:A-17'],
  [
    'service { annotation[order.id] = "A-17" }',
    'shop 0..9\n  - step 0..3 order.id:A-17',
    'shop 0..9\n  - step 0..3 order.id:A-1',
  ],
  ['edge { source.annotation[zone] = "b" }', 'shop 0..9 zone:b\n  -> x 0..8', ZONED],
  ['edge { destination.annotation[zone] = "b" }', ZONED, 'shop 0..9 zone:a\n  -> x 0..8'],
  [
    'rootcause.fault.entity { last and name = "reserve" }',
    'shop 0..9 fault\n  - reserve 0..8 fault',
    'shop 0..9 fault\n  - reserve 0..8 fault\n    - count 0..7 fault',
  ],
  ['rootcause.fault.service { index > 2 }', DEEP, CHAIN],
  [
    'rootcause.responsetime.entity { remote and coverage > 0.6 and name = "stock" }',
    'shop 0..300\n  -> stock 0..250',
    'shop 0..300\n  -> stock 0..170',
  ],
  [
    'rootcause.fault.exception { last and message = "pool exhausted" }',
    'shop 0..9 fault\n  -> db 0..8 sql fault throws="DBError:pool exhausted"',
    'shop 0..9 fault\n  -> db 0..8 sql fault throws="DBError:no route"',
  ],
  ['group.name = "slow_checkout" AND user = "ann"', 'shop 0..1001 user=ann', 'shop 0..1000 user=ann'],
  ['user CONTAINS ""', 'shop 0..9 user=ann', 'shop 0..9'],
  ['service("cart") { root = true and fault = true }', 'cart 0..9 fault', `${CART} fault`],
  ['http.url AND responseTime > 2', 'shop 0..2001 GET http://shop.test/', 'shop 0..2001 GET'],
  [
    'service("cart") { fault = true OR responsetime > 2.5 } AND annotation.tier = "gold"',
    'cart 0..2600 tier:gold',
    'cart 0..2500 tier:gold',
  ],
])('%s: %j, and not %j', (text, found, missed) => {
  expect([matches(text, drawn(found)), matches(text, drawn(missed))]).toEqual([true, false]);
});

// The filter checks of the worked example, XRAY-SPEC appendix A.
const EXAMPLE = `
  shop               0..300    GET http://shop.example/buy 200 type=AWS::EC2::Instance user=ann tier:gold
    -> stock.example 50..200   POST 500 fault
      stock          60..190   500 fault throws="DBError:no pool"
        -> stockdb@db1 70..185 sql="select 1" fault throws="DBError:no pool"
    -> DynamoDB      210..250  op=GetItem table=carts 200
    - render         250..290
      - template     255..280  alone`;

test.each([
  ['fault', false],
  ['service(){fault}', true],
  ['service("stock"){fault}', true],
  ['edge("shop","stock"){fault}', true],
  ['edge("shop","carts"){fault}', false],
  ['service(id(name:"carts",type:"AWS::DynamoDB::Table"))', true],
  ['annotation.tier = "gold" AND user = "ann"', true],
  ['inferred', true],
  ['!partial', true],
  ['rootcause.fault.exception{message CONTAINS "pool"}', true],
  ['http.status = 200 responsetime < 0.5', true],
  ['!service("shop")', false],
  // What the braces see of segments, far ends, calls and clients.
  ['service("stockdb@db1"){inferred fault}', true],
  ['service("carts"){http.status = 200}', true],
  ['service("shop"){inferred}', false],
  ['service("shop"){annotation.tier = "gold" user = "ann"}', true],
  ['service("stock"){annotation.tier}', false],
  ['service("carts"){annotation.tier}', false],
  ['service("stock"){root}', false],
  ['service("shop"){ok responsetime = 0.3}', true],
  ['edge("shop","stock"){http.method = POST responsetime = .15}', true],
  ['edge("stock","shop")', false],
  ['edge("shop","stock.example")', false],
  ['edge("shop"){inferred}', true],
  ['edge("shop","stock"){inferred}', false],
  ['edge(id(type: client),"shop"){http.status = 200 ok}', true],
  ['edge(id(type: client),"stock")', false],
  ['edge(){source.annotation.tier destination.annotation.tier}', false],
  ['service(id(type: client))', false],
  ['id(name: "stock")', true],
  // Of root causes.
  ['rootcause.fault.service{first and root and name = "shop"}', true],
  ['rootcause.fault.service{index = 0 and name = "shop"}', true],
  ['rootcause.fault.service{last and inferred and type = "Database::SQL"}', true],
  ['rootcause.error.service', false],
  ['rootcause.json = #[{"Services":[{"Name":"shop"},{"Name":"stock"},{"Name":"stockdb@db1"}]}]', true],
  ['rootcause.json = #[{"Services":[{"Name":"shop"},{"Name":"stock"}]}]', false],
  ['rootcause.json = #[{"Services":[{"Name":"shop","Color":"red"},{},{}]}]', false],
  ['rootcause.json = #[{"Services":[{},{"Name":"stock","Type":null},{}]}]', true],
])('the worked example: %s is %s', (text, expected) => {
  expect(matches(text, drawn(EXAMPLE))).toBe(expected);
});

test.each([
  ['availabilityzone = "eu-west-1a"', true],
  ['availabilityzone = "eu-west-1c"', true],
  ['availabilityzone = "eu-west-1b"', false],
  ['instance.id BEGINSWITH "i-"', true],
  ['!instance.id', false],
  ['resource.arn ENDSWITH ":function:f"', true],
  ['account.id = "000000000007"', true],
  ['account.id != "000000000007"', false],
])('places: %s is %s', (text, expected) => {
  const [shop, ...others] = drawn(CART);
  const aws = {
    account_id: '000000000007',
    ec2: { instance_id: 'i-1', availability_zone: 'eu-west-1a' },
    ecs: { availability_zone: 'eu-west-1c' },
  };
  const placed = { ...shop, aws, resource_arn: 'arn:aws:lambda:eu-west-1:000000000007:function:f' } as SegmentDocument;
  expect(matches(text, [placed, ...others])).toBe(expected);
});

test('an open call and one that waits for its answer are no connections, and are partial', () => {
  const open = drawn('shop 0..9\n  -> stock 1..\n  -> cart 1..2 traced');
  expect(matches('edge("shop","stock")', open)).toBe(false);
  expect(matches('edge("shop","cart")', open)).toBe(false);
  expect(matches('service("shop"){partial} AND partial', open)).toBe(true);
});

test('a segment that works on after its answer lasts longer than its response took', () => {
  const late = drawn('shop 0..100\n  - audit 50..400');
  expect(matches('service("shop"){responsetime = 0.1 duration = 0.4}', late)).toBe(true);
});

test('what is asked of too many parts of a trace is not answered', () => {
  const text = Array.from({ length: 100 }, (_, at) => `service{annotation.k = ${at}}`).join(' OR ');
  const plan = readFilter(text, null);
  if (!plan.ok || plan.value.node === null) throw new Error('not read');
  expect(compileFilter(plan.value.node, 50)(whole(drawn(CART)))).toBeNull();
  expect(compileFilter(plan.value.node, 5_000)(whole(drawn(CART)))).toBe(false);
});

function matches(text: string, documents: readonly TraceDocument[]): boolean | null {
  const plan = readFilter(text, SLOW);
  if (!plan.ok) throw new Error(plan.problem.code);
  return plan.value.node === null || compileFilter(plan.value.node)(whole(documents));
}

function whole(documents: readonly TraceDocument[]): ReturnType<typeof wholeTrace> {
  const [first] = documents;
  if (first === undefined) throw new Error('no documents');
  return wholeTrace(first.trace_id, documents);
}

function drawn(text: string): readonly TraceDocument[] {
  return trace`${text}`.documents;
}
