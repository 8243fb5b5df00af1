import { randomBytes } from 'node:crypto';
import type { TestTraceAnswer } from '@fluoroscope/api';
import { JournalError } from '@fluoroscope/journal';
import { secondsFromUs, timeUs, type TimeUs } from '@fluoroscope/model';
import type { Ingest } from '../ingest.ts';
import { journalRefusal } from './journal-refusal.ts';

/** Sends a trace of made-up services the way of all others; resolves once it is durable. */
export async function sendTestTrace(ingest: Pick<Ingest, 'put'>, nowUs: TimeUs): Promise<TestTraceAnswer> {
  const { traceId, documents } = makeTestTrace(nowUs, (bytes) => randomBytes(bytes).toString('hex'));
  try {
    const [refusal] = await ingest.put(documents.map((document) => JSON.stringify(document)));
    if (refusal !== undefined) throw new Error(`the test trace was refused: ${refusal.message}`);
    return { traceId };
  } catch (error) {
    throw error instanceof JournalError ? journalRefusal(error) : error;
  }
}

export interface TestTrace {
  readonly traceId: string;
  /** One of each service, as its SDK would send it. */
  readonly documents: readonly Readonly<Record<string, unknown>>[];
}

/** An order that was placed a moment ago: a shop asks its orders, which keep it in a table and are paid by card, the second time. */
export function makeTestTrace(nowUs: TimeUs, hex: (bytes: number) => string): TestTrace {
  const seconds = (ms: number): number => secondsFromUs(timeUs(nowUs + ms * 1_000 - TOOK_MS * 1_000));
  const span = (fromMs: number, toMs: number) => ({ id: hex(8), start_time: seconds(fromMs), end_time: seconds(toMs) });
  const traceId = `1-${Math.floor(seconds(0)).toString(16).padStart(8, '0')}-${hex(12)}`;
  const segment = (name: string, fromMs: number, toMs: number) => ({ trace_id: traceId, name, ...span(fromMs, toMs) });

  const toOrders = { name: 'test-orders', namespace: 'remote', ...span(12, 318) };
  const toPayment = { name: 'test-payment', namespace: 'remote', ...span(64, 301) };
  const toTable = {
    name: 'DynamoDB',
    namespace: 'aws',
    ...span(22, 39),
    aws: { operation: 'PutItem', table_name: 'test-orders-table', region: 'us-east-1' },
    http: { response: { status: 200 } },
  };
  const declined = {
    name: 'bank.example',
    namespace: 'remote',
    ...span(78, 142),
    http: call('POST', 'https://bank.example/charge', 503),
  };
  const charged = {
    name: 'bank.example',
    namespace: 'remote',
    ...span(190, 288),
    http: call('POST', 'https://bank.example/charge', 200),
  };
  const shop = {
    ...segment('test-shop', 0, TOOK_MS),
    user: 'test-user',
    http: call('POST', 'https://shop.example/orders', 200),
    annotations: { test: true, order_total: 42.5 },
    subsegments: [{ ...toOrders, http: call('POST', 'http://test-orders/orders', 200) }],
  };
  const orders = {
    ...segment('test-orders', 14, 316),
    parent_id: toOrders.id,
    http: call('POST', 'http://test-orders/orders', 200),
    metadata: { about: { what: 'a test trace that this server sent to itself' } },
    subsegments: [
      { name: 'check stock', ...span(16, 20) },
      toTable,
      { ...toPayment, http: call('POST', 'http://test-payment/charge', 200) },
    ],
  };
  const payment = {
    ...segment('test-payment', 66, 299),
    parent_id: toPayment.id,
    http: call('POST', 'http://test-payment/charge', 200),
    subsegments: [{ ...declined, fault: true }, { name: 'wait before trying again', ...span(142, 190) }, charged],
  };
  return { traceId, documents: [shop, orders, payment] };
}

const TOOK_MS = 324;

function call(method: string, url: string, status: number): Readonly<Record<string, unknown>> {
  return { request: { method, url }, response: { status } };
}
