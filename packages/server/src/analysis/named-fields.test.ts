import { readFilter } from '@fluoroscope/query';
import { expect, test } from 'vitest';
import { namedFields } from './named-fields.ts';

test.each([
  ['', [], []],
  ['fault', ['outcome', 'status'], []],
  ['responsetime > 1', ['duration', 'responsetime'], []],
  ['!(annotation.tier = "gold") OR user = "ann"', ['annotation.tier', 'user'], []],
  ['service("payment") { fault }', [], ['payment']],
  ['edge("shop", "bank")', [], ['bank', 'shop']],
  ['rootcause.fault.service { name = "bank" }', ['outcome', 'status'], []],
])('%s is about %j and the services %j', (filter, fields, services) => {
  const plan = readFilter(filter, null);
  if (!plan.ok) throw new Error(plan.problem.code);
  const named = namedFields([plan.value]);
  expect([...named.fields].toSorted()).toEqual(fields);
  expect([...named.services].toSorted()).toEqual(services);
});
