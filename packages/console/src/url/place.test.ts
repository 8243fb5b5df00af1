import { expect, test } from 'vitest';
import { MAP_PLACE, type Place, printPlace, readPlace, tracePlace, TRACES_PLACE } from './place.ts';
import { DEFAULT_RANGE, printRange, readRange, windowOf } from './range.ts';

const TRACE_ID = '1-5759e988-bd862e3fe1be46a994272793';
const HOSTILE = JSON.stringify(['a~b"&=#%/?', 'AWS::SQS::Queue', null]);

const places: readonly Place[] = [
  MAP_PLACE,
  { ...MAP_PLACE, range: { kind: 'fixed', startS: 1000.5, endS: 2000 }, view: 'list' },
  { ...MAP_PLACE, selected: { kind: 'node', key: HOSTILE } },
  { ...MAP_PLACE, selected: { kind: 'edge', from: HOSTILE, to: '["b",null,null]' } },
  { ...TRACES_PLACE, filter: 'service("a&b") AND http.url CONTAINS "?x=1#"', sort: 'response', descending: false },
  tracePlace(TRACE_ID),
  { ...tracePlace(TRACE_ID), row: 'ab12', tab: 'exceptions', view: 'raw' },
];

test.each(places)('%j comes back from its link', (place) => {
  const url = new URL(printPlace(place), 'http://console.test');
  expect(readPlace(url.pathname, url.search)).toEqual(place);
});

test.each([
  ['/', MAP_PLACE],
  ['/map/', MAP_PLACE],
  ['/traces/5759E988bd862e3fe1be46a994272793', tracePlace(TRACE_ID)],
  ['/traces/1-0-0', { page: 'missing', path: '/traces/1-0-0' }],
  ['/other', { page: 'missing', path: '/other' }],
])('%s opens its page', (path, place) => {
  expect(readPlace(path, '')).toEqual(place);
});

test.each(['?node', '?caller=a', '?callee=x', '?range=99h&v=7', '?range=2~1'])(
  'a broken link opens the map: %s',
  (search) => {
    expect(readPlace('/map', search)).toMatchObject({ page: 'map', range: DEFAULT_RANGE });
  },
);

test.each(['60s', '5m', '6h', '10.5~20'])('range %s is read and printed alike', (text) => {
  expect(readRange(printRange(readRange(text)))).toEqual(readRange(text));
});

test('a sliding window takes in the segment that has just come', () => {
  const window = windowOf({ kind: 'last', seconds: 60 }, 1000);
  expect(window.startS).toBe(940);
  expect(window.endS).toBeGreaterThan(1000);
});
