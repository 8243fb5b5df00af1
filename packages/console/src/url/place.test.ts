import { expect, test } from 'vitest';
import { ANALYTICS_PLACE, MAP_PLACE, type Place, printPlace, readPlace, tracePlace, TRACES_PLACE } from './place.ts';
import { DEFAULT_RANGE, printRange, readRange, windowOf } from './range.ts';
import { printTableSort, readTableSort } from './trace-place.ts';

const TRACE_ID = '1-5759e988-bd862e3fe1be46a994272793';
const HOSTILE = JSON.stringify(['a~b"&=#%/?', 'AWS::SQS::Queue', null]);

const places: readonly Place[] = [
  MAP_PLACE,
  { ...MAP_PLACE, range: { kind: 'fixed', startS: 1000.5, endS: 2000 }, view: 'list' },
  { ...MAP_PLACE, selected: { kind: 'node', key: HOSTILE }, group: 'a&b = "ü"' },
  { ...MAP_PLACE, selected: { kind: 'edge', from: HOSTILE, to: '["b",null,null]' } },
  {
    ...MAP_PLACE,
    by: 'type',
    open: ['AWS::SNS', HOSTILE],
    weigh: 'errors',
    sizing: 'traffic',
    latency: 'p99',
    isolated: false,
  },
  { ...MAP_PLACE, focus: { key: HOSTILE, hops: Number.POSITIVE_INFINITY, way: 'callees' }, against: { kind: 'week' } },
  { ...MAP_PLACE, account: '123456789012' },
  { ...MAP_PLACE, view: 'list', sort: 'p95.desc' },
  { ...MAP_PLACE, selected: { kind: 'node', key: 'a', chosen: { outcomes: ['error', 'fault'], band: null } } },
  {
    ...MAP_PLACE,
    selected: { kind: 'edge', from: 'a', to: 'b', chosen: { outcomes: [], band: { fromS: 0.000_000_1, toS: 0.25 } } },
  },
  { ...MAP_PLACE, focus: { key: 'a', hops: 2, way: 'both' }, against: { kind: 'fixed', startS: 1, endS: 2 } },
  { ...MAP_PLACE, range: { kind: 'fixed', startS: 1000, endS: 2000 }, replay: { atS: 1990, stepS: 10 } },
  { ...TRACES_PLACE, filter: 'service("a&b") AND http.url CONTAINS "?x=1#"', sort: 'response', descending: false },
  { ...TRACES_PLACE, by: 'annotation.a&b = "c"' },
  { ...TRACES_PLACE, by: 'service', groupSort: 'p99.asc', chart: 'times' },
  { ...TRACES_PLACE, filter: 'fault', tail: true },
  { ...TRACES_PLACE, columns: 'url,annotation.a%2Cb', sort: 'annotation.order.id', descending: false },
  tracePlace(TRACE_ID),
  { ...tracePlace(TRACE_ID), row: 'ab12', tab: 'exceptions', view: 'raw' },
  { ...tracePlace(TRACE_ID), zoom: '5~9', find: 'a&b=c', clocks: 'recorded', view: 'flame', linked: true },
  { ...tracePlace(TRACE_ID), grouped: true },
  { ...tracePlace(TRACE_ID), view: 'flame', flame: 'shop\u0001/a&b=c', critical: false },
  { ...tracePlace(TRACE_ID), view: 'spans', sort: 'self.desc', onlyFailed: true },
  { ...tracePlace(TRACE_ID), view: 'statistics', sort: 'count.asc', by: 'service' },
  ANALYTICS_PLACE,
  { ...ANALYTICS_PLACE, within: 'ok', a: { filter: 'user = "a&b#"', time: null }, b: { filter: '', time: null } },
  { ...ANALYTICS_PLACE, a: { filter: '', time: { startS: 1, endS: 2.5 } } },
  { ...ANALYTICS_PLACE, totals: true, causes: 'fault' },
  { ...ANALYTICS_PLACE, b: { filter: 'fault', time: { startS: 1, endS: 2 } } },
  { page: 'compare', a: TRACE_ID, b: '1-5759e988-000000000000000000000001' },
  { page: 'compare', a: TRACE_ID, b: '1-5759e988-000000000000000000000001', onlyChanged: true },
];

test.each(places)('%j comes back from its link', (place) => {
  const url = new URL(printPlace(place), 'http://console.test');
  expect(readPlace(url.pathname, url.search)).toEqual(place);
});

test.each([
  ['/', MAP_PLACE],
  ['/map/', MAP_PLACE],
  ['/traces/5759E988bd862e3fe1be46a994272793', tracePlace(TRACE_ID)],
  ['/traces/e1be46a994272793', tracePlace('1-00000000-00000000e1be46a994272793')],
  ['/traces/1-0-0', { page: 'missing', path: '/traces/1-0-0' }],
  [`/traces/${TRACE_ID}/compare/x`, { page: 'missing', path: `/traces/${TRACE_ID}/compare/x` }],
  [`/traces/${TRACE_ID}/other`, { page: 'missing', path: `/traces/${TRACE_ID}/other` }],
  ['/other', { page: 'missing', path: '/other' }],
])('%s opens its page', (path, place) => {
  expect(readPlace(path, '')).toEqual(place);
});

test.each([
  '?at=5&step=1',
  '?by=colour&open=a',
  '?focus',
  '?vs=~',
  '?node',
  '?outcomes=fault&band=1~2',
  '?caller=a',
  '?callee=x',
  '?range=99h&v=7',
  '?range=2~1',
])('a broken link opens the map: %s', (search) => {
  expect(readPlace('/map', search)).toMatchObject({
    page: 'map',
    range: DEFAULT_RANGE,
    replay: null,
    by: null,
    against: null,
  });
});

test.each(['60s', '5m', '6h', '10.5~20'])('range %s is read and printed alike', (text) => {
  expect(readRange(printRange(readRange(text)))).toEqual(readRange(text));
});

test('a sliding window takes in the segment that has just come', () => {
  const window = windowOf({ kind: 'last', seconds: 60 }, 1000);
  expect(window.startS).toBe(940);
  expect(window.endS).toBeGreaterThan(1000);
});

test("a table's order that it does not know is its usual one", () => {
  const usual = { column: 'b', descending: true } as const;
  expect(readTableSort('a.asc', ['a', 'b'], usual)).toEqual({ column: 'a', descending: false });
  expect(readTableSort(printTableSort(usual), ['a', 'b'], { column: 'a', descending: false })).toEqual(usual);
  for (const text of ['', 'c.asc', '.desc']) expect(readTableSort(text, ['a', 'b'], usual)).toEqual(usual);
});
