/** `npx tsx --conditions=source packages/pipeline/src/receivers/otlp/decode.bench.ts` */
import { decodeTraceRequest } from './decode-protobuf.ts';
import { encodeRequest } from './testing/encode.ts';
import { groupOf, spanAt } from './testing/spans.ts';

const SPANS = 512;
const REQUESTS = 20;
const ROUNDS = 30;
const groups = Array.from({ length: REQUESTS }, (_, request) =>
  groupOf(Array.from({ length: SPANS }, (__, index) => spanAt(request * SPANS + index))),
);
const requests = groups.map((group) => encodeRequest([group]));

verify();
const rates = Array.from({ length: ROUNDS }, measure).toSorted((a, b) => a - b);
const bytesPerSpan = Math.round((requests[0]?.byteLength ?? 0) / SPANS);
// oxlint-disable-next-line no-console -- a bench prints
console.log(`decode, ${bytesPerSpan} bytes a span: median ${rates[ROUNDS >> 1]}, best ${rates.at(-1)} k spans/s`);

/** The spans must come out as they went in before anything is timed. */
function verify(): void {
  for (const [at, bytes] of requests.entries()) {
    const decoded = decodeTraceRequest(bytes);
    if (!decoded.ok || JSON.stringify(decoded.value.groups[0]?.spans) !== JSON.stringify(groups[at]?.spans)) {
      throw new Error('other spans');
    }
  }
}

/** Thousands of spans a second. */
function measure(): number {
  const started = performance.now();
  for (const bytes of requests) decodeTraceRequest(bytes);
  return Math.round((REQUESTS * SPANS) / (performance.now() - started));
}
