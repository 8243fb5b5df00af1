import { expect, test } from 'vitest';
import { logGroupsOf } from './log-groups.ts';

const ARN = 'arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/shop:*';

test.each([
  ['a name alone', [{ log_group: '/ecs/shop' }], [{ name: '/ecs/shop', arn: null }]],
  ['an ARN alone', [{ arn: ARN }], [{ name: '/ecs/shop', arn: ARN }]],
  ['both, told twice', [1, 2].map(() => ({ log_group: 'shop', arn: ARN })), [{ name: 'shop', arn: ARN }]],
  ['what is none', ['shop', {}, null, { log_group: 7 }], []],
  ['no list', { log_group: 'shop' }, []],
  ['nothing', undefined, []],
])('%s', (_case, value, groups) => {
  expect(logGroupsOf(value)).toEqual(groups);
});
