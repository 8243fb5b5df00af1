/** `npx tsx --conditions=source packages/model/src/translate/otlp/to-documents.bench.ts` */
import { parseDocument, readAcceptedDocument } from '../../parse-document.ts';
import { timeUs } from '../../time.ts';
import { readPlainAttributes } from './attribute-json.ts';
import type { OtlpSpan, OtlpSpanGroup } from './span.ts';
import { toDocumentTexts } from './to-documents.ts';
import { toOtlpGroups } from './to-spans.ts';

const SPANS = 512;
const ROUNDS = 400;
const START_US = 1_727_004_672_000_000;
const LIMITS = { nowUs: timeUs(START_US + 60e6), pastUsMax: 3_600e6, futureUsMax: 3_600e6, documentBytesMax: 65_536 };
const RESOURCE = { 'service.name': 'shop', 'telemetry.sdk.language': 'nodejs', 'telemetry.sdk.name': 'opentelemetry' };

const group: OtlpSpanGroup = {
  resource: { attributes: readPlainAttributes(RESOURCE), droppedAttributesCount: 0, schemaUrl: '' },
  scope: { name: 'http', version: '1', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
  spans: Array.from({ length: SPANS }, (_, index) => spanAt(index)),
};

verify();
for (const indexed of ['all', new Set<string>()] as const) {
  const rates = Array.from({ length: ROUNDS }, () => measure(indexed)).toSorted((a, b) => a - b);
  const chars = toDocumentTexts([group], { indexed }).join('').length / SPANS;
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(
    `${indexed === 'all' ? 'all' : 'none'} indexed, ${Math.round(chars)} characters a document: median ${rates[ROUNDS >> 1]} k spans/s`,
  );
}

/** Every document must be taken as it is and give its span back before anything is timed. */
function verify(): void {
  const documents = toDocumentTexts([group], { indexed: new Set() }).map((text) => {
    const [parsed] = parseDocument(text, LIMITS);
    if (!parsed?.ok || parsed.value.text !== text) throw new Error('a document was refused or cleaned');
    return readAcceptedDocument(text);
  });
  if (JSON.stringify(toOtlpGroups(documents)) !== JSON.stringify([group])) throw new Error('other spans');
}

/** Thousands of spans a second. */
function measure(indexed: 'all' | ReadonlySet<string>): number {
  const started = performance.now();
  toDocumentTexts([group], { indexed });
  return Math.round(SPANS / (performance.now() - started));
}

function spanAt(index: number): OtlpSpan {
  return {
    traceId: Math.floor(index / 10)
      .toString(16)
      .padStart(32, '5'),
    spanId: index.toString(16).padStart(16, '7'),
    parentSpanId: index % 10 === 0 ? '' : (index - 1).toString(16).padStart(16, '7'),
    traceState: '',
    flags: 257,
    name: 'GET /cart/:id',
    kind: index % 2 === 0 ? 2 : 3,
    start: { us: START_US + index, ns: index % 1000 },
    end: { us: START_US + index + 812, ns: 7 },
    attributes: readPlainAttributes({
      'http.request.method': 'GET',
      'url.scheme': 'https',
      'url.path': `/cart/${index}`,
      'http.route': '/cart/:id',
      'server.address': 'shop.example',
      'server.port': 8443,
      'http.response.status_code': 200,
      'user_agent.original': 'curl/8.5.0',
      'client.address': '192.0.2.7',
      'app.tier': 'gold',
      'app.ratio': 0.25,
    }),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: 0, message: '' },
  };
}
