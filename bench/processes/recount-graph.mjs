import { createTraffic } from '@fluoroscope/testkit/traffic';
import { loadPackage } from '../checkout.mjs';

// Service graphs counted again without a store: each trace is indexed once, whole, and its facts are added up one by one.

const TRACES_A_BATCH = 200;

const { checkout, loaded, graphs } = JSON.parse(process.argv[2] ?? '');
const { createIndexer } = await loadPackage(checkout, 'query');
const { latencyBucketUs, printServiceKey, readAcceptedDocument, timeUs } = await loadPackage(checkout, 'model');
const { data, seed, startUs, rangeUs, spanCount, traces } = loaded;

const traffic = createTraffic(data, { seed, startUs, rangeUs, spanCount });
const indexer = createIndexer({
  readDocuments: () => Promise.reject(new Error('no trace comes twice')),
  readTraceRows: () => Promise.reject(new Error('no trace comes twice')),
  mayKnow: () => false,
  cachedEntitiesMax: 0,
});
const texts = new Map();
const recounts = graphs.map(() => ({ nodes: new Map(), edges: new Map() }));

for (let index = 0; index < traces; index += TRACES_A_BATCH) {
  const documents = [];
  for (let at = index; at < Math.min(index + TRACES_A_BATCH, traces); at += 1) {
    for (const { text } of traffic.documentsAt(at)) {
      documents.push({ document: readAcceptedDocument(text), text, receivedUs: timeUs(0) });
    }
  }
  const { facts } = await indexer.index(documents);
  for (const fact of facts) {
    for (const [number, range] of graphs.entries()) {
      if (fact.endUs >= range.startUs && fact.endUs < range.endUs) add(recounts[number], fact);
    }
  }
}
const sums = recounts.map(({ nodes, edges }) => ({
  nodes: [...nodes.values()].map(print),
  edges: [...edges.values()].map(print),
}));
process.stdout.write(`${JSON.stringify({ sums })}\n`);

function add({ nodes, edges }, fact) {
  const isNode = fact.kind === 'node';
  const key = isNode
    ? `${textOf(fact.service)} ${fact.state} ${fact.root}`
    : `${textOf(fact.source)} ${textOf(fact.target)}`;
  const group = isNode ? nodes : edges;
  let sum = group.get(key);
  if (sum === undefined) {
    const { service, state, root, source, target } = fact;
    const names = isNode ? { service, state, root } : { source, target };
    const counts = { ok: 0, error: 0, throttle: 0, fault: 0, pending: 0 };
    sum = { ...names, counts, totalDurationUs: 0, histogram: new Map(), aliases: new Set() };
    group.set(key, sum);
  }
  sum.counts[fact.outcome] += 1;
  if (!isNode && fact.alias !== null) sum.aliases.add(fact.alias);
  if (fact.outcome === 'pending') return;
  const durationUs = fact.endUs - fact.startUs;
  const bucketUs = latencyBucketUs(durationUs);
  sum.totalDurationUs += durationUs;
  sum.histogram.set(bucketUs, (sum.histogram.get(bucketUs) ?? 0) + 1);
}

function textOf(service) {
  const text = texts.get(service) ?? printServiceKey(service);
  texts.set(service, text);
  return text;
}

function print({ histogram, aliases, ...sum }) {
  const buckets = [...histogram].sort(([a], [b]) => a - b);
  const bucketsUs = buckets.map(([bucketUs]) => bucketUs);
  const counts = buckets.map(([, count]) => count);
  return { ...sum, histogram: { bucketsUs, counts }, aliases: [...aliases].sort((a, b) => (a < b ? -1 : 1)) };
}
