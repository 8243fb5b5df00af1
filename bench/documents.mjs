/** Seeded generators of load, as docs/benchmarks.md names them. */

/** xorshift32: the same numbers on every machine. */
export function seeded(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

const SERVICES = [
  'storefront',
  'catalogue',
  'basket',
  'checkout',
  'invoices',
  'stockroom',
  'mailer',
  'ratings',
  'search',
  'profile',
];
const PATHS = ['/products', '/products/list', '/basket', '/orders', '/orders/new', '/me', '/search'];

/**
 * D1: an X-Ray document of one segment and three subsegments with five annotations, about 800 bytes, a trace of its own.
 * Times lie within the second before `nowSeconds`.
 */
export function makeD1(random, nowSeconds) {
  const hex = (digits) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const micros = (seconds) => Number(seconds.toFixed(6));
  const start = nowSeconds - random();
  const took = 0.004 * Math.exp(2.2 * random());
  const path = PATHS[Math.floor(random() * PATHS.length)];
  const service = SERVICES[Math.floor(random() * SERVICES.length)];
  const failed = random() < 0.02;
  const part = (from, share, more) => ({
    id: hex(16),
    start_time: micros(start + took * from),
    end_time: micros(start + took * (from + share)),
    ...more,
  });
  return {
    trace_id: `1-${Math.floor(start).toString(16).padStart(8, '0')}-${hex(24)}`,
    id: hex(16),
    name: service,
    start_time: micros(start),
    end_time: micros(start + took),
    http: {
      request: { method: 'GET', url: `http://${service}.test${path}` },
      response: { status: failed ? 500 : 200 },
    },
    ...(failed ? { fault: true } : {}),
    annotations: {
      tenant: `t${Math.floor(random() * 100)}`,
      plan: 'pro',
      items: Math.floor(random() * 20),
      beta: random() < 0.1,
      region: 'eu',
    },
    subsegments: [
      part(0.1, 0.3, {
        name: 'DynamoDB',
        namespace: 'aws',
        aws: { operation: 'GetItem', table_name: `${service}-items` },
      }),
      part(0.45, 0.4, {
        name: 'prices.test',
        namespace: 'remote',
        http: { request: { method: 'GET', url: 'http://prices.test/v1' }, response: { status: 200 } },
      }),
      part(0.9, 0.05, { name: 'render' }),
    ],
  };
}
