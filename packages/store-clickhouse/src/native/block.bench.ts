import { timeUs } from '@fluoroscope/model';
import { readChangedRows, type StoreBatch } from '@fluoroscope/store';
import { batchOf, documentOf, edgeFactOf, nodeFactOf, rowOf, serviceOf } from '@fluoroscope/store/conformance';
import { documentsByDay, factsByDay, tracesByDay } from '../encode/days.ts';
import { createDocumentsEncoder } from '../encode/documents.ts';
import { createFactsEncoder } from '../encode/facts.ts';
import { createTracesEncoder } from '../encode/traces.ts';
import { Bytes } from './bytes.ts';

// node --conditions=source --import tsx src/native/block.bench.ts
// The encoders of all tables, beside the same batch as JSON, one object a line, which the server would take too.

const TRACE_COUNT = 5_000;
const ROUNDS = 20;
const text = JSON.stringify({
  name: 'checkout',
  id: '0123456789abcdef',
  http: { url: 'https://shop.example.com/'.repeat(30) },
});

checkIntegers();
const batch = makeBatch();
const rows = await readChangedRows(batch.traces);
const documents = createDocumentsEncoder();
const traces = createTracesEncoder();
const facts = createFactsEncoder();
const nativeBytes = encodeNative();
const jsonBytes = encodeJson();
report('native', measureUs(encodeNative), nativeBytes);
report('JSON', measureUs(encodeJson), jsonBytes);

function encodeNative(): number {
  let size = 0;
  for (const some of documentsByDay(batch)) size += documents.encode(some, 1).length;
  const mark = { origin: batch.origin, sequence: batch.sequence, writtenUs: 1 };
  for (const some of tracesByDay(rows)) size += traces.encode(some, [], mark).length;
  for (const some of factsByDay(batch, rows)) size += facts.encode(some).length;
  return size;
}

function encodeJson(): number {
  const all = [...batch.documents, ...rows, ...batch.facts];
  return Buffer.from(all.map((row) => JSON.stringify(row)).join('\n')).length;
}

/** The fast way against the plain one. */
function checkIntegers(): void {
  const values = [0, -1, 1, 2 ** 32, -(2 ** 32), 2 ** 53 - 1, -(2 ** 53) + 1, 1_700_000_000_000_000, -5_000_000_000];
  for (const value of values) {
    const bytes = new Bytes();
    bytes.writeInt64(value);
    const plain = Buffer.alloc(8);
    plain.writeBigInt64LE(BigInt(value));
    if (!plain.equals(bytes.view())) throw new Error(`${value} is encoded wrongly`);
  }
}

function makeBatch(): StoreBatch {
  const numbers = Array.from({ length: TRACE_COUNT }, (_item, at) => at + 1);
  const services = ['checkout', 'orders', 'stock'].map((name) =>
    serviceOf(name, 'AWS::ECS::Container', '123456789012'),
  );
  const annotations = [
    { key: 'tenant', value: 'blue', services: [0] },
    { key: 'items', value: 3, services: [0] },
    { key: 'vip', value: true, services: [1] },
  ];
  return batchOf(1, {
    documents: numbers.map((number) => documentOf(number, number, text)),
    traces: numbers.map((number) =>
      rowOf(number, {
        start: number,
        services,
        annotations,
        httpUrl: `https://shop.example.com/${number}`,
        updatedUs: timeUs(1e15),
      }),
    ),
    facts: numbers.flatMap((trace) => [
      nodeFactOf('checkout', { trace }),
      edgeFactOf('checkout', 'orders', { trace }),
      edgeFactOf('orders', 'stock', { trace }),
      nodeFactOf('stock', { trace, state: 'inferred' }),
    ]),
  });
}

function measureUs(encode: () => number): number {
  const { user, system } = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) encode();
  const now = process.cpuUsage();
  return (now.user + now.system - user - system) / (ROUNDS * TRACE_COUNT);
}

function report(name: string, us: number, size: number): void {
  process.stdout.write(
    `${name} ${us.toFixed(2)} µs CPU a trace (a document, a row, 4 facts), ${(size / TRACE_COUNT).toFixed(0)} bytes\n`,
  );
}
