import { parseDocument, timeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { arrivals } from './arrivals.ts';
import { createReplay } from './replay.ts';
import { createTraffic, type TrafficName } from './traffic.ts';

const START_SECONDS = 1_763_700_000;
const DOCUMENTS_A_BODY = 20;

test.each<TrafficName>(['D1', 'D2', 'D5'])('%s: each time round there are new traces, at the new time', (name) => {
  const replay = replayOf(name, 400);
  const first = readRound(replay, START_SECONDS + 5_000);
  const second = readRound(replay, START_SECONDS + 9_000);
  expect(first.length).toBe(replay.bodyCount * DOCUMENTS_A_BODY);
  const seen = new Set(first.map(({ trace_id }) => trace_id));
  expect(second.filter(({ trace_id }) => seen.has(trace_id))).toEqual([]);
  expect(new Set(second.map(({ trace_id }) => trace_id)).size).toBe(seen.size);
  first.forEach((document, at) => {
    expect((second[at]?.start_time ?? NaN) - document.start_time).toBeCloseTo(4_000, 5);
    expect(second[at]?.id).toBe(document.id);
  });
});

test('what was one trace stays one, over several bodies', () => {
  const replay = replayOf('D2', 200);
  const counts = new Map<string, number>();
  for (const { trace_id } of readRound(replay, START_SECONDS + 100)) {
    counts.set(trace_id, (counts.get(trace_id) ?? 0) + 1);
  }
  expect([...counts.values()].every((count) => count === 10)).toBe(true);
});

test('embedded subsegments move with their segment', () => {
  for (const document of readRound(replayOf('D1', 400), START_SECONDS + 86_400)) {
    const { subsegments = [], start_time, end_time } = document;
    expect(subsegments.length).toBe(3);
    for (const part of subsegments) {
      expect(part.start_time >= start_time && (part.end_time ?? NaN) <= (end_time ?? NaN)).toBe(true);
    }
  }
});

test('documents that are not ASCII are refused, since places would not fit', () => {
  expect(() => createReplay(['"ü"'], { seed: 1, arriveSeconds: 0, documentsABody: 1 })).toThrow('ASCII');
});

function replayOf(name: TrafficName, spanCount: number) {
  const traffic = createTraffic(name, { seed: 3, startUs: START_SECONDS * 1e6, rangeUs: 1e6, spanCount });
  const texts = Array.from(arrivals(traffic, spanCount), ({ text }) => text);
  return createReplay(texts, { seed: 3, arriveSeconds: START_SECONDS, documentsABody: DOCUMENTS_A_BODY });
}

function readRound(replay: ReturnType<typeof replayOf>, nowSeconds: number) {
  const limits = {
    nowUs: timeUs((nowSeconds + 60) * 1e6),
    pastUsMax: 200_000_000,
    futureUsMax: 1e9,
    documentBytesMax: 65_536,
  };
  return Array.from({ length: replay.bodyCount }, () => Buffer.from(replay.next(nowSeconds)).toString())
    .flatMap((body): readonly string[] => JSON.parse(body).TraceSegmentDocuments)
    .map((text) => {
      const [parsed] = parseDocument(text, limits);
      if (!parsed?.ok) throw new Error(JSON.stringify(parsed?.problem));
      return parsed.value.document;
    });
}
