import assert from 'node:assert/strict';
import { CASES, OF_DOCUMENTS, OF_SPANS } from './differences.mjs';

/** Compares what either side made of the same, and knows which differences there were. */
export function createComparison() {
  const met = new Set();

  function apply(differences, theirs, ours, about) {
    for (const [name, change] of Object.entries(differences)) {
      const before = JSON.stringify([theirs, ours]);
      change(theirs, ours, about);
      if (JSON.stringify([theirs, ours]) !== before) met.add(name);
    }
  }

  return {
    /** @param about the case of spans.mjs, and `isService` for the segment around a local root */
    documents(theirDocument, ourDocument, about) {
      const [theirs, ours] = structuredClone([theirDocument, ourDocument]);
      apply(OF_DOCUMENTS, theirs, ours, about);
      const [reason, more] = (about.isService ? undefined : about.differs) ?? [];
      if (reason !== undefined) {
        assert.ok(CASES.has(reason), `${reason} is no reason`);
        assert.notDeepEqual(plain({ ...theirs, ...more }), plain(theirs), `no more different: ${reason}`);
        Object.assign(theirs, more);
        met.add(reason);
      }
      assert.deepEqual(plain(ours), plain(theirs), describe(about));
    },
    /** @param about the `document` that was sent, and the `entity` of it that the span is of */
    spans(theirSpan, ourSpan, about) {
      const [theirs, ours] = structuredClone([theirSpan, ourSpan]);
      apply(OF_SPANS, theirs, ours, about);
      assert.deepEqual(ours, theirs, JSON.stringify(about.entity));
    },
    /** Names of differences that were nowhere. */
    missing: () => [...CASES, ...Object.keys(OF_DOCUMENTS), ...Object.keys(OF_SPANS)].filter((name) => !met.has(name)),
  };
}

function describe({ kind, attributes, resource, isService = false }) {
  return JSON.stringify({ kind, attributes, resource, isService });
}

/** Times to the microsecond, and without what is empty. */
function plain({ start_time: start, end_time: end, ...rest }) {
  const times = [start, end].map((seconds) => (seconds === undefined ? null : seconds.toFixed(6)));
  return { times, ...withoutEmpty(rest) };
}

function withoutEmpty(object) {
  const filled = Object.entries(object).flatMap(([key, value]) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return value === undefined ? [] : [[key, value]];
    const inner = withoutEmpty(value);
    return Object.keys(inner).length === 0 ? [] : [[key, inner]];
  });
  return Object.fromEntries(filled);
}

/** A span of OTLP's JSON as far as a segment says it, with attributes by key. */
export function flattenSpan(resource, span) {
  const { traceId, spanId, parentSpanId = '', name, kind = 0, endTimeUnixNano = '0', status = {} } = span;
  const [start, end] = [span.startTimeUnixNano, endTimeUnixNano].map((ns) => Math.round(Number(ns) / 1000));
  const events = (span.events ?? []).map((event) => ({ name: event.name, attributes: byKey(event.attributes) }));
  const links = (span.links ?? []).map((link) => [link.traceId, link.spanId, byKey(link.attributes)]);
  const told = { code: status.code ?? 0, message: status.message ?? '' };
  const attributes = byKey(span.attributes);
  attributes['aws.xray.annotations']?.sort();
  const ids = { traceId, spanId, parentSpanId };
  return {
    ...ids,
    name,
    kind,
    start,
    end,
    status: told,
    attributes,
    events,
    links,
    resource: byKey(resource?.attributes),
  };
}

function byKey(attributes = []) {
  const values = attributes.map(({ key, value }) => [key, plainValue(value)]);
  return Object.fromEntries(values.map(([key, value]) => [key, key.startsWith(METADATA) ? JSON.parse(value) : value]));
}

/** The rest is a namespace, the value its JSON. */
const METADATA = 'aws.xray.metadata.';

/** AnyValue; there is nothing in one without a value. */
function plainValue(value = {}) {
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plainValue);
  if (value.kvlistValue !== undefined) return byKey(value.kvlistValue.values);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null;
}
