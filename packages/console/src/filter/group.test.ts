import { expect, test } from 'vitest';
import { splitGroup, withGroup } from './group.ts';

test.each([
  ['', null, ''],
  ['fault', null, 'fault'],
  ['group.name = "shop"', 'shop', ''],
  ['group.name="a \\"b\\" c" AND fault', 'a "b" c', 'fault'],
  ['group.name = "shop" and (fault OR error)', 'shop', 'fault OR error'],
  ['group.name = "shop" AND (fault) AND (error)', 'shop', '(fault) AND (error)'],
  ['group.name = "shop" AND (fault OR ok) AND (error OR ok)', 'shop', '(fault OR ok) AND (error OR ok)'],
  ['group.name = "shop" OR fault', null, 'group.name = "shop" OR fault'],
  ['group.name = "shop" AND fault OR error', null, 'group.name = "shop" AND fault OR error'],
  ['group.name = "shop', null, 'group.name = "shop'],
  ['group.name = "shop" AND', null, 'group.name = "shop" AND'],
])('%s is of group %s', (filter, group, rest) => {
  expect(splitGroup(filter)).toEqual({ group, rest });
});

test.each(['', 'fault', 'fault OR error', '(fault OR error) AND ok', 'user = "a OR b"'])(
  'a group is put before %j, changed, and taken away again',
  (filter) => {
    const first = withGroup(filter, 'a "quoted" \\ one');
    expect(splitGroup(first)).toEqual({ group: 'a "quoted" \\ one', rest: filter });
    expect(withGroup(withGroup(first, 'other'), null)).toBe(filter);
  },
);
