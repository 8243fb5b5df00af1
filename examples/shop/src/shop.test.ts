import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReceiver, type Entity, type Receiver } from './test-kit/receiver.ts';
import { startShop, type Shop } from './test-kit/shop-process.ts';

const GOOD_CARD = '4242424242424242';
const DECLINED_CARD = '4000000000000002';
/** As many as traffic.js sends. */
const VISITORS_MAX = 16;
const PATIENCE = { timeout: 60_000 };

let receiver: Receiver;
let shop: Shop;
/** One for each try. */
const notYetLoaded = [
  { product: 'rug-wool', category: 'floor' },
  { product: 'chair-oak', category: 'seating' },
];

beforeAll(async () => {
  receiver = await startReceiver();
  shop = await startShop(receiver.address, ['--no-traffic']);
});

afterAll(async () => {
  await shop.stop();
  receiver.close();
});

test('the product page is one trace through four services, each the child of the call that reached it', async () => {
  const visit = await ask('GET', '/products/lamp-desk');
  expect(visit.status).toBe(200);
  expect(visit.body).toMatchObject({ priceCents: 3900, recommendations: expect.arrayContaining(['lamp-floor']) });
  const { frontend, catalog, recommender, cart } = await visit.segments('frontend', 'catalog', 'recommender', 'cart');
  expect(frontend).toMatchObject({ user: 'ann', annotations: { visitor: 'member', page: 'product' } });
  expect(catalog.parent_id).toBe(call(frontend, 'catalog.shop.internal').id);
  expect(recommender.parent_id).toBe(call(frontend, 'recommender.shop.internal').id);
  expect(cart.parent_id).toBe(call(frontend, 'cart.shop.internal').id);
  expect(call(frontend, 'render page').metadata).toMatchObject({ frontend: { picks: expect.any(Array) } });
});

test('a model that is not in memory makes the slow path', async () => {
  const { product, category } = notYetLoaded.shift() ?? {};
  const { recommender: slow } = await (await ask('GET', `/products/${product}`)).segments('recommender');
  const { recommender: fast } = await (await ask('GET', `/products/${product}`)).segments('recommender');
  expect(slow.annotations).toEqual({ model_loaded: false });
  expect(call(slow, 'load model').annotations).toEqual({ category });
  expect(fast.annotations).toEqual({ model_loaded: true });
  expect(fast.subsegments?.map(({ name }) => name)).toEqual(['catalog.shop.internal', 'rank products']);
});

test('calls to DynamoDB name their table', async () => {
  const { catalog } = await (await ask('GET', '/products/mug-blue')).segments('catalog');
  expect(call(catalog, 'DynamoDB')).toMatchObject({
    namespace: 'aws',
    aws: { operation: 'GetItem', table_name: 'products', retries: 1, region: 'us-east-1' },
    http: { response: { status: 200 } },
  });
});

test('an unknown product is a 404 and an error, no fault', async () => {
  const visit = await ask('GET', '/products/nothing');
  expect(visit.status).toBe(404);
  const { frontend, catalog } = await visit.segments('frontend', 'catalog');
  expect(frontend).toMatchObject({ error: true, http: { response: { status: 404 } } });
  expect(catalog).toMatchObject({ error: true, annotations: { product: 'nothing' } });
  expect(frontend).not.toHaveProperty('fault');
});

test('an order goes through cart, payment and a bank that sends no segment, and is kept', async () => {
  const user = `bo-${visits}`;
  expect((await ask('POST', '/cart', user, { product: 'pan-iron', quantity: 2 })).status).toBe(201);
  const visit = await ask('POST', '/checkout', user, { card: GOOD_CARD });
  expect(visit).toMatchObject({ status: 201, body: { user, totalCents: 11_800 } });
  const { order, payment } = await visit.segments('order', 'payment', 'frontend');
  expect(order.metadata).toMatchObject({ shop: { order: { lines: [{ product: 'pan-iron', quantity: 2 }] } } });
  expect(order.annotations).toMatchObject({ total_cents: 11_800 });
  const bank = call(call(payment, 'charge card'), 'api.bank.example');
  expect(bank).toMatchObject({ namespace: 'remote', http: { response: { status: 200 } } });
  expect(receiver.segments(visit.traceId).filter(({ parent_id }) => parent_id === bank.id)).toEqual([]);

  expect((await ask('GET', `/orders/${String(visit.body['id'])}`)).body).toEqual(visit.body);
  expect((await ask('GET', '/cart', user)).body).toEqual({ lines: [] });
});

test('an empty cart is a 409', async () => {
  const visit = await ask('POST', '/checkout', 'nobody', { card: GOOD_CARD });
  expect(visit.status).toBe(409);
  const { order } = await visit.segments('order');
  expect(order).toMatchObject({ error: true });
});

test('a declined card is an exception with a stack in payment, and a fault all the way up', async () => {
  await ask('POST', '/cart', 'chi', { product: 'chair-oak' });
  const visit = await ask('POST', '/checkout', 'chi', { card: DECLINED_CARD });
  expect(visit.status).toBe(502);
  const { frontend, order, payment } = await visit.segments('frontend', 'order', 'payment');
  expect([frontend.fault, order.fault, payment.fault]).toEqual([true, true, true]);

  const charge = call(payment, 'charge card');
  const [exception] = charge.cause?.exceptions ?? [];
  expect(exception).toMatchObject({
    type: 'CardDeclinedError',
    message: 'card ending in 0002 was declined: insufficient funds',
  });
  expect(exception?.stack?.[0]).toEqual({
    path: expect.stringMatching(/services.payment\.js$/),
    line: expect.any(Number),
    label: 'charge',
  });
  expect(payment.cause).toEqual({ id: charge.id });
  expect(order.cause?.exceptions?.[0]).toMatchObject({ type: 'PaymentFailedError' });
});

test('a crowd is answered 429, which is a throttle and an error', async () => {
  const { frontend, order } = await (await firstTurnedAway()).segments('frontend', 'order');
  expect(frontend).toMatchObject({ throttle: true, error: true, http: { response: { status: 429 } } });
  expect(order).toMatchObject({ throttle: true, error: true });
});

test('a table without capacity throttles: the SDK retries, gives up, and the trace shows it', async () => {
  expect(await setCapacity('orders', '0')).toMatchObject({ orders: 0, carts: 'unlimited' });
  const visit = await ask('GET', '/orders/any');
  expect(await setCapacity('orders', 'unlimited')).toMatchObject({ orders: 'unlimited' });
  expect(visit.status).toBe(500);
  const { order } = await visit.segments('order');
  const attempt = call(order, 'DynamoDB');
  expect(attempt).toMatchObject({ throttle: true, fault: true, aws: { table_name: 'orders', operation: 'GetItem' } });
  expect(attempt.aws?.retries).toBeGreaterThan(1);
  expect(attempt.cause?.exceptions?.[0]).toMatchObject({ type: 'ProvisionedThroughputExceededException' });
  expect((await ask('GET', '/orders/any')).status).toBe(404);
});

test('the admin port refuses what it does not understand', async () => {
  expect(await setCapacity('nowhere', '1')).toEqual({ error: 'table is one of products, carts, orders' });
  expect(await setCapacity('carts', '-1')).toEqual({ error: 'units is a number, 0 or more, or "unlimited"' });
});

test('without a decision from outside the frontend asks for sampling rules and records the one that matched', async () => {
  const sampled = async (): Promise<Entity | undefined> => {
    await fetch(`${shop.url('frontend')}/`);
    return receiver.all().find(({ aws }) => aws?.xray?.['rule_name'] === 'Everything');
  };
  await expect.poll(sampled).toMatchObject({ name: 'frontend' });
  expect(receiver.asked()).toContain('POST /GetSamplingRules');
});

test('visitors send a mix, and are counted', { timeout: 180_000 }, async () => {
  const { length: before } = receiver.all();
  const second = await startShop(receiver.address, ['--rate', '40', '--seed', '7']);
  const pages = (): unknown[] =>
    receiver
      .all()
      .slice(before)
      .filter(({ name, fault, error }) => name === 'frontend' && !fault && !error)
      .map(({ annotations }) => annotations?.['page']);
  // A visitor waits for its answer before it asks again: with more than one answer for each, one has been counted.
  await expect.poll(() => pages().length, PATIENCE).toBeGreaterThan(VISITORS_MAX);
  await expect.poll(() => new Set(pages()).size, PATIENCE).toBeGreaterThan(2);
  expect(await second.stop()).toBe(0);
  expect(second.output()).toMatch(/^traffic: \d+ requests in \d+ s: .*\d ok.*; slowest \d+ ms$/m);
  expect(second.errors()).toBe('');
});

test('the shop ends by itself after --seconds, with the count of its visits', async () => {
  const second = await startShop(receiver.address, ['--rate', '40', '--seconds', '1']);
  expect(await second.exit).toBe(0);
  // How many come in a second is up to the machine.
  expect(second.output()).toMatch(/^traffic: \d+ requests in \d+ s: .*; slowest \d+ ms$/m);
  expect(second.errors()).toBe('');
});

test('a service that cannot start stops the shop, and says which', async () => {
  const taken = http.createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = new URL(`http://${addressOf(taken)}`);
  const failed = await startShop(receiver.address, ['--frontend-port', port]);
  expect(await failed.exit).toBe(1);
  expect(failed.errors()).toContain('EADDRINUSE');
  expect(failed.errors()).toContain('shop: frontend stopped (exit code 1)');
  taken.close();
});

test.each([
  [['--rate', 'fast'], 'shop: --rate is a number from 0 to 200\n'],
  [['--recommender-url', 'here'], 'shop: --recommender-url is not a URL: here\n'],
])('%s: exit code 2 and one line', async (flags, line) => {
  const failed = await startShop(receiver.address, flags);
  expect([await failed.exit, failed.errors()]).toEqual([2, line]);
});

test('SIGTERM stops everything', async () => {
  const third = await startShop(receiver.address, ['--rate', '20']);
  expect(await third.stop()).toBe(0);
  for (const service of ['frontend', 'payment', 'admin']) {
    await expect(fetch(third.url(service))).rejects.toThrow('fetch failed');
  }
});

let visits = 0;

/** A request with a trace id of its own, sampled, so that its documents can be told from others. */
async function ask(method: string, path: string, user = 'ann', content?: object) {
  visits += 1;
  const now = Math.floor(Date.now() / 1000).toString(16);
  const traceId = `1-${now}-${String(visits).padStart(24, '0')}`;
  const response = await fetch(shop.url('frontend') + path, {
    method,
    headers: {
      'content-type': 'application/json',
      'x-amzn-trace-id': `Root=${traceId};Sampled=1`,
      'x-shop-user': user,
    },
    ...(content && { body: JSON.stringify(content) }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return {
    traceId,
    status: response.status,
    body,
    /** The first segment of each service, once all have come. */
    segments: <Name extends string>(...names: Name[]): Promise<Record<Name, Entity>> => receiver.await(traceId, names),
  };
}

/** Of crowds that grow: how many it takes depends on how soon the machine brings them to the till. */
async function firstTurnedAway(): Promise<Awaited<ReturnType<typeof ask>>> {
  for (let size = 12; ; size *= 2) {
    const crowd = Array.from({ length: size }, () => ask('POST', '/checkout', 'dee', { card: GOOD_CARD }));
    const turnedAway = (await Promise.all(crowd)).find(({ status }) => status === 429);
    if (turnedAway !== undefined) return turnedAway;
  }
}

function call(entity: Entity | undefined, name: string): Entity {
  const found = entity?.subsegments?.find((subsegment) => subsegment.name === name);
  if (found === undefined) throw new Error(`${entity?.name} has no subsegment ${name}`);
  return found;
}

async function setCapacity(table: string, units: string): Promise<unknown> {
  const response = await fetch(`${shop.url('admin')}/capacity?table=${table}&units=${units}`, { method: 'POST' });
  return response.json();
}

function addressOf(server: http.Server): string {
  const address = server.address();
  return typeof address === 'object' && address !== null ? `${address.address}:${address.port}` : '';
}
