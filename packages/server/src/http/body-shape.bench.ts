/** `npx tsx --conditions=source packages/server/src/http/body-shape.bench.ts` */
import { checkBodyShape } from './body-shape.ts';

const RUNS = 2_000;
const DOCUMENTS = 50;
const document = JSON.stringify({ name: 'shop', http: { request: { url: 'x'.repeat(600) } }, annotations: { a: 1 } });
const call = Buffer.from(JSON.stringify({ TraceSegmentDocuments: Array.from({ length: DOCUMENTS }, () => document) }));
const wide = Buffer.from(`[${'1,'.repeat(4_000_000)}1]`);

verify();
measure(`a call of ${DOCUMENTS} documents, ${call.length} bytes, a document`, RUNS, DOCUMENTS, call);
measure(`a hostile body, ${wide.length} bytes`, RUNS / 10, 1, wide);

/** The good one must be taken and the bad one refused before either is timed. */
function verify(): void {
  if (!checkBodyShape(call).ok || checkBodyShape(wide).ok) throw new Error('another verdict');
}

function measure(name: string, runs: number, parts: number, bytes: Uint8Array): void {
  for (let count = 0; count < runs / 10; count += 1) checkBodyShape(bytes);
  const started = performance.now();
  for (let count = 0; count < runs; count += 1) checkBodyShape(bytes);
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(`${name}: ${(((performance.now() - started) * 1000) / runs / parts).toFixed(2)} µs`);
}
