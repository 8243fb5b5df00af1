import { createTraffic } from '@fluoroscope/testkit/traffic';
import { HERE, loadPackage } from './checkout.mjs';

// D2 as OTLP (protobuf) and as Zipkin (v2 JSON): bodies encoded once and sent again and again, as `createReplay` of the testkit
// does with PutTraceSegments. Each time round every trace gets another id and times move to now, written over in place.

const RANGE_US = 1e6;

/**
 * `next(nowSeconds)` gives a body, to be sent before the others have had their turn; `traceIdsOf(count)` ids of the last
 * round, 32 hex digits each.
 */
export async function createSpanReplay({ dialect, seed, spansABody, bodyCount, checkout = HERE }) {
  const arriveSeconds = Math.floor(Date.now() / 1000);
  const spanCount = spansABody * bodyCount;
  const startUs = (arriveSeconds - 2) * 1e6;
  const traffic = createTraffic('D2', { seed, startUs, rangeUs: RANGE_US, spanCount });
  const spans = [];
  for (let index = 0; spans.length < spanCount; index += 1) spans.push(...traffic.spansAt(index));
  spans.sort((a, b) => a.arrivesUs - b.arrivesUs);
  const encode = dialect === 'zipkin' ? encodeZipkin : await otlpEncoder(checkout);
  const bodies = [];
  for (let from = 0; from < spanCount; from += spansABody) bodies.push(encode(spans.slice(from, from + spansABody)));
  const ids = [...new Set(spans.map(({ traceId }) => traceId))];
  let turn = 0;
  let round = 0;
  let laterUs = 0n;
  return {
    contentType: dialect === 'zipkin' ? 'application/json' : 'application/x-protobuf',
    path: dialect === 'zipkin' ? '/api/v2/spans' : '/v1/traces',
    spansABody,
    next(nowSeconds) {
      if (turn % bodies.length === 0) {
        round += 1;
        laterUs = BigInt(Math.floor(nowSeconds) - arriveSeconds) * 1_000_000n;
      }
      const body = bodies[turn % bodies.length];
      turn += 1;
      for (const place of body.places) place.write(body.bytes, round, laterUs);
      return body.bytes;
    },
    /** Of traces all of whose spans have been sent: those of the round before the last. */
    traceIdsOf: (count) => (round < 2 ? [] : ids.slice(0, count).map((id) => idInRound(id, round - 1))),
  };
}

/** The first 8 digits tell the rounds apart. */
function idInRound(id, round) {
  return (
    ((Number.parseInt(id.slice(0, 8), 16) ^ Math.imul(round, 0x9e3779b1)) >>> 0).toString(16).padStart(8, '0') +
    id.slice(8)
  );
}

async function otlpEncoder(checkout) {
  const { encodeRequest } = await loadPackage(checkout, 'pipeline', 'exporters/otlp/encode-request');
  return (spans) => {
    const bytes = encodeRequest(groupsOf(spans));
    return { bytes, places: placesOfOtlp(bytes) };
  };
}

/** As a collector would send them: by service. */
function groupsOf(spans) {
  const byService = Map.groupBy?.(spans, ({ service }) => service) ?? groupBy(spans, ({ service }) => service);
  return Array.from(byService, ([service, ofService]) => ({
    resource: { attributes: [attribute('service.name', service)], droppedAttributesCount: 0, schemaUrl: '' },
    scope: { name: 'bench', version: '1', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
    spans: ofService.map(toOtlp),
  }));
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    if (group.push(item) === 1) groups.set(keyOf(item), group);
  }
  return groups;
}

function toOtlp(span) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentId ?? '',
    traceState: '',
    flags: 0,
    name: span.operation,
    kind: { internal: 1, server: 2, client: 3 }[span.kind],
    start: { us: span.startUs, ns: 0 },
    end: { us: span.endUs, ns: 0 },
    attributes: span.attributes.map(([key, value]) => attribute(key, value)),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: span.fault ? 2 : 0, message: '' },
  };
}

function attribute(key, value) {
  return { key, type: 'string', value };
}

const LENGTH_DELIMITED = 2;
const FIXED64 = 1;
const FIXED32 = 5;

/** Where the messages nest, and what is written over in a span: fields of opentelemetry-proto's trace.proto. */
const SPANS = { 1: { 2: { 2: { 1: otlpIdAt, 7: otlpTimeAt, 8: otlpTimeAt } } } };

function placesOfOtlp(bytes) {
  const places = [];
  walk(bytes, 0, bytes.length, SPANS, places);
  return places;
}

function walk(bytes, from, to, fields, places) {
  let at = from;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < to) {
    const tag = varint();
    const field = fields[tag >>> 3];
    const type = tag & 7;
    if (type === LENGTH_DELIMITED) {
      const length = varint();
      if (typeof field === 'function') places.push(field(bytes, at));
      else if (field !== undefined) walk(bytes, at, at + length, field, places);
      at += length;
    } else if (type === FIXED64) {
      if (typeof field === 'function') places.push(field(bytes, at));
      at += 8;
    } else if (type === FIXED32) {
      at += 4;
    } else {
      varint();
    }
  }
}

function otlpIdAt(bytes, at) {
  const first = bytes.readUInt32BE(at);
  return { write: (to, round) => to.writeUInt32BE((first ^ Math.imul(round, 0x9e3779b1)) >>> 0, at) };
}

function otlpTimeAt(bytes, at) {
  const ns = bytes.readBigUInt64LE(at);
  return { write: (to, _round, laterUs) => to.writeBigUInt64LE(ns + laterUs * 1_000n, at) };
}

const ZIPKIN_PLACES = /"traceId":"([0-9a-f]{32})|"timestamp":(\d{16})/g;

function encodeZipkin(spans) {
  const text = JSON.stringify(spans.map(toZipkin));
  const bytes = Buffer.from(text);
  if (bytes.length !== text.length) throw new Error('places are counted in bytes: spans must be ASCII');
  const places = Array.from(text.matchAll(ZIPKIN_PLACES), ({ index, 0: whole, 1: id, 2: us }) => {
    if (id !== undefined) {
      const at = index + whole.length - id.length;
      return { write: (to, round) => to.write(idInRound(id, round).slice(0, 8), at, 'latin1') };
    }
    const at = index + whole.length - us.length;
    return { write: (to, _round, laterUs) => to.write(String(BigInt(us) + laterUs), at, 'latin1') };
  });
  return { bytes, places };
}

function toZipkin(span) {
  return {
    traceId: span.traceId,
    id: span.spanId,
    ...(span.parentId !== null && { parentId: span.parentId }),
    name: span.operation,
    ...(span.kind !== 'internal' && { kind: span.kind.toUpperCase() }),
    timestamp: span.startUs,
    duration: span.endUs - span.startUs,
    localEndpoint: { serviceName: span.service },
    tags: { ...Object.fromEntries(span.attributes), ...(span.fault && { error: 'true' }) },
  };
}
