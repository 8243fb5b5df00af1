import { traceIdOf } from '@fluoroscope/store/conformance';
import { expect, test } from 'vitest';
import { bloomFilterOf, createBloomFilter, hashId, hashWords } from './bloom.ts';

const COUNT = 20_000;
const ids = Array.from({ length: COUNT }, (_item, at) => hashId(traceIdOf(at + 1)));
const others = Array.from({ length: 10 * COUNT }, (_item, at) => hashId(traceIdOf(COUNT + at + 1)));

function filled() {
  const filter = createBloomFilter(COUNT);
  for (const id of ids) filter.add(id);
  return filter;
}

test('an id that was added is always found', () => {
  const filter = filled();
  expect(ids.every((id) => filter.mayHold(id))).toBe(true);
});

test('an id that was not is seldom found, though ids differ in their last digits only', () => {
  const filter = filled();
  expect(others.filter((id) => filter.mayHold(id)).length / others.length).toBeLessThan(0.0005);
});

test('ids that differ in the first digits only are told apart', () => {
  const filter = createBloomFilter(COUNT);
  for (let at = 0; at < COUNT; at += 1) filter.add(hashWords(at, 0, 0, 0));
  const found = Array.from({ length: COUNT }, (_item, at) => filter.mayHold(hashWords(COUNT + at, 0, 0, 0)));
  expect(found.filter(Boolean).length / COUNT).toBeLessThan(0.0005);
});

test('bytes give the same filter', () => {
  const again = bloomFilterOf(filled().toBytes());
  expect(ids.every((id) => again.mayHold(id))).toBe(true);
  expect(again.toBytes()).toEqual(filled().toBytes());
});

test('a filter without ids holds none', () => {
  expect(ids.some((id) => createBloomFilter(0).mayHold(id))).toBe(false);
});

test.each([
  ['nothing', new Uint8Array()],
  ['no block', Uint8Array.of(1, 0, 0, 0)],
  ['part of a block', new Uint8Array(4 + 60).fill(1, 0, 1)],
  ['another version', new Uint8Array(4 + 64).fill(2, 0, 1)],
])('%s is no filter', (_name, bytes) => {
  expect(() => bloomFilterOf(bytes)).toThrow(expect.objectContaining({ code: 'corrupt' }));
});
