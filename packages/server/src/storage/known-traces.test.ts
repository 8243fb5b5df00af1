import { parseTraceId, type TraceId } from '@fluoroscope/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKnownTraces } from './known-traces.ts';

const hexDigit = fc.integer({ min: 0, max: 15 }).map((digit) => digit.toString(16));
const traceId: fc.Arbitrary<TraceId> = fc
  .string({ unit: hexDigit, minLength: 32, maxLength: 32 })
  .map(parseTraceId)
  .filter((id) => id.ok)
  .map((id) => id.value);

test('what was added may always be known', () => {
  const property = fc.property(fc.array(traceId, { maxLength: 50 }), (ids) => {
    const known = createKnownTraces();
    known.filled();
    for (const id of ids) known.add(id);
    return ids.every((id) => known.mayKnow(id));
  });
  fc.assert(property, { seed: 7, numRuns: 20 });
});

test('before it is filled everything may be known; afterwards hardly anything that was not added', () => {
  const known = createKnownTraces();
  const [some, others] = [
    fc.sample(traceId, { seed: 1, numRuns: 5_000 }),
    fc.sample(traceId, { seed: 2, numRuns: 5_000 }),
  ] as const;
  for (const id of some) known.add(id);
  expect(others.every((id) => known.mayKnow(id))).toBe(true);
  known.filled();
  expect(others.filter((id) => known.mayKnow(id)).length).toBeLessThan(50);
});
