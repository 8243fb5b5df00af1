import { expect, test } from 'vitest';
import { rateSeconds } from './rate-window.ts';

const last = { kind: 'last', seconds: 300 } as const;

test.each([
  ['traffic from before the window', last, 500, 300],
  ['two minutes of traffic', last, 880, 120],
  ['the first seconds', last, 995, 60],
  ['times from the future', last, 1200, 60],
  ['a window in the past', { kind: 'fixed', startS: 0, endS: 1000 } as const, 900, 1000],
] as const)('rates: %s', (_name, range, firstS, seconds) => {
  expect(rateSeconds(range, [{ StartTime: 999 }, { StartTime: firstS }, {}], 1000)).toBe(seconds);
});

test('without any service, the whole window', () => {
  expect(rateSeconds(last, [], 1000)).toBe(300);
});
