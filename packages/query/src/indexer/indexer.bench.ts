// npx tsx --conditions=source packages/query/src/indexer/indexer.bench.ts
import assert from 'node:assert/strict';
import { readAcceptedDocument, timeUs, type TraceId } from '@fluoroscope/model';
import { readChangedRows, type TraceRow } from '@fluoroscope/store';
import { createIndexer, type Indexer, type IncomingDocument } from './indexer.ts';
import { TRACE_LINKED_ENTITIES_MAX } from './limits.ts';

const BATCH_DOCUMENTS = 2_000;
const CACHED_ENTITIES_MAX = 150_000;
/** Of one trace, where the case is not about what lies beyond. */
const LINKED_ENTITIES_MAX = 150_000;

const cases = [
  {
    name: 'one document a trace',
    make: () => Array.from({ length: 100_000 }, (_, at) => soloDocument(at)),
    batch: BATCH_DOCUMENTS,
  },
  { name: 'six documents a trace, interleaved', make: () => interleaved(20_000, 6), batch: BATCH_DOCUMENTS },
  { name: '100 k entities, 50 a batch', make: () => longTrace(100_000), batch: 50 },
  { name: '100 k deep, deepest first, 50 a batch', make: () => deepTrace(100_000).toReversed(), batch: 50 },
  {
    name: 'giant: 1 M entities, 1,000 a batch, indexed apart',
    make: () => longTrace(1_000_000),
    batch: 1_000,
    linkedEntitiesMax: TRACE_LINKED_ENTITIES_MAX,
  },
];

const only = process.argv[2];
for (const { name, make, batch, linkedEntitiesMax = LINKED_ENTITIES_MAX } of cases) {
  if (only !== undefined && !name.includes(only)) continue;
  await run(name, make(), batch, linkedEntitiesMax);
}

async function run(
  name: string,
  texts: readonly string[],
  batchDocuments: number,
  linkedEntitiesMax: number,
): Promise<void> {
  // Whatever is not asked for again must not burden the collector of this process: the store has it.
  const known = new Set<TraceId>();
  const rows = new Map<TraceId, TraceRow>();
  const indexer = createIndexer({
    readDocuments: () => Promise.reject(new Error('the cache holds what comes again')),
    readTraceRows: () => Promise.reject(new Error('the cache holds what comes again')),
    mayKnow: (id) => known.has(id),
    cachedEntitiesMax: CACHED_ENTITIES_MAX,
    linkedEntitiesMax,
  });
  let factCount = 0;
  let usedUs = 0;
  for (let at = 0; at < texts.length; at += batchDocuments) {
    const before = process.cpuUsage();
    const batch = await indexer.index(texts.slice(at, at + batchDocuments).map(incoming));
    const batchRows = await readChangedRows(batch.traces);
    const { user, system } = process.cpuUsage(before);
    usedUs += user + system;
    factCount += batch.facts.length;
    for (const row of batchRows) {
      known.add(row.traceId);
      if (isChecked(row.traceId)) rows.set(row.traceId, row);
    }
  }
  const memory = heapOf(indexer);
  await check(name, texts, rows, linkedEntitiesMax);
  const perDocument = (usedUs / texts.length).toFixed(1);
  process.stdout.write(
    `${name}: ${perDocument} µs a document (${texts.length} of ${texts[1]?.length} characters, ${factCount} facts, ${memory})\n`,
  );
}

function incoming(text: string): IncomingDocument {
  return { document: readAcceptedDocument(text), text, receivedUs: timeUs(0) };
}

/** One in a hundred, and those that stand alone. */
function isChecked(id: TraceId): boolean {
  return Number.parseInt(id.slice(-6), 16) % 100 <= 1;
}

/** In pieces or as a whole: the last rows are the same. */
async function check(
  name: string,
  texts: readonly string[],
  rows: ReadonlyMap<TraceId, TraceRow>,
  linkedEntitiesMax: number,
): Promise<void> {
  const whole = createIndexer({
    readDocuments: () => Promise.reject(new Error('nothing is known')),
    readTraceRows: () => Promise.reject(new Error('nothing is known')),
    mayKnow: () => false,
    cachedEntitiesMax: 0,
    linkedEntitiesMax,
  });
  const documents = texts.map(incoming).filter(({ document }) => isChecked(document.trace_id));
  const batch = await whole.index(documents);
  const wholeRows = await readChangedRows(batch.traces);
  assert.ok(wholeRows.length > 0 && wholeRows.length === rows.size, name);
  for (const row of wholeRows) {
    const piecewise = rows.get(row.traceId);
    assert.deepEqual({ ...row, revision: 0 }, { ...piecewise, revision: 0 }, name);
  }
}

function heapOf(indexer: Indexer): string {
  const gc: unknown = Reflect.get(globalThis, 'gc');
  if (typeof gc !== 'function' || indexer.cachedEntityCount === 0)
    return `${indexer.cachedEntityCount} entities cached`;
  gc();
  const before = process.memoryUsage().heapUsed;
  const count = indexer.cachedEntityCount;
  indexer.forget();
  gc();
  return `${Math.round((before - process.memoryUsage().heapUsed) / count)} bytes a cached entity`;
}

function soloDocument(at: number): string {
  const start = 1_727_004_672 + at / 100;
  return JSON.stringify({
    trace_id: traceId(at),
    id: hex(at * 4, 16),
    name: 'checkout',
    start_time: start,
    end_time: start + 0.3,
    origin: 'AWS::EC2::Instance',
    http: { request: { method: 'GET', url: 'http://shop.example/buy', user_agent: 'curl' }, response: { status: 200 } },
    annotations: { tier: 'gold', region: 'eu', items: at % 7, member: true, cart: `c${at % 1000}` },
    subsegments: [
      { id: hex(at * 4 + 1, 16), name: 'stock.example', namespace: 'remote', start_time: start, end_time: start + 0.1 },
      {
        id: hex(at * 4 + 2, 16),
        name: 'DynamoDB',
        namespace: 'aws',
        start_time: start + 0.1,
        end_time: start + 0.2,
        aws: { operation: 'GetItem', table_name: 'carts', region: 'eu-central-1' },
      },
      { id: hex(at * 4 + 3, 16), name: 'render', start_time: start + 0.2, end_time: start + 0.3 },
    ],
  });
}

function interleaved(traceCount: number, perTrace: number): string[] {
  const texts: string[] = [];
  // A window of traces is open at once, as under load; each gets its next document in turn.
  const window = 500;
  for (let first = 0; first < traceCount; first += window) {
    for (let part = 0; part < perTrace; part += 1) {
      for (let at = first; at < first + window; at += 1) {
        const document = JSON.parse(soloDocument(at * perTrace + part));
        const parent = part === 0 ? {} : { parent_id: hex((at * perTrace + part - 1) * 4 + 1, 16) };
        texts.push(JSON.stringify({ ...document, trace_id: traceId(at), name: `service-${part}`, ...parent }));
      }
    }
  }
  return texts;
}

function longTrace(count: number): string[] {
  const root = { trace_id: traceId(1), id: hex(1, 16), name: 'job', start_time: 1_727_004_672, in_progress: true };
  const steps = Array.from({ length: count - 1 }, (_, at) => ({
    trace_id: traceId(1),
    type: 'subsegment',
    parent_id: root.id,
    id: hex(at + 2, 16),
    name: `table-${at % 20}`,
    namespace: 'remote',
    start_time: root.start_time + at,
    end_time: root.start_time + at + 0.5,
    annotations: { step: at },
  }));
  return [root, ...steps].map((document) => JSON.stringify(document));
}

function deepTrace(count: number): string[] {
  const [root = '', ...steps] = longTrace(count);
  return [root, ...steps.map((text, at) => JSON.stringify({ ...JSON.parse(text), parent_id: hex(at + 1, 16) }))];
}

function traceId(at: number): string {
  return `1-66f00000-${hex(at, 24)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
