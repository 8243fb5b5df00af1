import { expect, test } from 'vitest';
import { CONDITION_CASES, CONDITION_ROWS } from './conformance/condition-cases.ts';
import { traceIdOf } from './conformance/samples.ts';
import { matchesCondition } from './matches-condition.ts';

test.for(CONDITION_CASES)('%s', ([_name, condition, expected]) => {
  const matching = CONDITION_ROWS.filter((row) => matchesCondition(row, condition));
  expect(matching.map(({ traceId }) => traceId)).toEqual(expected.map(traceIdOf));
});
