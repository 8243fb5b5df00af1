/* oxlint-disable oxc/no-map-spread, max-lines-per-function -- made-up data for looking at pages */
// Made-up traffic of a small shop, for looking at the console without a server. Not shipped.

/** A small seeded generator (mulberry32), so that two runs show the same shop. */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const ORIGIN = 'AWS::ECS::Container';
export const QUEUE_URL = 'https://sqs.eu-west-1.amazonaws.com/000000000000/order-events';

export function makeShop(random) {
  const hex = (length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  const spread = (base) => base * (0.6 + random() * 0.5 + (random() < 0.06 ? random() * 5 : 0));

  function segment(name, start, parent, extra = {}) {
    return {
      id: hex(16),
      name,
      start_time: start,
      ...(parent ? { parent_id: parent } : {}),
      origin: ORIGIN,
      ...extra,
      subsegments: [],
    };
  }
  function finish(entity, end, outcome = 'ok', status) {
    entity.end_time = end;
    if (status !== undefined)
      entity.http = { ...entity.http, response: { status, content_length: Math.floor(random() * 9000) } };
    if (outcome === 'fault') entity.fault = true;
    if (outcome === 'error') entity.error = true;
    if (outcome === 'throttle') Object.assign(entity, { throttle: true, error: true });
    return entity;
  }
  function exception(type, message, frames, cause) {
    const stack = frames.map(([path, line, label]) => ({ path, line, label }));
    return { id: hex(16), type, message, remote: false, stack, ...(cause ? { cause } : {}) };
  }

  function dynamo(parent, at, table, operation, outcome = 'ok') {
    const end = at + spread(0.006);
    const call = {
      id: hex(16),
      name: 'DynamoDB',
      namespace: 'aws',
      start_time: at,
      http: {},
      aws: {
        operation,
        table_name: table,
        region: 'eu-west-1',
        request_id: hex(26).toUpperCase(),
        retries: outcome === 'throttle' ? 3 : 0,
        consumed_capacity: 0.5,
      },
    };
    finish(call, end, outcome, outcome === 'throttle' ? 400 : 200);
    if (outcome === 'throttle') {
      call.cause = {
        working_directory: '/srv/cart',
        exceptions: [
          exception(
            'ProvisionedThroughputExceededException',
            'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level.',
            [
              ['/srv/cart/node_modules/@smithy/core/dist-cjs/index.js', 412, 'throwDefaultError'],
              ['/srv/cart/src/table.js', 48, 'Table.put'],
              ['/srv/cart/src/routes/add-item.js', 22, 'addItem'],
            ],
          ),
        ],
      };
    }
    parent.subsegments.push(call);
    return end;
  }
  function remote(parent, at, host, method, path) {
    const call = {
      id: hex(16),
      name: host,
      namespace: 'remote',
      start_time: at,
      http: { request: { method, url: `https://${host}${path}` } },
    };
    parent.subsegments.push(call);
    return call;
  }

  return { hex, spread, segment, finish, exception, dynamo, remote, random };
}

/** One request through the shop: an array of segment documents, `at` seconds since 1970. */
export function makeTrace(shop, at) {
  const { hex, spread, segment, finish, random } = shop;
  const traceId = `1-${Math.floor(at).toString(16)}-${hex(24)}`;
  const route = pick(random, [
    ['GET', '/', 5],
    ['GET', `/products/${1000 + Math.floor(random() * 40)}`, 6],
    ['POST', '/cart/items', 3],
    ['POST', '/checkout', 2],
    ['GET', '/account', 0.6],
  ]);
  const documents = [];
  const user = ['ann', 'bo', 'carla', 'dmitri'][Math.floor(random() * 4)];
  const front = segment('frontend', at, undefined, {
    user,
    http: {
      request: {
        method: route[0],
        url: `https://shop.example${route[1]}`,
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
        client_ip: '203.0.113.24',
        x_forwarded_for: true,
      },
    },
    aws: {
      ecs: { container: 'frontend-7f6c9d' },
      cloudwatch_logs: [
        {
          log_group: '/ecs/shop',
          arn: 'arn:aws:logs:eu-west-1:000000000000:log-group:/ecs/shop',
        },
      ],
      xray: { sdk: 'X-Ray for Node.js', sdk_version: '3.12.0', package: 'aws-xray-sdk', rule_name: 'Default' },
    },
    annotations: {
      tier: random() < 0.3 ? 'gold' : 'standard',
      cart_items: Math.floor(random() * 6),
      returning: random() < 0.5,
    },
    metadata: { default: { flags: { new_checkout: true, recommender: 'v2' }, locale: 'en-GB' } },
    service: { version: '2026.11.3', runtime: 'node', runtime_version: '20.20.2' },
  });
  documents.push(front);
  const context = { shop, documents, front, at, traceId };
  let state = { end: at + spread(0.004), outcome: 'ok', status: 200 };
  if (route[1].startsWith('/cart')) state = cart(context, state.end);
  else if (route[1] === '/checkout') state = checkout(context, state.end);
  else if (route[1] === '/account')
    state = { end: state.end + 0.002, outcome: 'error', status: random() < 0.5 ? 401 : 404 };
  else state = browse(context, state.end);
  const render = {
    id: hex(16),
    name: 'render',
    start_time: state.end,
    metadata: { default: { template: 'page.html' } },
  };
  front.subsegments.push(finish(render, state.end + spread(0.009)));
  finish(front, render.end_time + 0.0008, state.outcome, state.status);
  return { traceId, documents: documents.map((document) => ({ trace_id: traceId, ...document })) };
}

function browse({ shop, documents, front }, at) {
  const { segment, finish, dynamo, remote, spread, random } = shop;
  const call = remote(front, at, 'catalog.internal', 'GET', '/products');
  const catalog = segment('catalog', at + 0.001, call.id, {
    http: { request: { method: 'GET', url: 'http://catalog.internal/products' } },
    annotations: { page: 1 },
  });
  let end = dynamo(catalog, at + 0.002, 'shop-products', 'Query');
  end = dynamo(catalog, end + 0.0005, 'shop-products', 'BatchGetItem');
  finish(catalog, end + spread(0.003), 'ok', 200);
  finish(call, catalog.end_time + 0.001, 'ok', 200);
  const ask = remote(front, at + 0.002, 'recommender.internal', 'GET', '/for-user');
  const recommender = segment('recommender', at + 0.003, ask.id, {
    http: { request: { method: 'GET', url: 'http://recommender.internal/for-user' } },
    service: { runtime: 'CPython', runtime_version: '3.12' },
  });
  const score = {
    id: shop.hex(16),
    name: 'score candidates',
    start_time: at + 0.004,
    annotations: { candidates: 240 },
  };
  recommender.subsegments.push(finish(score, at + 0.004 + spread(0.06)));
  const slow = random() < 0.04;
  finish(recommender, score.end_time + (slow ? 1.4 : 0.002), slow ? 'fault' : 'ok', slow ? 504 : 200);
  if (slow)
    recommender.cause = {
      working_directory: '/app',
      exceptions: [
        shop.exception('TimeoutError', 'model server did not answer within 1400 ms', [
          ['/app/recommender/model.py', 88, 'predict'],
          ['/app/recommender/app.py', 31, 'for_user'],
        ]),
      ],
    };
  finish(ask, recommender.end_time + 0.001, slow ? 'fault' : 'ok', slow ? 504 : 200);
  documents.push(catalog, recommender);
  return { end: Math.max(call.end_time, ask.end_time) + 0.001, outcome: 'ok', status: 200 };
}

function cart({ shop, documents, front }, at) {
  const { segment, finish, dynamo, remote, spread, random } = shop;
  const throttled = random() < 0.14;
  const outcome = throttled ? 'throttle' : random() < 0.05 ? 'error' : 'ok';
  const status = { throttle: 429, error: 422, ok: 200 }[outcome];
  const call = remote(front, at, 'cart.internal', 'POST', '/items');
  const segmentOf = segment('cart', at + 0.001, call.id, {
    http: { request: { method: 'POST', url: 'http://cart.internal/items' } },
    annotations: { sku: `SKU-${Math.floor(random() * 900)}` },
  });
  const end = dynamo(segmentOf, at + 0.002, 'shop-carts', 'UpdateItem', throttled ? 'throttle' : 'ok');
  finish(segmentOf, end + spread(0.002), outcome, status);
  finish(call, segmentOf.end_time + 0.001, outcome, status);
  documents.push(segmentOf);
  return { end: call.end_time, outcome, status };
}

function checkout({ shop, documents, front }, at) {
  const { segment, finish, dynamo, remote, spread, random, exception, hex } = shop;
  const call = remote(front, at, 'order.internal', 'POST', '/orders');
  const order = segment('order', at + 0.001, call.id, {
    http: { request: { method: 'POST', url: 'http://order.internal/orders' } },
    annotations: { order_id: `A-${Math.floor(random() * 9000)}` },
  });
  let end = dynamo(order, at + 0.003, 'shop-orders', 'PutItem');
  const stock = {
    id: hex(16),
    name: 'stockdb@db1.internal',
    namespace: 'remote',
    start_time: end,
    sql: {
      url: 'postgresql://db1.internal:5432/stock',
      database_type: 'PostgreSQL',
      database_version: '16.4',
      user: 'order',
      sanitized_query: 'update stock\n   set reserved = reserved + ?\n where sku = ?\n   and available - reserved >= ?',
      preparation: 'statement',
    },
  };
  order.subsegments.push(finish(stock, end + spread(0.012)));
  end = stock.end_time;
  const failed = random() < 0.2;
  const pay = remote(order, end, 'payment.internal', 'POST', '/charges');
  const payment = segment('payment', end + 0.001, pay.id, {
    http: { request: { method: 'POST', url: 'http://payment.internal/charges' } },
  });
  const bank = remote(payment, end + 0.002, 'api.payments.example', 'POST', '/v1/charges');
  finish(bank, end + 0.002 + spread(0.16), failed ? 'fault' : 'ok', failed ? 503 : 200);
  finish(payment, bank.end_time + 0.002, failed ? 'fault' : 'ok', failed ? 502 : 200);
  finish(pay, payment.end_time + 0.001, failed ? 'fault' : 'ok', failed ? 502 : 200);
  if (failed) {
    const root = exception(
      'HTTPError',
      'POST https://api.payments.example/v1/charges answered 503 Service Unavailable',
      [
        ['/srv/payment/src/bank.js', 61, 'readAnswer'],
        ['/srv/payment/src/bank.js', 34, 'Bank.charge'],
      ],
    );
    root.remote = true;
    const outer = exception(
      'ChargeFailed',
      'card could not be charged: the bank did not accept the request after 2 tries',
      [
        ['/srv/payment/src/charge.js', 27, 'charge'],
        ['/srv/payment/src/server.js', 18, 'onCharge'],
        ['node:internal/process/task_queues', 95, 'processTicksAndRejections'],
      ],
      root.id,
    );
    bank.cause = { working_directory: '/srv/payment', exceptions: [root] };
    payment.cause = {
      working_directory: '/srv/payment',
      paths: ['/srv/payment/node_modules'],
      exceptions: [outer, root],
    };
    order.cause = { id: pay.id, exceptions: [] };
    pay.cause = {
      working_directory: '/srv/order',
      exceptions: [exception('PaymentError', 'payment answered 502', [['/srv/order/src/pay.js', 40, 'pay']])],
    };
  }
  end = pay.end_time;
  if (!failed) {
    const send = {
      id: hex(16),
      name: 'SQS',
      namespace: 'aws',
      start_time: end,
      aws: {
        operation: 'SendMessage',
        queue_url: 'https://sqs.eu-west-1.amazonaws.com/000000000000/order-events',
        region: 'eu-west-1',
        request_id: hex(26),
      },
    };
    order.subsegments.push(finish(send, end + spread(0.011), 'ok', 200));
    end = send.end_time;
  }
  finish(order, end + 0.002, failed ? 'fault' : 'ok', failed ? 500 : 201);
  finish(call, order.end_time + 0.001, failed ? 'fault' : 'ok', failed ? 500 : 201);
  documents.push(order, payment);
  return { end: call.end_time, outcome: failed ? 'fault' : 'ok', status: failed ? 500 : 201 };
}

function pick(random, options) {
  let left = random() * options.reduce((sum, option) => sum + option[2], 0);
  return options.find((option) => (left -= option[2]) <= 0) ?? options[0];
}
