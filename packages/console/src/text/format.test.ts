import { expect, test } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatCountOf,
  formatDuration,
  formatRate,
  formatShare,
  formatTick,
} from './format.ts';

const plain = (text: string) => text.replaceAll('\u2009', ' ');

test.each([
  [0, '0 ms'],
  [0.000_000_5, '0.50 µs'],
  [0.000_41, '410 µs'],
  [0.000_999_9, '1.00 ms'],
  [0.0123, '12.3 ms'],
  [0.9994, '999 ms'],
  [0.9996, '1.00 s'],
  [59.94, '59.9 s'],
  [59.96, '1 m 00 s'],
  [3599.6, '1 h 00 m'],
  [-1, '0 ms'],
  [undefined, '–'],
  [Number.NaN, '–'],
])('duration %s reads %s', (seconds, text) => {
  expect(plain(formatDuration(seconds))).toBe(text);
});

test.each([
  [0, 60, '0/min'],
  [5, 300, '1.0/min'],
  [1, 6000, '<0.1/min'],
  [599, 60, '599/min'],
  [1900, 60, '1,900/min'],
  [9000, 60, '150/s'],
  [90_000, 60, '1.50k/s'],
  [5, 0, '0/min'],
])('rate of %s in %s s reads %s', (count, windowS, text) => {
  expect(formatRate(count, windowS)).toBe(text);
});

test.each([
  [0, '0 %'],
  [0.0001, '<0.1 %'],
  [0.034, '3.4 %'],
  [0.5, '50 %'],
  [0.999, '99 %'],
  [1, '100 %'],
])('share %s reads %s: only all is 100 %%', (share, text) => {
  expect(plain(formatShare(share))).toBe(text);
});

test.each([
  [0.2, 'now'],
  [59.9, '59 s ago'],
  [60, '1 m ago'],
  [7200, '2 h ago'],
  [-5, 'now'],
])('age %s reads %s', (seconds, text) => {
  expect(plain(formatAge(seconds))).toBe(text);
});

test('counts and bytes grow units', () => {
  expect([formatCount(9999), formatCount(10_000), formatCount(1_500_000)]).toEqual(['9,999', '10.0k', '1.50M']);
  expect([0, 1, 12_000].map((count) => formatCountOf(count, 'row'))).toEqual(['0 rows', '1 row', '12.0k rows']);
  expect([formatBytes(999), formatBytes(48_230_400)].map(plain)).toEqual(['999 B', '48.2 MB']);
});

test.each([
  [0.001, '1 ms'],
  [0.01, '10 ms'],
  [0.1, '100 ms'],
  [1, '1 s'],
  [0.0005, '500 µs'],
  [1.5, '1.5 s'],
  [60, '1 m 00 s'],
])('tick %s reads %s', (seconds, text) => {
  expect(formatTick(seconds).replaceAll('\u2009', ' ')).toBe(text);
});
