import { expect, test } from 'vitest';
import { outcomeOf } from './outcome.ts';

test.each([
  [{}, 'ok'],
  [{ error: true }, 'error'],
  [{ error: true, throttle: true }, 'throttle'],
  [{ error: true, throttle: true, fault: true }, 'fault'],
  [{ fault: true, in_progress: true }, 'pending'],
  [{ fault: false, error: false }, 'ok'],
] as const)('%o is %s', (flags, outcome) => {
  expect(outcomeOf(flags)).toBe(outcome);
});
