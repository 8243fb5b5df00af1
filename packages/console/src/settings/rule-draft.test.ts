import { expect, test } from 'vitest';
import { changedTags } from './pairs.ts';
import { draftOf, EMPTY_RULE, ruleOf, updateOf } from './rule-draft.ts';

test.each([
  [{}],
  [{ rate: '5.1', priority: '7', attributes: [{ id: 0, key: 'tier', value: 'gold' }] }],
  [{ boostRate: '50', boostCooldown: '3' }],
])('a draft with %j makes a rule that reads as the same draft', (changed) => {
  const draft = { ...EMPTY_RULE, name: 'pay', ...changed };
  expect(draftOf(ruleOf(draft))).toEqual(draft);
});

test('a share is exact, and what is no number is not made one', () => {
  expect(ruleOf({ ...EMPTY_RULE, rate: '5.1' }).FixedRate).toBe(0.051);
  expect(JSON.stringify(ruleOf({ ...EMPTY_RULE, priority: 'x', reservoir: '' }))).toContain(
    '"Priority":null,"ReservoirSize":null',
  );
});

test('of the Default rule two members are sent', () => {
  expect(updateOf({ ...EMPTY_RULE, name: 'Default' }, true)).toEqual({
    RuleName: 'Default',
    FixedRate: 0.05,
    ReservoirSize: 1,
  });
});

test('tags: what is new, what has another value, and what has gone', () => {
  const tag = (Key: string, Value = '1') => ({ Key, Value });
  expect(changedTags([tag('a'), tag('b'), tag('c')], [tag('a'), tag('b', '2'), tag('d')])).toEqual({
    added: [tag('b', '2'), tag('d')],
    removed: ['c'],
  });
});
