/**
 * `npx tsx --conditions=source packages/sdk/src/document/segment.bench.ts [path of an installed aws-xray-sdk-core]`
 *
 * Everything is sent to a real socket on loopback that nobody reads. With the official SDK's path both run in turns.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import * as ours from '../index.ts';

interface Sdk {
  Segment: new (name: string, root?: string | null, parent?: string | null) => ours.Segment;
  setDaemonAddress(address: string): void;
}

const ROUNDS = 7;
const SEGMENTS = 10_000;
/** Sends between turns of the event loop, as a busy server makes them. */
const BURST = 50;
const ROOT = '1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa';
const PARENT = '53995c3f42cd8ad8';

const results = new Map<string, number[]>();
const sink = createSocket('udp4');
sink.bind(0, '127.0.0.1');
await once(sink, 'listening');

const [officialPath] = process.argv.slice(2);
const sdks: [string, Sdk][] = [['fluoroscope', ours]];
if (officialPath !== undefined) sdks.push(['official', createRequire(import.meta.url)(officialPath)]);
for (const [, sdk] of sdks) sdk.setDaemonAddress(`127.0.0.1:${sink.address().port}`);

verify(ours);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, sdk] of sdks) {
    await measure(`${name}: sampled segment, 10 annotations, sent`, () => sampled(sdk).close());
    await measure(`${name}: unsampled segment, 10 annotations`, () => unsampled(sdk), SEGMENTS);
    await measure(`${name}: encoded alone`, () => sampled(sdk).format(), SEGMENTS);
  }
}
print();
// oxlint-disable-next-line no-console -- a bench prints
console.log(ours.getSendCounts());
sink.close();

function sampled(sdk: Sdk): ours.Segment {
  const segment = new sdk.Segment('shop', ROOT, PARENT);
  annotate(segment);
  return segment;
}

function unsampled(sdk: Sdk): void {
  const segment = new sdk.Segment('shop', ROOT, PARENT);
  segment.notTraced = true;
  annotate(segment);
  segment.close();
}

function annotate(segment: ours.Segment): void {
  segment.addAnnotation('tier', 'gold');
  segment.addAnnotation('items', 3);
  segment.addAnnotation('paid', true);
  segment.addAnnotation('region', 'eu-central-1');
  segment.addAnnotation('cart', 'c-9912873');
  segment.addAnnotation('price', 129.95);
  segment.addAnnotation('currency', 'EUR');
  segment.addAnnotation('campaign', 'spring');
  segment.addAnnotation('returning', false);
  segment.addAnnotation('attempt', 1);
}

/** What is written by hand must be what JSON would say. */
function verify(sdk: Sdk): void {
  const segment = sampled(sdk);
  segment.end_time = segment.start_time + 0.12;
  const { trace_id, id, parent_id, service, aws, name, start_time, end_time, annotations } = segment;
  const expected = { trace_id, id, parent_id, service, aws, name, start_time, end_time, annotations };
  if (!isDeepStrictEqual(JSON.parse(segment.format()), JSON.parse(JSON.stringify(expected))))
    throw new Error('another document');
}

/** CPU time of this process: other processes on the machine do not count. */
async function measure(name: string, run: () => unknown, burst: number = BURST): Promise<void> {
  const before = process.cpuUsage();
  for (let count = 0; count < SEGMENTS; count += 1) {
    run();
    if (count % burst === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(before);
  const times = results.get(name) ?? [];
  times.push((user + system) / SEGMENTS);
  results.set(name, times);
}

function print(): void {
  for (const [name, times] of results) {
    const sorted = times.toSorted((a, b) => a - b);
    // oxlint-disable-next-line no-console -- a bench prints
    console.log(`${name}: median ${sorted[ROUNDS >> 1]?.toFixed(3)} µs, best ${sorted[0]?.toFixed(3)} µs of CPU`);
  }
}
