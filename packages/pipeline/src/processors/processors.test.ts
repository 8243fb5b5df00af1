import { createHash } from 'node:crypto';
import { parseTraceId, timeUsFromSeconds, type TraceId } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { countEvents, createSink, idOf, parcel, parcels, segment, traceIdOf } from '../testing/parcels.ts';
import { changeAttributes, type AttributeAction } from './attributes.ts';
import { createBatch } from './batch.ts';
import { createIstio } from './istio.ts';
import { createMemoryLimiter } from './memory-limiter.ts';
import { createProbabilisticSampler } from './probabilistic-sampler.ts';
import { redact } from './redaction.ts';
import { createTraceIdMemory } from './trace-id-memory.ts';
import { createTraceIdMapping, ORIGINAL_TRACE_ID } from './trace-id.ts';

const BATCH = { sendBatchSize: 10, sendBatchMaxSize: 0, timeoutMs: 60_000 };

test('batch: handed on when there are enough, in parts of the size allowed, and at the end', async () => {
  const sink = createSink();
  const batch = createBatch(sink, { ...BATCH, sendBatchMaxSize: 12 }, countEvents());
  await batch.consume(parcels(9));
  expect(sink.calls).toEqual([]);
  await batch.consume(parcels(16));
  await batch.consume(parcels(3));
  await batch[Symbol.asyncDispose]();
  expect(sink.calls.map((call) => call.length)).toEqual([12, 12, 1, 3]);
  await expect(batch.consume(parcels(1))).rejects.toMatchObject({ code: 'closed' });
});

test('batch: handed on when its time is over', async () => {
  const sink = createSink();
  await using batch = createBatch(sink, { ...BATCH, timeoutMs: 5 }, countEvents());
  await batch.consume(parcels(1));
  await expect.poll(() => sink.calls.length).toBe(1);
});

test.each([
  ['documents', 100, Number.MAX_SAFE_INTEGER],
  ['bytes', 1_000, 40_000],
])('batch: full by %s while the next part is, and nothing is lost', async (_name, bytes, bytesMax) => {
  const sink = createSink();
  sink.isFull = true;
  const events = countEvents();
  const batch = createBatch(sink, BATCH, events, bytesMax);
  for (let sent = 0; sent < 4; sent += 1) await batch.consume(parcels(10, bytes));
  await expect(batch.consume(parcels(1))).rejects.toMatchObject({ code: 'full' });
  sink.isFull = false;
  await batch[Symbol.asyncDispose]();
  expect(sink.documents()).toHaveLength(40);
  expect(events.counts).toEqual({});
});

test('batch: what the next part fails at is counted', async () => {
  const events = countEvents();
  const batch = createBatch({ consume: () => Promise.reject(new Error('broken')) }, BATCH, events);
  await batch.consume(parcels(3));
  await batch[Symbol.asyncDispose]();
  expect(events.counts).toEqual({ 'dropped failed': 3 });
});

test('memory_limiter: turns away above the limit, and looks again after its interval', async () => {
  const sink = createSink();
  let [used, now] = [50, 0];
  const options = { limitBytes: 100, checkIntervalMs: 10, usedBytes: () => used, nowMs: () => now };
  const limiter = createMemoryLimiter(sink, options);
  await limiter.consume(parcels(1));
  [used, now] = [101, 9];
  await limiter.consume(parcels(1));
  now = 10;
  await expect(limiter.consume(parcels(1))).rejects.toMatchObject({ code: 'full' });
  [used, now] = [100, 20];
  await limiter.consume(parcels(1));
  expect(sink.calls).toHaveLength(3);
});

test.each([0, 1, 25, 50, 100])(
  'probabilistic_sampler: %d %% of the traces, the same wherever it is asked',
  async (percentage) => {
    const [one, other] = [createSink(), createSink()];
    const events = countEvents();
    const traces = parcels(4_000);
    await createProbabilisticSampler(one, { percentage, hashSeed: 7 }, events).consume(traces);
    // Another collector, behind one that changed the ids' times.
    const mapped = traces.map((_, at) => parcel({ trace_id: traceIdOf(at).replace('5759e988', '6757e988') }));
    await createProbabilisticSampler(other, { percentage, hashSeed: 7 }, countEvents()).consume(mapped);
    const kept = one.documents().length;
    expect(Math.abs(kept / 4_000 - percentage / 100)).toBeLessThan(0.03);
    expect(events.counts['filtered'] ?? 0).toBe(4_000 - kept);
    expect(other.documents().map((document) => document.trace_id.slice(10))).toEqual(
      one.documents().map((document) => document.trace_id.slice(10)),
    );
  },
);

const DOCUMENT = segment({
  annotations: { user: 'ann', tier: 'gold' },
  metadata: {
    default: { user: 'ann', 'otel.resource.host': 'h1' },
    otlp: { attributes: { user: { stringValue: 'ann' } }, repeated: [{ key: 'user', value: { stringValue: 'ann' } }] },
  },
  subsegments: [{ id: '1111111111111111', name: 'x', start_time: 1, end_time: 2, annotations: { user: 'bob' } }],
});
const HASH = createHash('sha256').update('ann').digest('hex');

test.each<[string, AttributeAction, object]>([
  ['insert', { action: 'insert', key: 'zone', value: 'a' }, { user: 'ann', tier: 'gold', zone: 'a' }],
  ['insert over another', { action: 'insert', key: 'tier', value: 'tin' }, { user: 'ann', tier: 'gold' }],
  ['update', { action: 'update', key: 'tier', value: 'tin' }, { user: 'ann', tier: 'tin' }],
  ['update of nothing', { action: 'update', key: 'zone', value: 'a' }, { user: 'ann', tier: 'gold' }],
  ['upsert', { action: 'upsert', key: 'zone', value: 3 }, { user: 'ann', tier: 'gold', zone: 3 }],
  ['delete', { action: 'delete', matches: (key) => key === 'user' }, { tier: 'gold' }],
  ['hash', { action: 'hash', matches: (key) => key === 'user' }, { user: HASH, tier: 'gold' }],
])('attributes: %s', (_name, action, annotations) => {
  expect(changeAttributes(DOCUMENT, [action])).toMatchObject({ id: DOCUMENT.id });
  expect(changeAttributes(DOCUMENT, [action]).annotations).toEqual(annotations);
});

test.each(['delete', 'hash', 'update'] as const)('attributes: %s leaves the old value nowhere', (action) => {
  const change: AttributeAction =
    action === 'update' ? { action, key: 'user', value: 'x' } : { action, matches: (key) => key === 'user' };
  const text = JSON.stringify(changeAttributes(DOCUMENT, [change]));
  expect(text).not.toContain('"ann"');
  expect(text).not.toContain('"bob"');
  expect(text).toContain('"h1"');
});

const SPAN = segment({
  user: 'ann',
  annotations: { 'http.url': 'http://x/?card=1', kind: 'gold', 'db.statement': 'select secret' },
  http: { request: { method: 'GET', url: 'http://x/?card=1', client_ip: '10.0.0.1' }, response: { status: 200 } },
  sql: { sanitized_query: 'select secret', user: 'root' },
  metadata: {
    otlp: { kind: 2, name: 'n', attributes: { kind: { stringValue: 'gold' } } },
    zipkin: { kind: 'CLIENT', remoteEndpoint: { serviceName: 'back', ipv4: '10.0.0.1' } },
    jaeger: { operationName: 'n', otherTags: [{ key: 'kind', type: 'int64', value: '1' }] },
  },
});
const only =
  (...names: readonly string[]) =>
  (key: string): boolean =>
    names.includes(key);

test('attributes: fields that are made of an attribute go with it', () => {
  const matches = only('http.url', 'db.statement', 'enduser.id', 'net.peer.ip');
  const changed = changeAttributes(SPAN, [{ action: 'delete', matches }]);
  expect(changed).not.toHaveProperty('user');
  expect(changed).toMatchObject({ sql: { user: 'root' }, http: { response: { status: 200 } } });
  expect(JSON.stringify(changed)).not.toMatch(/card|secret|10\.0\.0\.1/);
  const hidden = changeAttributes(SPAN, [{ action: 'update', key: 'http.url', value: 'hidden' }]);
  expect([hidden.annotations?.['http.url'], hidden.http?.request?.url]).toEqual(['hidden', 'hidden']);
  const masked = changeAttributes(SPAN, [{ action: 'mask', matches }]);
  expect(masked.http?.request).toEqual({ method: 'GET', url: '****', client_ip: '****' });
});

test('attributes: one that is called as a field of its span is not that field', () => {
  const changed = changeAttributes(SPAN, [{ action: 'delete', matches: only('kind', 'name', 'operationName') }]);
  expect(changed.annotations).not.toHaveProperty('kind');
  expect(changed.metadata).toEqual({
    otlp: { kind: 2, name: 'n', attributes: {} },
    zipkin: { kind: 'CLIENT', remoteEndpoint: { serviceName: 'back', ipv4: '10.0.0.1' } },
    jaeger: { operationName: 'n', otherTags: [] },
  });
});

test('redaction: fields stay when one of their attributes may', () => {
  const allowed = redact(SPAN, { ...KEEP_ALL, allowedKeys: new Set(['url.full', 'peer.service']) });
  expect(allowed).toMatchObject({ http: { request: { url: 'http://x/?card=1' }, response: {} }, sql: {} });
  expect(JSON.stringify(allowed)).not.toMatch(/secret|root|10\.0\.0\.1|ann"/);
  expect(allowed.metadata).toMatchObject({ zipkin: { remoteEndpoint: { serviceName: 'back' } } });
});

const KEEP_ALL = { blockedValues: [], blockedKeys: [], allowedKeys: null };

test('redaction: values are put out of sight in every text but ids', () => {
  const document = segment({
    user: 'card 4111-1111',
    http: { request: { url: 'http://x/?card=4111-1111' } },
    metadata: { app: { list: ['4111-1111', 'ok'] } },
    annotations: { id4111: '4111-1111 and 4111-2222' },
  });
  const redacted = redact(document, { ...KEEP_ALL, blockedValues: [/\d{4}-\d{4}/gu] });
  expect(redacted).toMatchObject({
    id: document.id,
    trace_id: document.trace_id,
    http: { request: { url: 'http://x/?card=****' } },
    metadata: { app: { list: ['****', 'ok'] } },
    annotations: { id4111: '**** and ****' },
  });
});

test('redaction: what a span was stays readable', () => {
  const otlp = {
    kind: 2,
    name: 'card 4111111111111',
    times: ['4111111111111111111', '4111111111111111112'],
    attributes: { large: { intValue: '4111111111111111' }, card: { stringValue: '4111111111111111' } },
    events: [{ time: '4111111111111111111', name: 'e', attributes: { id: '4111111111111111' } }],
    links: [{ trace_id: '4111111111111111aaaaaaaaaaaaaaaa', span_id: '4111111111111111' }],
  };
  const document = segment({ annotations: { type: '4111111111111111' }, metadata: { otlp } });
  const redacted = redact(document, { ...KEEP_ALL, blockedValues: [/4[0-9]{12}(?:[0-9]{3})?/gu] });
  expect(redacted.annotations).toEqual({ type: '****' });
  expect(redacted.metadata?.['otlp']).toEqual({
    ...otlp,
    name: 'card ****',
    attributes: { large: { intValue: '4111111111111111' }, card: { stringValue: '****' } },
    events: [{ time: '4111111111111111111', name: 'e', attributes: { id: '****' } }],
  });
});

test('redaction: a span keeps its name and kind, and no attribute that is not allowed', () => {
  const metadata = {
    app: { secret: 1 },
    otlp: { kind: 2, name: 'n', attributes: { a: {}, b: {} }, events: [{ name: 'e', attributes: { b: 1 } }] },
    zipkin: {
      name: 'n',
      kind: 'CLIENT',
      localEndpoint: { serviceName: 's', ipv4: 'i' },
      remoteEndpoint: {},
      tags: { b: 1 },
    },
    jaeger: { operationName: 'n', otherTags: [{ key: 'b' }], logs: [{ fields: [{ key: 'event' }, { key: 'b' }] }] },
  };
  const allowed = redact(segment({ metadata }), { ...KEEP_ALL, allowedKeys: new Set(['a']) });
  expect(allowed.metadata).toEqual({
    otlp: { kind: 2, name: 'n', attributes: { a: {} }, events: [{ name: 'e', attributes: {} }] },
    zipkin: { name: 'n', kind: 'CLIENT', localEndpoint: { serviceName: 's' }, remoteEndpoint: {}, tags: {} },
    jaeger: { operationName: 'n', otherTags: [], logs: [{ fields: [{ key: 'event' }] }] },
  });
});

test('redaction: only allowed keys stay, and blocked ones are put out of sight', () => {
  const allowed = redact(DOCUMENT, { ...KEEP_ALL, allowedKeys: new Set(['tier', 'host']) });
  expect(allowed.annotations).toEqual({ tier: 'gold' });
  expect(allowed.metadata).toEqual({
    default: { 'otel.resource.host': 'h1' },
    otlp: { attributes: {}, repeated: [] },
  });
  expect(JSON.stringify(allowed)).not.toContain('bob');
  const blocked = redact(DOCUMENT, { ...KEEP_ALL, blockedKeys: [/^us/u] });
  expect(JSON.stringify(blocked)).not.toMatch(/ann"|bob/);
  expect(blocked.annotations).toEqual({ user: '****', tier: 'gold' });
});

const NOW = 1_700_000_100;
const RANDOM = '1-bbbbbbbb-bd862e3fe1be46a994272793';
const mapping = (sink = createSink(), nowMs = () => 0, evicted = () => {}) => {
  const memory = createTraceIdMemory({ ttlMs: 60_000, tracesMax: 2, nowMs, evicted });
  const window = { ageSecondsMax: 1_000, aheadSecondsMax: 60 };
  return createTraceIdMapping(sink, { memory, ...window, nowUs: () => timeUsFromSeconds(NOW) });
};
const EPOCH = (seconds: number) => seconds.toString(16).padStart(8, '0');

test.each([
  ['an id with a time inside the window stays', `1-${EPOCH(NOW - 999)}-${RANDOM.slice(11)}`, 1.5, NOW - 999],
  ['one from too long ago gets the start', `1-${EPOCH(NOW - 1_001)}-${RANDOM.slice(11)}`, NOW - 50.5, NOW - 51],
  ['a random one gets the start', RANDOM, NOW - 50.5, NOW - 51],
  ['and now, when the start is outside too', RANDOM, 1.5, NOW],
])('traceid: %s', async (_name, trace_id, start_time, expected) => {
  const sink = createSink();
  await mapping(sink).consume([parcel({ trace_id, start_time })]);
  const [document] = sink.documents();
  expect(document?.trace_id).toBe(`1-${EPOCH(expected)}-${RANDOM.slice(11)}`);
  const original = trace_id === document?.trace_id ? undefined : { [ORIGINAL_TRACE_ID]: trace_id };
  expect(document?.metadata?.['fluoroscope']).toEqual(original);
});

test('traceid: all segments of a trace agree, links follow, and it is forgotten a while after its last use', async () => {
  const sink = createSink();
  let now = 0;
  const processor = mapping(sink, () => now);
  const at = (start_time: number, links?: object) =>
    processor.consume([parcel({ trace_id: RANDOM, start_time, ...links })]);
  await at(NOW - 50);
  now = 59_000;
  await at(NOW - 40);
  now = 118_000;
  await processor.consume([parcel({ trace_id: `1-${EPOCH(NOW)}-${'1'.repeat(24)}`, links: [{ trace_id: RANDOM }] })]);
  now = 178_001;
  await at(NOW - 30);
  const epochs = sink.documents().map((document) => Number.parseInt(document.trace_id.slice(2, 10), 16));
  expect(epochs).toEqual([NOW - 50, NOW - 50, NOW, NOW - 30]);
  expect(sink.documents()[2]?.links?.[0]?.trace_id).toContain(EPOCH(NOW - 50));
});

test('traceid: what is forgotten before its time is told', async () => {
  let evicted = 0;
  const processor = mapping(
    createSink(),
    () => 0,
    () => (evicted += 1),
  );
  for (const digit of 'abcd') await processor.consume([parcel({ trace_id: RANDOM.replace('b', digit) })]);
  expect(evicted).toBe(2);
});

test('traceid: the memory may be anywhere', async () => {
  const sink = createSink();
  const shared = parseTraceId(`1-${EPOCH(NOW - 7)}-${RANDOM.slice(11)}`);
  const remember = async (_original: TraceId, proposed: TraceId): Promise<TraceId> =>
    shared.ok ? shared.value : proposed;
  const options = { memory: { remember }, ageSecondsMax: 1_000, aheadSecondsMax: 60 };
  await createTraceIdMapping(sink, { ...options, nowUs: () => timeUsFromSeconds(NOW) }).consume([
    parcel({ trace_id: RANDOM }),
  ]);
  expect(sink.documents()[0]?.trace_id).toContain(EPOCH(NOW - 7));
});

test('istio: the application behind a sidecar becomes work in its node', async () => {
  const sink = createSink();
  const processor = createIstio(sink);
  await processor.consume([
    parcel({ id: idOf(0), annotations: { 'mesh.side': 'inbound', 'mesh.port': 9080 }, name: 'reviews' }),
    parcel({ id: idOf(1), parent_id: idOf(0), name: 'app' }, 70),
  ]);
  expect(sink.documents().map(({ type, name }) => [type ?? 'segment', name])).toEqual([
    ['segment', 'reviews'],
    ['subsegment', 'reviews'],
  ]);
});
