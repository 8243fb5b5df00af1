import { expect, test } from 'vitest';
import { encodeAssignment, encodeSubscription, readAssignment, sharePartitions } from './group-bytes.ts';

test('an assignment is read as it was written, for its topic alone', () => {
  const bytes = encodeAssignment('träces', [0, 5, 300]);
  expect(readAssignment(bytes, 'träces')).toEqual([0, 5, 300]);
  expect(readAssignment(bytes, 'others')).toEqual([]);
  expect(readAssignment(new Uint8Array(0), 'träces')).toEqual([]);
});

test("a subscription has the layout that Kafka's tools read", () => {
  expect(Buffer.from(encodeSubscription('ab')).toString('hex')).toBe('00000000000100026162ffffffff');
});

test.each([
  [['b', 'a'], 5, { a: [0, 2, 4], b: [1, 3] }],
  [['only'], 3, { only: [0, 1, 2] }],
  [['a', 'b', 'c'], 2, { a: [0], b: [1], c: [] }],
])('%j share %i partitions', (members, count, shares) => {
  expect(Object.fromEntries(sharePartitions(members, count))).toEqual(shares);
});
