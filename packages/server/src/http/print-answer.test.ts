import { latencyBucketUs, timeUs } from '@fluoroscope/model';
import { toServices, WireHistogram } from '@fluoroscope/query';
import { toHistogram } from '@fluoroscope/store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printAnswer, type PrintedAnswer } from './print-answer.ts';

const SEED = 20_261_121;
const SOME = histogramOf([
  [5, 1],
  [120_000, 70],
]);

test.each([
  ['nothing', {}],
  [
    'every kind of value',
    { a: 'x"\n\u2028é😀\ud800', b: -0, c: 1e21, d: null, e: true, f: [], g: {}, h: NaN, i: 1e-7 },
  ],
  ['what is not there', { a: undefined, b: [undefined, 1], c: { d: undefined }, e: [[{ f: [undefined] }]] }],
  ['names to be escaped', { 'a"b': { '\0': [{ é: 1 }] } }],
  ['an empty histogram', { h: histogramOf([]) }],
  ['a histogram that comes again', { d: SOME, r: SOME, again: [SOME, histogramOf([[1, 1]]), SOME] }],
])('%s: the bytes of JSON.stringify', async (_name, answer) => {
  expect(await print(answer)).toBe(JSON.stringify(answer));
});

test('every bucket and count: the bytes of JSON.stringify', async () => {
  const durations = fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.maxSafeNat());
  const counts = fc.oneof(fc.integer({ min: -12, max: 2_000 }), fc.maxSafeNat(), fc.double({ noNaN: true }));
  const entries = fc.array(fc.tuple(durations.map(latencyBucketUs), counts), { maxLength: 30 });
  const property = fc.asyncProperty(fc.array(entries), async (histograms) => {
    const answer = { Services: histograms.map((items) => ({ h: histogramOf(items) })) };
    expect(await print(answer)).toBe(JSON.stringify(answer));
  });
  await fc.assert(property, { seed: SEED, numRuns: 300 });
});

test.each([0.5, 100.5, 201, 1_001, 123_456_789, -3, -0.5, 1e21, NaN])('%f µs, which is no bucket', async (us) => {
  const answer = { h: histogramOf([[us, 1]]) };
  expect(await print(answer)).toBe(JSON.stringify(answer));
});

test('an answer of more than one turn is whole, and others have turns in between', async () => {
  const histogram = histogramOf(Array.from({ length: 2_000 }, (_item, at) => [latencyBucketUs(at ** 2), at + 1]));
  const answer = { Services: Array.from({ length: 60 }, (_item, at) => ({ at, histogram, Edges: [{ histogram }] })) };
  let turnCount = 0;
  let isPrinted = false;
  const countTurn = (): void => {
    turnCount += 1;
    if (!isPrinted) setImmediate(countTurn);
  };
  setImmediate(countTurn);
  const printed = await print(answer);
  isPrinted = true;
  expect(printed).toBe(JSON.stringify(answer));
  expect(turnCount).toBeGreaterThan(1);
});

test('an answer is not written over until it is released; then its memory serves again', async () => {
  const histogram = histogramOf(Array.from({ length: 2_000 }, (_item, at) => [latencyBucketUs(at ** 2), at + 1]));
  const answerOf = (name: string): object => ({
    name,
    Services: Array.from({ length: 30 }, () => ({ name, histogram })),
  });
  const text = ({ pieces }: PrintedAnswer): string => Buffer.concat(pieces).toString();
  const first = await printAnswer(answerOf('first'));
  const memory = new Set(first.pieces.map(({ buffer }) => buffer));
  const second = await printAnswer(answerOf('second'));
  expect(text(first)).toBe(JSON.stringify(answerOf('first')));
  expect(second.pieces.filter(({ buffer }) => memory.has(buffer))).toEqual([]);
  first.release();
  const third = await printAnswer(answerOf('third'));
  expect(third.pieces.filter(({ buffer }) => memory.has(buffer)).length).toBeGreaterThan(1);
  expect(text(second)).toBe(JSON.stringify(answerOf('second')));
  expect(text(third)).toBe(JSON.stringify(answerOf('third')));
});

test('a graph', async () => {
  const service = { name: 'shop é', type: 'AWS::EC2::Instance', accountId: null };
  const counts = { ok: 2, error: 0, throttle: 0, fault: 1, pending: 3 };
  const histogram = toHistogram(
    new Map([
      [300_000, 2],
      [1, 1],
    ]),
  );
  const sum = { startUs: timeUs(5e6), endUs: timeUs(5_300_001), counts, totalDurationUs: 600_001, histogram };
  const Services = toServices({
    nodes: [{ ...sum, service, state: 'active', root: true }],
    edges: [{ ...sum, source: service, target: { ...service, name: 'stock' }, aliases: ['s'] }],
  });
  const printed = await print({ Services, StartTime: 1.5 });
  expect(printed).toBe(JSON.stringify({ Services, StartTime: 1.5 }));
  expect(printed).toContain('"ResponseTimeHistogram":[{"Value":0.000001,"Count":1},{"Value":0.3,"Count":2}]');
});

async function print(answer: object): Promise<string> {
  const { length, pieces } = await printAnswer(answer);
  const bytes = Buffer.concat(pieces);
  expect(bytes.byteLength).toBe(length);
  return bytes.toString();
}

function histogramOf(entries: readonly (readonly [number, number])[]): WireHistogram {
  return new WireHistogram({
    bucketsUs: Float64Array.from(entries, ([bucketUs]) => bucketUs),
    counts: Float64Array.from(entries, ([, count]) => count),
  });
}
