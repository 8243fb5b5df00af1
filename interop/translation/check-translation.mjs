import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.mjs';
import { sendByHttp, sendByUdp, sendSpans, startOurs, startRecorder, theirConfig } from './collectors.mjs';
import { createComparison, flattenSpan } from './compare.mjs';
import { SEGMENTS } from './segments.mjs';
import { SPANS } from './spans.mjs';

/**
 * Spans to OpenTelemetry's Collector and to ours must become the same documents, and segments the same spans, but for what
 * differences.mjs names.
 * @param {{ program: string, tally: object, startTheirs: (config: object) => Promise<{ stop(): Promise<void> }>, freePorts: () => Promise<object> }} rig
 */
export async function checkTranslation({ program, tally, startTheirs, freePorts }) {
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-translation-'));
  const started = [];
  const start = async (what) => {
    started.unshift(what);
    return what;
  };
  const recorder = async () => start(await startRecorder());
  try {
    const [theirs, ours] = [await makeSide(recorder), await makeSide(recorder)];
    const ports = await freePorts();
    const ends = { documents: theirs.documents.url, spans: theirs.spans.url, ourSpans: ours.spans.url };
    await start(await startTheirs(theirConfig({ ...ends, ports })));
    const through = `http://127.0.0.1:${ports.ours}/v1/traces`;
    const collector = await start(await startOurs({ program, folder, documents: ours.documents.url, spans: through }));
    const comparison = createComparison();
    await checkSpans({ tally, comparison, theirs, ours, addresses: [`127.0.0.1:${ports.spans}`, collector.otlp] });
    await checkSegments({ tally, comparison, theirs, ours, port: ports.udp, address: collector.http });
    await tally.check('each difference that is told of is still one', () => assert.deepEqual(comparison.missing(), []));
  } finally {
    for (const one of started) await one.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What one of the two made. */
async function makeSide(recorder) {
  return { documents: await recorder(), spans: await recorder() };
}

async function checkSpans({ tally, comparison, theirs, ours, addresses }) {
  const topics = numbered(SPANS).map(([topic, cases]) => [topic, cases.map(([one, at]) => describeSpan(one, at))]);
  const resourceSpans = topics.flatMap(([, cases]) => cases.map(toResourceSpans));
  for (const address of addresses) await sendSpans(address, { resourceSpans });
  for (const [topic, cases] of topics) {
    await tally.check(`spans → documents as OpenTelemetry's: ${topic}`, async () => {
      for (const one of cases) {
        const made = await eventually(async () => [theirs, ours].map((side) => documentsOf(side, one)));
        const [their, our] = made;
        if (their.service !== undefined) their.call.parent_id = our.call.parent_id;
        comparison.documents(their.call, our.call, one);
        assert.equal(their.service === undefined, our.service === undefined, JSON.stringify(one));
        if (their.service === undefined) continue;
        comparison.documents({ ...their.service, id: our.service.id }, our.service, { ...one, isService: true });
      }
    });
  }
}

/** The document of a span, and that of the local service around it. */
function documentsOf({ documents }, { span }) {
  const [call, service] = documents
    .documents()
    .filter(({ trace_id: id }) => id === xrayTraceId(span.traceId))
    .toSorted((a) => (a.id === span.spanId ? -1 : 1));
  assert.equal(call?.id, span.spanId, `${span.spanId} did not come`);
  return structuredClone({ call, service });
}

async function checkSegments({ tally, comparison, theirs, ours, port, address }) {
  const topics = numbered(SEGMENTS).map(([topic, cases]) => [
    topic,
    cases.map(([one, at]) => describeSegment(one, at)),
  ]);
  const documents = topics.flatMap(([, cases]) => cases.map(({ document }) => document));
  await sendByHttp(address, documents);
  await sendByUdp(port, documents);
  for (const [topic, cases] of topics) {
    await tally.check(`segments → spans as OpenTelemetry's: ${topic}`, async () => {
      for (const { document, refused } of cases) {
        for (const entity of entitiesOf(document)) {
          const our = await eventually(async () => spanOf(ours, entity.id));
          if (refused) continue;
          const their = await eventually(
            async () => await theirSpanOf(theirs, entity.id, () => sendByUdp(port, [document])),
          );
          comparison.spans(their, our, { document, entity });
        }
        if (refused) assert.throws(() => spanOf(theirs, document.id), `no more refused: ${JSON.stringify(document)}`);
      }
    });
  }
}

/** Datagrams get lost. */
async function theirSpanOf(side, id, sendAgain) {
  try {
    return spanOf(side, id);
  } catch (error) {
    await sendAgain();
    throw error;
  }
}

function spanOf({ spans }, id) {
  for (const { resource, scopeSpans } of spans.resourceSpans()) {
    for (const span of scopeSpans.flatMap((scope) => scope.spans))
      if (span.spanId === id) return flattenSpan(resource, span);
  }
  throw new Error(`${id} did not come`);
}

const entitiesOf = (entity) => [entity, ...(entity.subsegments ?? []).flatMap(entitiesOf)];

/** Every case with a number of its own. */
function numbered(topics) {
  let at = 0;
  return Object.entries(topics).map(([topic, cases]) => [topic, cases.map((one) => [one, (at += 1)])]);
}

/** X-Ray's exporter drops ids without a time. */
const NOW = Math.floor(Date.now() / 1000);
const traceIdOf = (at) => NOW.toString(16) + at.toString(16).padStart(24, '0');
const xrayTraceId = (id) => `1-${id.slice(0, 8)}-${id.slice(8)}`;
const idOf = (at) => at.toString(16).padStart(16, 'd');

function describeSpan({ attributes = {}, resource = {}, differs, ...one }, at) {
  const { kind, root = false, name = 'work', status, events = [], links = [], end = NOW * 1e6 + 750_000 } = one;
  const time = (us) => (us === 0 ? '0' : `${us}000`);
  const span = {
    traceId: traceIdOf(at),
    spanId: idOf(at),
    ...(!root && { parentSpanId: 'cccccccccccccccc' }),
    name,
    kind,
    startTimeUnixNano: time(NOW * 1e6 + 250_001),
    endTimeUnixNano: time(end),
    attributes: keyValues(attributes),
    events: events.map(([event, of]) => ({ name: event, timeUnixNano: time(NOW * 1e6), attributes: keyValues(of) })),
    links: links.map((of, link) => ({
      traceId: traceIdOf(link + 1),
      spanId: idOf(link + 1),
      attributes: keyValues(of),
    })),
    ...(status !== undefined && { status }),
  };
  return { kind, attributes, differs, span, resource: { 'service.name': 'shop', ...resource } };
}

function toResourceSpans({ resource, span }) {
  return { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope: {}, spans: [span] }] };
}

function keyValues(values) {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** An object is one already. */
function anyValue(value) {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === 'object') return value;
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function describeSegment({ refused = false, ...one }, at) {
  let below = 0;
  const complete = ({ subsegments, ...entity }) => {
    const id = `e${below.toString(16)}${at.toString(16).padStart(14, '0')}`;
    below += 1;
    return {
      id,
      name: 'shop',
      start_time: NOW + 0.25,
      ...(entity.in_progress !== true && { end_time: NOW + 0.75 }),
      ...entity,
      ...(subsegments !== undefined && { subsegments: subsegments.map(complete) }),
    };
  };
  return { document: { trace_id: xrayTraceId(traceIdOf(at)), ...complete(one) }, refused };
}
