import { expect, test } from 'vitest';
import { findService } from './find-service.ts';

const LONG = 'x'.repeat(5_000);

test.each<[string, string, string | null | undefined]>([
  ['a segment', '{"id":"1","name":"shop"}', 'shop'],
  ['spaces and a byte order mark', '\uFEFF {\n "name" : "shop" ,\n "id" : 1 }', 'shop'],
  ['a name as it would be stored', '{"name":"caf\\u00e9 <b>"}', 'café b'],
  ['a subsegment', '{"name":"DynamoDB","type":"subsegment"}', null],
  ['a type that means nothing', '{"name":"shop","type":"segment"}', 'shop'],
  ['names within', '{"metadata":{"name":"a"},"subsegments":[{"name":"b","type":"subsegment"}],"name":"shop"}', 'shop'],
  ['brackets in strings', '{"metadata":{"d":"}\\"}"},"name":"shop"}', 'shop'],
  ['a type that is told elsewhere', '{"name":"shop","metadata":{"a":"subsegment"}}', 'shop'],
  ['a segment longer than what is read', `{"name":"shop","metadata":{"d":"${LONG}"}}`, 'shop'],
  ['what may be a subsegment', `{"name":"shop","metadata":{"d":"${LONG}"},"type":"subsegment"}`, undefined],
  ['a name that comes late', `{"metadata":{"d":"${LONG}"},"name":"shop"}`, undefined],
  ['a text without end', `{"name":"shop","metadata":{"d":"${LONG.repeat(220)}"}}`, undefined],
  ['no name', '{"id":"1"}', undefined],
  ['a name that is no text', '{"name":7}', undefined],
  ['a name of nothing', '{"name":"<>"}', undefined],
  ['a name with a bad escape', '{"name":"\\x"}', undefined],
  ['an array', '[{"name":"shop"}]', undefined],
  ['no JSON', 'hello', undefined],
  ['nothing', '', undefined],
])('%s', (_name, text, service) => {
  expect(findService(text)).toBe(service);
});
