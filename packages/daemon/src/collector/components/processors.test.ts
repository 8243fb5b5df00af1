import { expect, test } from 'vitest';
import { memoryTotal } from './processors.ts';

test.each([
  ['a container may have less than its machine has', 64, 2, 2],
  ['none has a limit', 64, 0, 64],
  ['a limit beyond the machine is none', 64, 2 ** 64, 64],
])('%s', (_name, machine, container, expected) => {
  expect(memoryTotal(machine, container)).toBe(expected);
});
