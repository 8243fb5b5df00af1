import { expect, test } from 'vitest';
import { refusedField } from './refusal.ts';

const FIELDS = ['Priority', 'FilterExpression', 'NotificationsEnabled', 'Attributes', 'scopes'];

test.each([
  ['SamplingRule.Priority must be from 1 to 9999', 'Priority'],
  ['SamplingRuleUpdate.Priority: Invalid input', 'Priority'],
  ['FilterExpression: column 3: expected a value', 'FilterExpression'],
  ['InsightsConfiguration.NotificationsEnabled needs InsightsEnabled to be true', 'NotificationsEnabled'],
  ['SamplingRule.Attributes.tier: too long', 'Attributes'],
  ['SamplingRule.Attributes.Priority: too long', 'Attributes'],
  ['scopes[0]: Invalid option', 'scopes'],
  ['there are 25 groups already; no more can be made', null],
  ['', null],
])('%s', (sentence, field) => {
  expect(refusedField(sentence, FIELDS)).toBe(field);
});
