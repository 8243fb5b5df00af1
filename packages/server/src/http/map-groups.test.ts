import { expect, test } from 'vitest';
import { readBoxGroups } from './map-groups.ts';

const selector = (name: string | null, type: string | null = null) => ({ name, type, accountId: null });

test.each([
  ['service("cart")', [selector('cart')]],
  ['service("cart") { fault } OR service("order")', [selector('cart'), selector('order')]],
  ['service("cart") AND (duration > 2 OR service(order))', [selector('cart'), selector('order')]],
  ['service(id(name: "cart", type: "AWS::SQS::Queue"))', [selector('cart', 'AWS::SQS::Queue')]],
  ['service("cart") AND !service("order")', [selector('cart')]],
  ['!(service("cart") OR service("order"))', null],
  ['edge("cart", "order")', null],
  ['service() { fault }', null],
  ['group.name = "other"', null],
  ['fault AND', null],
  ['', null],
])('%s names %j', (FilterExpression, services) => {
  const found = readBoxGroups({ list: () => [{ GroupName: 'one', FilterExpression }] });
  expect(found).toEqual(services === null ? [] : [{ name: 'one', services }]);
});

test('groups come by name, however they were made; the Default group is none', () => {
  const made = ['b', 'a', 'C'].map((GroupName) => ({ GroupName, FilterExpression: 'service("cart")' }));
  const names = readBoxGroups({ list: () => [{ GroupName: 'Default' }, ...made] }).map(({ name }) => name);
  expect(names).toEqual(['C', 'a', 'b']);
});
