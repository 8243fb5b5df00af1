import { afterEach, expect, test } from 'vitest';
import { formatClock, formatDateTime, formatTimeInput, NO_VALUE, readTimeInput } from './format.ts';
import { onTimeZone, setTimeZone, timeZone } from './time-zone.ts';

const AT = 1_763_755_804.25;

afterEach(() => setTimeZone('local'));

test('in UTC, times are UTC everywhere, and are read as such', () => {
  setTimeZone('utc');
  expect([formatDateTime(AT), formatClock(AT), formatTimeInput(AT)]).toEqual([
    '2025-11-21 20:10:04.250',
    '20:10:04.250',
    '2025-11-21T20:10:04',
  ]);
  expect(readTimeInput('2025-11-21T20:10:04')).toBe(Math.floor(AT));
});

test.each(['local', 'utc'] as const)('%s: what a field shows is read back; no time is none', (zone) => {
  setTimeZone(zone);
  expect(readTimeInput(formatTimeInput(AT))).toBe(Math.floor(AT));
  expect(readTimeInput('')).toBeNaN();
  expect(formatDateTime(Number.NaN)).toBe(NO_VALUE);
});

test('whoever shows times is told of another choice', () => {
  const told: string[] = [];
  const stop = onTimeZone(() => told.push(timeZone()));
  setTimeZone('utc');
  stop();
  setTimeZone('local');
  expect(told).toEqual(['utc']);
});
