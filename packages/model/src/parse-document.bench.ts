/** `npx tsx --conditions=source packages/model/src/parse-document.bench.ts` */
import { parseDocument, readAcceptedDocument, type ParseDocumentOptions } from './parse-document.ts';
import { timeUsFromSeconds } from './time.ts';

const RUNS = 100_000;
const START = 1_727_004_672.125;
const OPTIONS: ParseDocumentOptions = {
  nowUs: timeUsFromSeconds(START + 1),
  pastUsMax: 3600e6,
  futureUsMax: 3600e6,
  documentBytesMax: 65_536,
};

const CLEAN = {
  trace_id: '1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa',
  id: '1111111111111111',
  start_time: START,
  name: 'shop',
  aws: { xray: { sdk: 'X-Ray for Node.js', sdk_version: '3.12.0', package: 'aws-xray-sdk' } },
  http: {
    request: { method: 'GET', user_agent: '', client_ip: '::1', url: 'http://shop.example/buy' },
    response: { status: 200 },
  },
  annotations: { tier: 'gold', items: 3 },
  subsegments: [call('2222222222222222', 'stock.example'), call('3333333333333333', 'cart.example'), local()],
  end_time: START + 0.3,
};

const clean = JSON.stringify(CLEAN);
const dirty = JSON.stringify({ ...CLEAN, in_progress: false, unknown: 1 });
verify();
measure(`JSON.parse alone, ${clean.length} bytes`, () => JSON.parse(clean));
measure('clean document', () => parseDocument(clean, OPTIONS));
measure('document to clean', () => parseDocument(dirty, OPTIONS));
measure('accepted document, read again', () => readAcceptedDocument(clean));

/** The fast path and the cleaning one must agree before either is timed. */
function verify(): void {
  const [fast] = parseDocument(clean, OPTIONS);
  const [slow] = parseDocument(dirty, OPTIONS);
  if (!fast?.ok || !slow?.ok) throw new Error('refused');
  if (fast.value.text !== clean) throw new Error('the clean text was not kept');
  if (slow.value.text !== clean) throw new Error('cleaning made another document');
}

function measure(name: string, run: () => unknown): void {
  for (let count = 0; count < RUNS / 10; count += 1) run();
  const started = performance.now();
  for (let count = 0; count < RUNS; count += 1) run();
  const us = ((performance.now() - started) * 1000) / RUNS;
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(`${name}: ${us.toFixed(2)} µs`);
}

function call(id: string, name: string): object {
  const http = { request: { url: `http://${name}/`, method: 'GET' }, response: { status: 200, content_length: 12 } };
  return { id, name, start_time: START + 0.05, namespace: 'remote', http, end_time: START + 0.2 };
}

function local(): object {
  return { id: '4444444444444444', name: 'render', start_time: START + 0.25, end_time: START + 0.29 };
}
