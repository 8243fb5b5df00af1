import { traceIdOf } from '@fluoroscope/store/conformance';
import { expect, test } from 'vitest';
import { createKnownRows } from './known-rows.ts';
import { RECENT_ROWS_MAX } from './limits.ts';
import { traceIdWord } from './trace-key.ts';

test('a row that was never added is new', () => {
  expect(createKnownRows().find(traceIdOf(1))).toBe('new');
});

test('a recent row is found with its last start, zero too', () => {
  const known = createKnownRows();
  known.add(traceIdOf(1), 5);
  known.add(traceIdOf(1), 0);
  expect(known.find(traceIdOf(1))).toBe(0);
});

test('a row is never taken for new once it was added, however many follow', () => {
  const known = createKnownRows();
  for (let number = 1; number <= RECENT_ROWS_MAX + 10; number += 1) known.add(traceIdOf(number), number);
  expect(known.find(traceIdOf(1))).toBe('unknown');
  expect(known.find(traceIdOf(RECENT_ROWS_MAX + 10))).toBe(RECENT_ROWS_MAX + 10);
});

test('an old row is unknown, and few others are', () => {
  const known = createKnownRows();
  for (let number = 1; number <= 1_000; number += 1) {
    known.addOld(traceIdWord(traceIdOf(number), 2), traceIdWord(traceIdOf(number), 3));
  }
  const found = Array.from({ length: 2_000 }, (_item, at) => known.find(traceIdOf(at + 1)));
  expect(found.slice(0, 1_000).every((place) => place === 'unknown')).toBe(true);
  expect(found.slice(1_000).filter((place) => place === 'unknown').length).toBeLessThan(10);
});
