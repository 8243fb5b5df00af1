import { expect, test } from 'vitest';
import { readFilter } from './filter.ts';
import { printFilterProblem } from './problem.ts';

const GROUPS: Readonly<Record<string, string | null>> = {
  slow: 'duration > 2',
  all: null,
  of: 'group.name = "slow" OR fault',
  loop: 'ok OR group.name = "pool"',
  pool: '!group.name = "loop"',
  broken: 'ok AND falt',
  torn: 'ok AND',
  large: Array.from({ length: 1_000 }, () => 'ok').join(' '),
  a: 'group.name = "b"',
  b: 'group.name = "c"',
  c: 'group.name = "d"',
  d: 'group.name = "e"',
  e: 'ok',
};

test.each([
  ['group.name = "slow"', 'duration > 2'],
  ['group.name != "slow"', '!duration > 2'],
  ['group.name = "slow" AND user = "ann"', 'duration > 2 AND user = "ann"'],
  ['group.arn = "arn:slow"', 'duration > 2'],
  ['group.name = "of"', 'duration > 2 OR fault'],
  ['ok OR group.name = "all"', 'ok OR group.name = "all"'],
  ['group.name = "b"', 'ok'],
])('%s asks for %s', (text, same) => {
  const plan = readFilter(text, find);
  const expected = readFilter(same, find);
  expect(plan.ok && plan.value.condition).toEqual(expected.ok && expected.value.condition);
  expect(plan).toMatchObject({ ok: true, value: { reasons: [] } });
});

test.each([
  ['ok AND group.name = "none"', 'column 8: there is no group "none"'],
  ['group.name = "loop"', 'the expression of the group "loop" leads back to the group, or through too many others'],
  ['group.name = "a"', 'the expression of the group "e" leads back to the group, or through too many others'],
  ['group.name = "broken"', '"broken" cannot be used: column 8: unknown keyword "falt"; did you mean "fault"?'],
  ['group.name = "torn"', '"torn" cannot be used: column 7: expected a condition after "AND", found the end'],
  [Array.from({ length: 5 }, () => 'group.name = "large"').join(' OR '), 'there are more than 4096 conditions'],
  ['service{group.name = "slow"}', 'group.name cannot be used inside service{…}'],
])('%s is refused: %s', (text, expected) => {
  const plan = readFilter(text, find);
  expect(plan.ok || printFilterProblem(text, plan.problem)).toContain(expected);
});

function find(by: 'name' | 'arn', group: string): string | null | undefined {
  return GROUPS[by === 'arn' ? group.replace('arn:', '') : group];
}
