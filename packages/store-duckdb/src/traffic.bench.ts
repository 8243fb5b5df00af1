import {
  parseSegmentId,
  parseTraceId,
  timeUs,
  type SegmentId,
  type ServiceKey,
  type TraceId,
} from '@fluoroscope/model';
import type { EdgeFact, NodeFact, StoreBatch, StoredDocument, TraceRow } from '@fluoroscope/store';

// What the benches write: one document a trace, one trace a millisecond, random (W3C-like) ids, so that no order of ids helps.

export const TRAFFIC_START_US = 1_700_000_000_000_000;
export const TRACE_EVERY_US = 1_000;
export const TENANT_COUNT = 100;
export const USER_COUNT = 50_000;

const SERVICES: readonly ServiceKey[] = [
  'checkout',
  'orders',
  'catalog',
  'payments',
  'search',
  'users',
  'mail',
  'stock',
].map((name) => ({ name, type: 'AWS::ECS::Container', accountId: '123456789012' }));
const CLIENT: ServiceKey = { name: 'browser', type: 'client', accountId: null };
const TABLE: ServiceKey = { name: 'orders-table', type: 'AWS::DynamoDB::Table', accountId: '123456789012' };

export function traceIdAt(index: number): TraceId {
  const id = parseTraceId([1, 2, 3, 4].map((salt) => hex8(mix(index * 4 + salt))).join(''));
  if (!id.ok) throw new Error(id.problem);
  return id.value;
}

export function trafficBatch(sequence: number, first: number, count: number): StoreBatch {
  const documents: StoredDocument[] = [];
  const traces: TraceRow[] = [];
  const facts: (NodeFact | EdgeFact)[] = [];
  for (let index = first; index < first + count; index += 1) {
    const traceId = traceIdAt(index);
    const random = mix(index);
    const startUs = timeUs(TRAFFIC_START_US + index * TRACE_EVERY_US);
    const endUs = timeUs(startUs + 2_000 + (random % 400_000));
    const fault = random % 100 === 0;
    const service = SERVICES[random % SERVICES.length] ?? TABLE;
    const other = SERVICES[(random >>> 8) % SERVICES.length] ?? TABLE;
    const outcome = fault ? 'fault' : 'ok';
    documents.push({
      traceId,
      receivedUs: endUs,
      text: documentText(index, traceId, random),
    });
    traces.push(traceRow(index, random, { traceId, startUs, endUs, fault, services: [service, other, TABLE] }));
    facts.push({ kind: 'node', sign: 1, traceId, startUs, endUs, outcome, service, state: 'active', root: true });
    facts.push({
      kind: 'node',
      sign: 1,
      traceId,
      startUs,
      endUs,
      outcome,
      service: TABLE,
      state: 'inferred',
      root: false,
    });
    facts.push(
      ...[CLIENT, service].map((source, at): EdgeFact => {
        const target = at === 0 ? service : other;
        return { kind: 'edge', sign: 1, traceId, startUs, endUs, outcome, source, target, alias: null };
      }),
      ...[service, other].map((source): EdgeFact => {
        return { kind: 'edge', sign: 1, traceId, startUs, endUs, outcome, source, target: TABLE, alias: null };
      }),
    );
  }
  return { origin: 'traffic', sequence, documents, traces, facts };
}

function traceRow(
  index: number,
  random: number,
  known: Pick<TraceRow, 'traceId' | 'startUs' | 'endUs' | 'fault' | 'services'>,
): TraceRow {
  // Written out: spreading objects costs more here than all of the store's own work.
  return {
    traceId: known.traceId,
    revision: 1,
    startUs: known.startUs,
    endUs: known.endUs,
    responseTimeUs: known.endUs - known.startUs,
    fault: known.fault,
    error: false,
    throttle: false,
    partial: false,
    inferred: false,
    httpMethod: 'GET',
    httpUrl: `https://shop.example.com/api/orders/${random % 10_000}`,
    httpStatus: known.fault ? 500 : 200,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    clientIp: `10.0.${random % 256}.${(random >>> 8) % 256}`,
    entryPoint: 0,
    services: known.services,
    annotations: [
      { key: 'tenant', value: `t${index % TENANT_COUNT}`, services: [0] },
      { key: 'user_id', value: `u${random % USER_COUNT}`, services: [0] },
      { key: 'items', value: random % 20, services: [0] },
      { key: 'vip', value: random % 7 === 0, services: [0] },
      { key: 'region', value: 'eu-central-1', services: [0, 1] },
    ],
    users: [],
    resourceArns: [],
    instanceIds: [`i-${random % 40}`],
    availabilityZones: ['eu-central-1a'],
    updatedUs: known.endUs,
    entityCount: 4,
    outcomes: [],
    causes: null,
  };
}

/** ≈ 900 bytes. */
function documentText(index: number, traceId: TraceId, random: number): string {
  const start = (TRAFFIC_START_US + index * TRACE_EVERY_US) / 1e6;
  const call = (salt: number, name: string) => ({
    id: hex8(mix(index + salt)) + hex8(mix(index + salt + 1)),
    name,
    namespace: 'aws',
    start_time: start + 0.001,
    end_time: start + 0.002 + (random % 100) / 1e4,
    aws: { operation: 'GetItem', table_name: 'orders-table', request_id: hex8(mix(index ^ salt)) + hex8(random) },
  });
  return JSON.stringify({
    trace_id: traceId,
    id: segmentIdAt(index),
    name: 'checkout',
    origin: 'AWS::ECS::Container',
    start_time: start,
    end_time: start + 0.1,
    http: {
      request: { method: 'GET', url: `https://shop.example.com/api/orders/${random % 10_000}`, client_ip: '10.0.0.1' },
      response: { status: 200, content_length: random % 65_536 },
    },
    annotations: { tenant: `t${index % TENANT_COUNT}`, user_id: `u${random % USER_COUNT}`, items: random % 20 },
    subsegments: [call(11, 'DynamoDB'), call(23, 'DynamoDB'), call(37, 'SQS')],
  });
}

function segmentIdAt(index: number): SegmentId {
  const id = parseSegmentId(hex8(mix(index) | 1) + hex8(index));
  if (!id.ok) throw new Error(id.problem);
  return id.value;
}

function hex8(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** Scatters a counter over 32 bits; the same on every run. */
function mix(value: number): number {
  let word = Math.imul(value + 0x9e3779b9, 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
