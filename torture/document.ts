import { createRandom, type Random } from './random.ts';

/** Nodes of the service graph that these documents make. */
export const SERVICES: readonly string[] = [
  'basket',
  'catalogue',
  'checkout',
  'invoices',
  'mailer',
  'profile',
  'search',
];
export const SPANS_A_DOCUMENT = 4;
const PATHS: readonly string[] = ['/products', '/basket', '/orders', '/me', '/search'];

/** Everything about a document follows from these, so that what was sent need not be kept. */
export interface DocumentKey {
  /** Of the run: tells its documents from all others. */
  readonly seed: number;
  readonly number: number;
  /** When it starts, in whole µs. */
  readonly startUs: number;
}

/** The id has seed and number in it: what is found names what it should be. */
export function traceIdOf({ seed, number, startUs }: DocumentKey): string {
  const seconds = Math.floor(startUs / 1e6);
  return `1-${hex(seconds, 8)}-${hex(seed, 8)}${hex(number, 16)}`;
}

/** Null for an id that is none of this seed's. */
export function numberOf(traceId: string, seed: number): number | null {
  const found = /^1-[0-9a-f]{8}-([0-9a-f]{8})([0-9a-f]{16})$/.exec(traceId);
  return found?.[1] === hex(seed, 8) ? Number.parseInt(found[2] ?? '', 16) : null;
}

export function serviceOf({ seed, number }: Pick<DocumentKey, 'seed' | 'number'>): string {
  return pick(SERVICES, createRandom(seed ^ (number * 7919)));
}

/** One segment with three subsegments and five annotations, about 800 bytes, a trace of its own. */
export function makeDocument(key: DocumentKey): string {
  const random = createRandom(key.seed ^ (key.number * 7919));
  const service = pick(SERVICES, random);
  const tookUs = 2_000 + random() * 30_000;
  const failed = random() < 0.02;
  const at = (share: number): number => Math.round(key.startUs + tookUs * share) / 1e6;
  const id = (part: number): string => hex(part + 1, 2) + hex(key.number, 14);
  return JSON.stringify({
    trace_id: traceIdOf(key),
    id: id(0),
    name: service,
    start_time: at(0),
    end_time: at(1),
    http: {
      request: { method: 'GET', url: `http://${service}.test${pick(PATHS, random)}` },
      response: { status: failed ? 500 : 200 },
    },
    ...(failed && { fault: true }),
    annotations: {
      tenant: `t${Math.floor(random() * 100)}`,
      plan: 'pro',
      items: Math.floor(random() * 20),
      beta: random() < 0.1,
      region: 'eu',
    },
    subsegments: [
      {
        id: id(1),
        name: 'DynamoDB',
        namespace: 'aws',
        start_time: at(0.1),
        end_time: at(0.4),
        aws: { operation: 'GetItem', table_name: `${service}-items` },
      },
      {
        id: id(2),
        name: 'prices.test',
        namespace: 'remote',
        start_time: at(0.45),
        end_time: at(0.85),
        http: { request: { method: 'GET', url: 'http://prices.test/v1' }, response: { status: 200 } },
      },
      { id: id(3), name: 'render', start_time: at(0.9), end_time: at(0.95) },
    ],
  });
}

function pick(from: readonly string[], random: Random): string {
  return from[Math.floor(random() * from.length)] ?? '';
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
