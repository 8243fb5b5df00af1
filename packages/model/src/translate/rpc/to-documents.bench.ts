/** `npx tsx --conditions=source packages/model/src/translate/rpc/to-documents.bench.ts` */
import { cpuUsage } from 'node:process';
import { timeUsFromSeconds } from '../../time.ts';
import { createHopCollapser } from '../istio/collapse-hops.ts';
import { decodeZipkinV2Json } from '../zipkin/decode-v2-json.ts';
import { documentToZipkin } from '../zipkin/documents-to-zipkin.ts';
import { createZipkinTranslator } from '../zipkin/zipkin-to-documents.ts';

const ROUNDS = 400;
const SPANS = 250;
const START = 1_727_004_672;
const NOW = timeUsFromSeconds(START);

const application = (round: number): string => bodyOf(round, {});
const sidecar = (round: number): string =>
  bodyOf(round, {
    component: 'proxy',
    node_id: 'sidecar~10.1.0.7~reviews-v1-697f57cdfd-gm7g5.default~default.svc.cluster.local',
    upstream_cluster: 'outbound|9080||ratings.default.svc.cluster.local',
    response_flags: '-',
    'istio.canonical_service': 'reviews',
    'istio.namespace': 'default',
  });

for (const [name, body] of [
  ['application spans', application],
  ['sidecar spans', sidecar],
] as const) {
  verify(body(0));
  measure(`${name}: JSON.parse alone, ${Math.round(body(0).length / SPANS)} bytes a span`, body, (text) =>
    JSON.parse(text),
  );
  measure(`${name}: decode`, body, decode);
  const translator = createZipkinTranslator();
  const collapser = createHopCollapser();
  const translate = (text: string) => translator.translate(decode(text), NOW);
  measure(`${name}: decode, translate`, body, translate);
  measure(`${name}: decode, translate, print`, body, (text) =>
    translate(text).map((document) => JSON.stringify(document)),
  );
  measure(`${name}: decode, translate, collapse hops, print`, body, (text) =>
    collapser.collapse(translate(text)).map((document) => JSON.stringify(document)),
  );
}

/** The spans must come back before anything is timed. */
function verify(text: string): void {
  const documents = createZipkinTranslator().translate(decode(text), NOW);
  const back = documents.map((document) => documentToZipkin(document));
  if (back.length !== SPANS || back[7]?.tags?.['http.method'] !== 'GET') throw new Error('other spans came back');
}

function decode(text: string) {
  const decoded = decodeZipkinV2Json(text);
  if (!decoded.ok) throw new Error(decoded.problem.message);
  return decoded.value.spans;
}

function bodyOf(round: number, tags: Record<string, string>): string {
  const spans = Array.from({ length: SPANS }, (_, at) => ({
    traceId: `66f00000${(round * SPANS + at).toString(16).padStart(24, '0')}`,
    id: (at + 1).toString(16).padStart(16, '0'),
    parentId: (at + 1_000).toString(16).padStart(16, '0'),
    kind: at % 2 === 0 ? 'CLIENT' : 'SERVER',
    name: 'get /buy',
    timestamp: START * 1e6 + at,
    duration: 12_345,
    localEndpoint: { serviceName: 'shop', ipv4: '10.0.0.1', port: 8080 },
    remoteEndpoint: { serviceName: 'stock', ipv4: '10.0.0.2' },
    tags: { 'http.method': 'GET', 'http.url': 'http://stock/x', 'http.status_code': '200', tier: 'gold', ...tags },
  }));
  return JSON.stringify(spans);
}

/** A body of its own for each round, as receivers see it. */
function measure(name: string, bodyFor: (round: number) => string, run: (text: string) => unknown): void {
  const bodies = Array.from({ length: ROUNDS }, (_, round) => bodyFor(round));
  for (const body of bodies.slice(0, ROUNDS / 4)) run(body);
  // CPU of the process, so that a busy machine counts less.
  const started = cpuUsage();
  for (const body of bodies) run(body);
  const used = cpuUsage(started);
  const us = (used.user + used.system) / (ROUNDS * SPANS);
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(`${name}: ${us.toFixed(2)} CPU-µs a span`);
}
