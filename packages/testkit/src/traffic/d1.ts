import type { Traffic, TrafficOptions } from './traffic.ts';
import { createRandom, hex8, traceHex, type Random } from './random.ts';

const SERVICES: readonly string[] = [
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
const PATHS: readonly string[] = ['/products', '/products/list', '/basket', '/orders', '/orders/new', '/me', '/search'];
const SPANS_A_DOCUMENT = 4;
const SENT_WITHIN_US = 100_000;

/** D1: X-Ray documents as an SDK sends them. One segment, three subsegments, five annotations, about 800 bytes; a trace each. */
export function createD1({ seed, startUs, rangeUs, spanCount }: TrafficOptions): Traffic {
  const everyUs = (rangeUs / spanCount) * SPANS_A_DOCUMENT;
  const startUsAt = (index: number): number => Math.floor(startUs + index * everyUs);
  // The SDKs put the time into their ids.
  const traceIdAt = (index: number): string =>
    `1-${hex8(Math.floor(startUsAt(index) / 1e6))}-${traceHex(seed, index).slice(8)}`;
  return {
    traceIdAt,
    startUsAt,
    documentsAt(index) {
      const random = createRandom(seed, index);
      const traceId = traceIdAt(index);
      const { text, endUs } = makeDocument(random, traceId, startUsAt(index));
      return [{ traceId, text, arrivesUs: endUs + random.below(SENT_WITHIN_US), spanCount: SPANS_A_DOCUMENT }];
    },
  };
}

function makeDocument(random: Random, traceId: string, startUs: number): { text: string; endUs: number } {
  const tookUs = 4_000 * 9 ** random.share();
  const id = (): string => hex8(random.word() | 1) + hex8(random.word());
  const seconds = (share: number): number => Math.round(startUs + tookUs * share) / 1e6;
  const path = PATHS[random.below(PATHS.length)] ?? '';
  const service = SERVICES[random.below(SERVICES.length)] ?? '';
  const failed = random.share() < 0.02;
  const document = {
    trace_id: traceId,
    id: id(),
    name: service,
    start_time: seconds(0),
    end_time: seconds(1),
    http: {
      request: { method: 'GET', url: `http://${service}.test${path}` },
      response: { status: failed ? 500 : 200 },
    },
    ...(failed && { fault: true }),
    annotations: {
      tenant: `t${random.below(100)}`,
      plan: 'pro',
      items: random.below(20),
      beta: random.share() < 0.1,
      region: 'eu',
    },
    subsegments: [
      {
        id: id(),
        name: 'DynamoDB',
        namespace: 'aws',
        start_time: seconds(0.1),
        end_time: seconds(0.4),
        aws: { operation: 'GetItem', table_name: `${service}-items` },
      },
      {
        id: id(),
        name: 'prices.test',
        namespace: 'remote',
        start_time: seconds(0.45),
        end_time: seconds(0.85),
        http: { request: { method: 'GET', url: 'http://prices.test/v1' }, response: { status: 200 } },
      },
      { id: id(), name: 'render', start_time: seconds(0.9), end_time: seconds(0.95) },
    ],
  };
  return { text: JSON.stringify(document), endUs: Math.round(startUs + tookUs) };
}
