import { expect, test } from 'vitest';
import { countEvents, createSink, idOf, parcel, parcels, segment, traceIdOf } from '../../testing/parcels.ts';
import { createPolicy, type PolicyOptions } from './policy.ts';
import { createTailSampling, type TailSamplingOptions } from './tail-sampling.ts';

const TRACE = segment().trace_id;
const gathered = (...changes: object[]) => ({ id: TRACE, parcels: changes.map((change) => parcel(change)) });
const child = (change: object) => ({
  subsegments: [{ id: idOf(9), name: 'x', start_time: 1, end_time: 2, ...change }],
});
const decide = (options: PolicyOptions, ...changes: object[]) => createPolicy(options, () => 0)(gathered(...changes));

const ERRORS: PolicyOptions = { type: 'status_code', codes: ['ERROR'] };
const SLOW: PolicyOptions = { type: 'latency', thresholdMs: 1_000, upperMs: 0 };
const TIER: PolicyOptions = {
  type: 'string_attribute',
  key: 'tier',
  matches: (value) => value === 'gold',
  invert: false,
};
const PRICE: PolicyOptions = { type: 'numeric_attribute', key: 'price', min: 10, max: 20, invert: false };
const FLAG: PolicyOptions = { type: 'boolean_attribute', key: 'canary', value: true, invert: false };
const times = (start_time: number, end_time: number) => ({ start_time, end_time });

test.each<[string, PolicyOptions, object[], boolean]>([
  ['always', { type: 'always_sample' }, [{}], true],
  ['no error', ERRORS, [{}], false],
  ['a fault', ERRORS, [{}, { fault: true }], true],
  ['a throttle', ERRORS, [{ throttle: true }], true],
  ['an error in an embedded subsegment', ERRORS, [child({ error: true })], true],
  ['OK', { type: 'status_code', codes: ['OK'] }, [{ fault: true }], false],
  ['OK beside an error', { type: 'status_code', codes: ['OK'] }, [{ fault: true }, {}], true],
  ['fast', SLOW, [times(1, 1.9)], false],
  ['slow', SLOW, [times(1, 2)], true],
  ['slow as a whole', SLOW, [times(1, 1.5), times(1.6, 2)], true],
  ['slower than wanted', { ...SLOW, upperMs: 1_500 }, [times(1, 3)], false],
  ['an annotation', TIER, [{ annotations: { tier: 'gold' } }], true],
  ['another value', TIER, [{ annotations: { tier: 'tin' } }], false],
  ['no such annotation, inverted', { ...TIER, invert: true }, [{}], true],
  ['metadata.default', TIER, [{ metadata: { default: { tier: 'gold' } } }], true],
  ['a resource attribute', TIER, [{ metadata: { default: { 'otel.resource.tier': 'gold' } } }], true],
  ['an annotation of an embedded one', TIER, [child({ annotations: { tier: 'gold' } })], true],
  ['a number inside', PRICE, [{ annotations: { price: 10 } }], true],
  ['a number outside', PRICE, [{ annotations: { price: 21 } }], false],
  ['a number as text', PRICE, [{ annotations: { price: '12' } }], false],
  ['a flag', FLAG, [{ annotations: { canary: true } }], true],
  ['the other flag', FLAG, [{ annotations: { canary: false } }], false],
  ['no number inside, inverted', { ...PRICE, invert: true }, [{ annotations: { price: 21 } }], true],
  ['a number inside, inverted', { ...PRICE, invert: true }, [{}, { annotations: { price: 12 } }], false],
  ['a flag, inverted', { ...FLAG, invert: true }, [{ annotations: { canary: true } }], false],
  ['enough spans', { type: 'span_count', min: 2, max: 0 }, [child({})], true],
  ['too few spans', { type: 'span_count', min: 2, max: 0 }, [{}], false],
  ['too many spans', { type: 'span_count', min: 1, max: 2 }, [{}, {}, {}], false],
  ['not an error', { type: 'not', policy: ERRORS }, [{}], true],
  ['not no error', { type: 'not', policy: ERRORS }, [{ fault: true }], false],
  ['and: both', { type: 'and', policies: [ERRORS, TIER] }, [{ fault: true, annotations: { tier: 'gold' } }], true],
  ['and: one of two', { type: 'and', policies: [ERRORS, TIER] }, [{ fault: true }], false],
  ['none of it', { type: 'probabilistic', percentage: 0, hashSalt: '' }, [{}], false],
  ['all of it', { type: 'probabilistic', percentage: 100, hashSalt: '' }, [{}], true],
])('policy: %s', (_name, options, changes, expected) => {
  expect(decide(options, ...changes)).toBe(expected);
});

test('policy: a rate is of whole traces, anew each second', () => {
  let now = 0;
  const policy = createPolicy({ type: 'rate_limiting', documentsPerSecond: 3 }, () => now);
  const ask = (documents: number) => policy(gathered(...Array.from({ length: documents }, () => ({}))));
  expect([ask(2), ask(2), ask(1), ask(1)]).toEqual([true, false, true, false]);
  now = 1_000;
  expect([ask(5), ask(1)]).toEqual([true, false]);
});

const OPTIONS: TailSamplingOptions = {
  decisionWaitMs: 20,
  tracesMax: 1_000,
  bytesMax: 1_000_000,
  sampledMax: 100,
  notSampledMax: 100,
  policies: [{ name: 'errors', options: ERRORS }],
};

function sampling(change: Partial<TailSamplingOptions> = {}) {
  const sink = createSink();
  const events = countEvents();
  const decided: (string | null)[] = [];
  let early = 0;
  const stage = createTailSampling(
    sink,
    { ...OPTIONS, ...change },
    { ...events, decided: (policy) => void decided.push(policy), decidedEarly: () => void (early += 1) },
  );
  return { stage, sink, counts: events.counts, decided, early: () => early };
}

test('a trace is kept whole, and what comes late goes the same way', async () => {
  const { stage, sink, counts, decided } = sampling();
  await stage.consume([parcel({ trace_id: traceIdOf(1) }), parcel({ trace_id: traceIdOf(2) })]);
  await stage.consume([parcel({ trace_id: traceIdOf(1), id: idOf(1), fault: true })]);
  expect(sink.calls).toEqual([]);
  await expect.poll(() => decided).toEqual(['errors', null]);
  await expect.poll(() => sink.documents().length).toBe(2);
  await stage.consume([
    parcel({ trace_id: traceIdOf(1), id: idOf(2) }),
    parcel({ trace_id: traceIdOf(2), fault: true }),
  ]);
  await stage[Symbol.asyncDispose]();
  expect(sink.documents().map((document) => document.trace_id)).toEqual(Array(3).fill(traceIdOf(1)));
  expect(counts).toEqual({ filtered: 2 });
});

test('what is to be dropped is, whoever wants it', async () => {
  const { stage, sink, counts, decided } = sampling({ drops: [TIER] });
  await stage.consume([parcel({ trace_id: traceIdOf(1), fault: true, annotations: { tier: 'gold' } })]);
  await stage.consume([parcel({ trace_id: traceIdOf(2), fault: true })]);
  await stage[Symbol.asyncDispose]();
  expect(sink.documents().map((document) => document.trace_id)).toEqual([traceIdOf(2)]);
  expect([decided, counts]).toEqual([[null, 'errors'], { filtered: 1 }]);
});

test.each([
  ['traces', { tracesMax: 10 }, 100],
  ['bytes', { bytesMax: 1_000 }, 100],
])('with too many %s the oldest are decided early, and the end decides the others', async (_name, limits, bytes) => {
  const { stage, sink, counts, early } = sampling({ ...limits, decisionWaitMs: 60_000 });
  await stage.consume(parcels(25, bytes));
  expect(early()).toBe(15);
  await stage.consume([parcel({ trace_id: traceIdOf(24), fault: true }, bytes)]);
  await stage[Symbol.asyncDispose]();
  expect(sink.documents()).toHaveLength(2);
  expect(counts).toEqual({ filtered: 24 });
});

test('while the next part is full, kept traces wait, and then senders do', async () => {
  const { stage, sink, counts } = sampling({
    bytesMax: 1_000,
    policies: [{ name: 'all', options: { type: 'always_sample' } }],
  });
  sink.isFull = true;
  await stage.consume(parcels(30));
  await expect(stage.consume(parcels(1))).rejects.toMatchObject({ code: 'full' });
  sink.isFull = false;
  await stage[Symbol.asyncDispose]();
  expect(sink.documents()).toHaveLength(30);
  expect(counts).toEqual({});
});
