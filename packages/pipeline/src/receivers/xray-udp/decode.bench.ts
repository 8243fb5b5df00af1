/** `npx tsx --conditions=source packages/pipeline/src/receivers/xray-udp/decode.bench.ts` */
import { decodeDatagram } from './decode.ts';

const RUNS = 200_000;
const body = JSON.stringify({ name: 'shop', padding: 'x'.repeat(770) });
const usual = Buffer.from(`{"format":"json","version":1}\n${body}`);
const fifty = Buffer.from(`{"format":"jsonl","version":1}\n${`${body}\n`.repeat(50)}`);
const other = Buffer.from(`{"version":1,"format":"JSON"}\n${body}`);

verify();
measure(`usual header, ${usual.length} bytes`, () => decodeDatagram(usual));
measure(`fifty documents, ${fifty.length} bytes`, () => decodeDatagram(fifty));
measure('a header that must be parsed', () => decodeDatagram(other));

/** Both ways must find the same document before either is timed. */
function verify(): void {
  for (const datagram of [usual, other]) {
    const [decoded] = decodeDatagram(datagram);
    if (!decoded?.ok || decoded.value !== body) throw new Error('another document');
  }
}

function measure(name: string, run: () => unknown): void {
  for (let count = 0; count < RUNS / 10; count += 1) run();
  const started = performance.now();
  for (let count = 0; count < RUNS; count += 1) run();
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(`${name}: ${(((performance.now() - started) * 1000) / RUNS).toFixed(2)} µs`);
}
