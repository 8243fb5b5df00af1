import { expect, test } from 'vitest';
import { findGap, sortOut } from './recover.ts';

/** `1-8` for a slice of these orders; other names as they are. */
function nameOf(text: string): string {
  const [, first, last] = /^(\d+)-(\d+)(.*)$/.exec(text) ?? [];
  if (first === undefined || last === undefined) return text;
  return text.replace(`${first}-${last}`, `${first.padStart(10, '0')}-${last.padStart(10, '0')}.duckdb`);
}

test.each<[string, string, number, string, string]>([
  ['nothing', '', 0, '', ''],
  ['slices in order', '2-2 1-1 3-9', 0, '1-1 2-2 3-9', ''],
  ['what was merged', '1-1 2-2 3-3 1-3 4-4', 0, '1-3 4-4', '1-1 2-2 3-3'],
  ['what was merged twice', '1-4 1-8 5-6', 0, '1-8', '1-4 5-6'],
  ['what was let go', '1-4 5-5 6-6', 5, '6-6', '1-4 5-5'],
  ['what is unfinished', '1-1 2-2.new 2-2.new.wal', 0, '1-1', '2-2.new 2-2.new.wal'],
  ['files of others are left', 'store.duckdb store.duckdb.wal notes.txt 1-1', 0, '1-1', ''],
])('%s', (_name, files, droppedThroughOrder, kept, leftovers) => {
  const names = (text: string): string[] => text.split(' ').filter(Boolean).map(nameOf);
  const sorted = sortOut(names(files), droppedThroughOrder);
  expect(sorted.ranges.map(({ firstOrder, lastOrder }) => `${firstOrder}-${lastOrder}`).join(' ')).toBe(kept);
  expect([...sorted.leftovers].sort()).toEqual(names(leftovers).sort());
});

test.each<[string, number, string | null]>([
  ['', 0, null],
  ['1-1 2-9 10-10', 0, null],
  ['5-5 6-6', 4, null],
  ['1-1 3-3', 0, 'the slice of order 2 is missing, 0000000003-0000000003.duckdb follows'],
  ['5-5', 0, 'the slice of order 1 is missing, 0000000005-0000000005.duckdb follows'],
  ['1-3 2-4', 0, '0000000002-0000000004.duckdb overlaps the one before it'],
])('gaps of [%s] behind %i', (files, droppedThroughOrder, gap) => {
  const { ranges } = sortOut(files.split(' ').filter(Boolean).map(nameOf), droppedThroughOrder);
  expect(findGap(ranges, droppedThroughOrder)).toBe(gap);
});
