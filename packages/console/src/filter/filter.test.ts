import { afterEach, expect, test, vi } from 'vitest';
import { andFilter, printCondition } from './builder.ts';
import { offersAt, type Words } from './complete.ts';
import { forgetFilter, recentFilters, rememberFilter, saveFilter, savedFilters } from './kept-filters.ts';
import { tokensOf } from './tokens.ts';

const WORDS: Words = {
  services: [
    { name: 'cart', type: 'AWS::ECS::Container' },
    { name: 'a "b"', type: null },
  ],
  annotations: [
    { key: 'tier', values: ['gold', 'silver'] },
    { key: 'order.id', values: [7] },
  ],
  texts: {
    'http.url': ['https://shop.test/'],
    'http.method': ['GET'],
    'http.status': ['200', '500'],
    'http.clientip': [],
    'http.useragent': [],
    user: ['ann'],
    availabilityzone: [],
    'instance.id': [],
    'resource.arn': [],
  },
};

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['service("a") AND fault', 'function:service sign:( text:"a" sign:) logic:AND keyword:fault'],
  ['http.status>=5e2 !x', 'keyword:http.status operator:>= number:5e2 sign:! word:x'],
  ['user CONTAINS "a\\" b', 'keyword:user operator:CONTAINS text:"a\\" b'],
  ['annotation[k] = ü', 'function:annotation sign:[ word:k sign:] operator:= unknown:ü'],
])('%s is told apart', (expression, kinds) => {
  const tokens = tokensOf(expression);
  expect(tokens.map(({ kind, text }) => `${kind}:${text}`).join(' ')).toBe(kinds);
  expect(tokens.map(({ from, to }) => expression.slice(from, to))).toEqual(tokens.map(({ text }) => text));
});

// The cursor is at `|`; expected: what would be written from where, of the first offers.
test.each([
  ['|', 'service("|")', 0],
  ['fa|', 'service("|")', 0],
  ['service(|', '"cart"', 8],
  ['service("ca|', '"cart"', 8],
  ['service("ca|")', '"cart"', 8],
  ['edge("cart", |', '"cart"', 13],
  ['service(id(name: |', '"cart"', 17],
  ['service("cart") |', 'AND ', 16],
  ['service("cart") { |', 'service("|")', 18],
  ['http.status |', '>= ', 12],
  ['http.status = |', '200', 14],
  ['http.url = |', '"https://shop.test/"', 11],
  ['user = "a|', '"ann"', 7],
  ['fault = |', 'true', 8],
  ['annotation.|', 'annotation.tier ', 0],
  ['annotation.tier = |', '"gold"', 18],
  ['annotation[order.id] = |', '7', 23],
  ['annotation[order.id] |', '>= ', 21],
  ['responsetime > 2 |', 'AND ', 17],
  ['fault AND |', 'service("|")', 10],
])('%s', (marked, insert, from) => {
  const found = offersAt(marked.replace('|', ''), marked.indexOf('|'), WORDS);
  expect([found?.offers[0]?.insert, found?.from]).toEqual([insert, from]);
});

test('a key that needs brackets gets them, a name with quotes is escaped, a closing quote is taken along', () => {
  expect(offersAt('annotation.o', 12, WORDS)?.offers.map(({ insert }) => insert)).toContain('annotation[order.id] ');
  expect(offersAt('service(', 8, WORDS)?.offers.map(({ insert }) => insert)).toContain('"a \\"b\\""');
  expect(offersAt('service("ca")', 11, WORDS)?.to).toBe(12);
});

test.each([
  ['service', '=', 'a"b', 'text', 'service("a\\"b")'],
  ['service', '!=', 'cart', 'text', '!service("cart")'],
  ['fault', '=', 'true', 'boolean', 'fault'],
  ['fault', '!=', 'true', 'boolean', '!fault'],
  ['fault', '=', 'false', 'boolean', '!fault'],
  ['responsetime', '>=', '1e30', 'number', 'responsetime >= 1e30'],
  ['responsetime', '>=', 'slow', 'number', ''],
  ['http.url', 'CONTAINS', '/cart', 'text', 'http.url CONTAINS "/cart"'],
  ['annotation.order.id', '=', '7', 'number', 'annotation[order.id] = 7'],
  ['annotation.bad]key', '=', '7', 'number', ''],
  ['user', '=', ' ', 'text', ''],
] as const)('%s %s %s (%s) is %s', (field, operator, value, type, expression) => {
  expect(printCondition({ field, operator, value }, type)).toBe(expression);
});

test.each([
  ['', 'fault', 'fault'],
  ['ok', 'fault', 'ok AND fault'],
  ['ok OR error', 'fault', '(ok OR error) AND fault'],
  ['service("a or b")', 'ok or error', 'service("a or b") AND (ok or error)'],
  ['service { ok OR error }', 'fault', 'service { ok OR error } AND fault'],
])('%s and %s', (filter, term, both) => {
  expect(andFilter(filter, term)).toBe(both);
});

test('filters are kept by name and by when they were used; without storage nothing breaks', () => {
  expect([recentFilters(), saveFilter({ name: 'a', filter: 'ok' })]).toEqual([[], false]);
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  for (let at = 0; at < 20; at += 1) rememberFilter(`duration > ${at}`);
  rememberFilter('duration > 15');
  expect(recentFilters().slice(0, 2)).toEqual(['duration > 15', 'duration > 19']);
  expect(recentFilters()).toHaveLength(8);
  saveFilter({ name: 'b', filter: 'ok' });
  saveFilter({ name: 'a', filter: 'error' });
  saveFilter({ name: 'b', filter: 'fault' });
  expect(savedFilters()).toEqual([
    { name: 'a', filter: 'error' },
    { name: 'b', filter: 'fault' },
  ]);
  forgetFilter('a');
  expect(savedFilters()).toHaveLength(1);
  kept.set('fluoroscope-saved-filters', '{"not":"a list"}');
  expect(savedFilters()).toEqual([]);
});
