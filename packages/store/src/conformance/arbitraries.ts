import {
  timeUs,
  type AnnotationValue,
  type Outcome,
  type ServiceKey,
  type TimeUs,
  type TraceId,
} from '@fluoroscope/model';
import fc from 'fast-check';
import type { Condition } from '../condition.ts';
import type {
  LateRow,
  GraphFact,
  GraphQuery,
  GraphSeriesQuery,
  StoreBatch,
  StoredDocument,
  TraceAnnotation,
  TraceQuery,
  TraceRow,
} from '../trace-store.ts';
import { BASE_US, batchOf, traceIdOf } from './samples.ts';

// Few distinct values everywhere, so that questions meet answers, ties are common and facts collide.

/** What one generated case asks. */
export interface Asked {
  readonly traces: readonly TraceQuery[];
  readonly graphs: readonly GraphQuery[];
  readonly series: readonly GraphSeriesQuery[];
  readonly ids: readonly TraceId[];
}

const TRACES = 9;

const traceIds = (): fc.Arbitrary<TraceId> => fc.integer({ min: 1, max: TRACES }).map(traceIdOf);
const times = (): fc.Arbitrary<TimeUs> =>
  fc
    .oneof(
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: -3, max: 3 }).map((minute) => minute * 60_000_000),
    )
    .map((us) => timeUs(BASE_US + us));
const lengths = (): fc.Arbitrary<number> => fc.constantFrom(0, 1, 5, 99, 1_003, 61_000_000);
const texts = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom('', 'a', 'A', 'ab', "a'b", '%', 'b%', '\0', '😀', '$1'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { nil: null });
const outcomes = (): fc.Arbitrary<Outcome> => fc.constantFrom('ok', 'error', 'throttle', 'fault', 'pending');
const numbers = (): fc.Arbitrary<number> => fc.constantFrom(-1, 0, 0.5, 1, 5, 99, 200, 500, 1e300);
const keys = (): fc.Arbitrary<string> => fc.constantFrom('k', 'K', "k'", '', 'tenant');

const services = (): fc.Arbitrary<ServiceKey> =>
  fc.record({
    name: fc.constantFrom('a', 'b', 'B', "x'", ''),
    type: fc.constantFrom(null, '', 'remote'),
    accountId: fc.constantFrom(null, '1'),
  });

const outcomeBits = (): fc.Arbitrary<number> => fc.constantFrom(0, 1, 2, 3, 0x80_00, 0xff_ff);

const values = (): fc.Arbitrary<AnnotationValue> => fc.oneof(texts(), numbers(), fc.boolean());

const indexes = (): fc.Arbitrary<number[]> => fc.array(fc.nat(3), { maxLength: 2 });

/** Sorted as a store may sort them. */
function annotations(): fc.Arbitrary<TraceAnnotation[]> {
  const annotation = fc.record({ key: keys(), value: values(), services: indexes() });
  const kinds = ['boolean', 'number', 'string'];
  const compare = (a: AnnotationValue, b: AnnotationValue): number => (a < b ? -1 : Number(a > b));
  return fc
    .uniqueArray(annotation, { maxLength: 4, selector: ({ key, value }) => JSON.stringify([key, value]) })
    .map((pairs) =>
      pairs.sort(
        (a, b) =>
          compare(a.key, b.key) ||
          kinds.indexOf(typeof a.value) - kinds.indexOf(typeof b.value) ||
          compare(a.value, b.value),
      ),
    );
}

export function traceRows(): fc.Arbitrary<TraceRow> {
  return fc
    .record({
      traceId: traceIds(),
      revision: fc.integer({ min: 1, max: 9 }),
      startUs: times(),
      length: lengths(),
      responseTimeUs: maybe(lengths()),
      fault: fc.boolean(),
      error: fc.boolean(),
      throttle: fc.boolean(),
      partial: fc.boolean(),
      inferred: fc.boolean(),
      httpMethod: maybe(texts()),
      httpUrl: maybe(texts()),
      httpStatus: maybe(fc.constantFrom(0, 200, 500)),
      userAgent: maybe(texts()),
      clientIp: maybe(texts()),
      entryPoint: maybe(fc.nat(3)),
      services: fc.uniqueArray(services(), { maxLength: 4, selector: (service) => JSON.stringify(service) }),
      annotations: annotations(),
      users: fc.array(fc.record({ name: texts(), services: indexes() }), { maxLength: 3 }),
      resourceArns: fc.array(texts(), { maxLength: 2 }),
      instanceIds: fc.array(texts(), { maxLength: 2 }),
      availabilityZones: fc.array(texts(), { maxLength: 2 }),
      updatedUs: times(),
      entityCount: fc.nat(),
      outcomes: fc.option(fc.array(outcomeBits(), { minLength: 4, maxLength: 4 }), { nil: [] }),
      causes: maybe(fc.record({ shape: texts(), coverages: fc.array(fc.nat({ max: 1_000 }), { maxLength: 3 }) })),
    })
    .map(({ length, outcomes: bits, ...row }) => {
      return { ...row, endUs: timeUs(row.startUs + length), outcomes: bits.slice(0, row.services.length) };
    });
}

function documents(): fc.Arbitrary<StoredDocument> {
  return fc.record({
    traceId: traceIds(),
    receivedUs: times(),
    text: texts(),
  });
}

function facts(): fc.Arbitrary<GraphFact> {
  const shared = { traceId: traceIds(), startUs: times(), length: lengths(), outcome: outcomes() };
  const nodes = fc.record({
    ...shared,
    service: services(),
    state: fc.constantFrom('active', 'inferred'),
    root: fc.boolean(),
  });
  const edges = fc.record({ ...shared, source: services(), target: services(), alias: maybe(texts()) });
  return fc.oneof(
    nodes.map(
      ({ length, ...fact }) => ({ kind: 'node', sign: 1, ...fact, endUs: timeUs(fact.startUs + length) }) as const,
    ),
    edges.map(
      ({ length, ...fact }) => ({ kind: 'edge', sign: 1, ...fact, endUs: timeUs(fact.startUs + length) }) as const,
    ),
  );
}

/** Batches as the indexer makes them: only facts that stand are taken back; some batches arrive twice. */
export function batches(): fc.Arbitrary<readonly StoreBatch[]> {
  const parts = fc.record({
    documents: fc.array(documents(), { maxLength: 6 }),
    traces: fc.array(fc.oneof(traceRows(), traceRows().map(late)), { maxLength: 8 }),
    added: fc.array(facts(), { maxLength: 12 }),
    takenBack: fc.array(fc.nat(), { maxLength: 6 }),
    step: fc.constantFrom(1, 1, 1, 4, 0),
  });
  return fc.array(parts, { minLength: 1, maxLength: 5 }).map((steps) => {
    const standing: GraphFact[] = [];
    let sequence = 0;
    return steps.map(({ documents: written, traces, added, takenBack, step }) => {
      // A replay is ignored, so what it holds never stands.
      if (step === 0) return batchOf(sequence, { documents: written, traces, facts: added });
      sequence += step;
      standing.push(...added);
      const gone = takenBack.flatMap((at) => standing.splice(at % Math.max(standing.length, 1), 1));
      return batchOf(sequence, { documents: written, traces, facts: [...added, ...gone.map(takeBack)] });
    });
  });
}

function late(row: TraceRow): LateRow {
  return {
    traceId: row.traceId,
    entityCount: row.entityCount,
    mustRead: false,
    isLikelyWhole: false,
    readRow: () => row,
  };
}

function takeBack(fact: GraphFact): GraphFact {
  return { ...fact, sign: -1 };
}

export function conditions(): fc.Arbitrary<Condition> {
  const comparison = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
  const match = fc.constantFrom('=', '!=', 'contains', 'begins-with', 'ends-with');
  const numberField = fc.constantFrom('durationUs', 'responseTimeUs', 'httpStatus');
  const textField = fc.constantFrom('httpUrl', 'httpMethod', 'userAgent', 'clientIp', 'user');
  const flag = fc.constantFrom('ok', 'error', 'throttle', 'fault', 'partial', 'inferred');
  const leaf: fc.Arbitrary<Condition> = fc.oneof(
    fc.constant({ op: 'all' } as const),
    fc.record({ op: fc.constant('number'), field: numberField, is: comparison, value: numbers() }),
    fc.record({ op: fc.constant('text'), field: textField, is: match, value: texts() }),
    fc.record({ op: fc.constant('set'), field: fc.oneof(numberField, textField) }),
    fc.record({ op: fc.constant('flag'), flag }),
    services().chain((service) =>
      fc.record({
        op: fc.constant('service'),
        name: maybe(fc.constant(service.name)),
        type: maybe(fc.constant(service.type ?? '')),
        accountId: maybe(fc.constant(service.accountId ?? '')),
      }),
    ),
    services().chain((service) =>
      fc.record({
        op: fc.constant('outcome'),
        name: maybe(fc.constant(service.name)),
        type: maybe(fc.constant(service.type ?? '')),
        accountId: maybe(fc.constant(service.accountId ?? '')),
        outcomes: outcomeBits(),
        ofUnknown: fc.boolean(),
      }),
    ),
    fc.record({ op: fc.constant('annotation'), key: keys(), is: comparison, value: numbers() }),
    fc.record({ op: fc.constant('annotation'), key: keys(), is: match, value: texts() }),
    fc.record({ op: fc.constant('annotation'), key: keys(), is: fc.constantFrom('=', '!='), value: fc.boolean() }),
    fc.record({ op: fc.constant('annotation-set'), key: keys() }),
  );
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.record({ op: fc.constantFrom('and', 'or'), terms: fc.array(tie('condition'), { maxLength: 3 }) }),
      fc.record({ op: fc.constant('not'), term: tie('condition') }),
    ),
  }));
  return condition;
}

export function traceQueries(condition: fc.Arbitrary<Condition>): fc.Arbitrary<TraceQuery> {
  return fc.record({
    startUs: times(),
    endUs: times(),
    rangeOf: fc.constantFrom('start', 'active', 'end'),
    condition,
    limit: fc.integer({ min: 1, max: 4 }),
    after: maybe(fc.record({ startUs: times(), traceId: traceIds() })),
  });
}

export function graphQueries(): fc.Arbitrary<GraphQuery> {
  return fc.record({ startUs: times(), endUs: times(), traceIds: maybe(idLists()) });
}

export function seriesQueries(): fc.Arbitrary<GraphSeriesQuery> {
  return fc.record({
    startUs: times(),
    endUs: times(),
    periodUs: fc.constantFrom(60_000_000, 90_000_000, 180_000_001),
    services: maybe(fc.array(services(), { maxLength: 3 })),
  });
}

export function idLists(): fc.Arbitrary<TraceId[]> {
  return fc.array(traceIds(), { maxLength: 6 });
}
