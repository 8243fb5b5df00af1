import { expect, test } from 'vitest';
import { ANALYTICS_PLACE, MAP_PLACE, TRACES_PLACE, tracePlace } from './place.ts';
import { readXrayLink } from './xray-link.ts';

const ID = '1-5759e988-bd862e3fe1be46a994272793';
const NOON = Date.UTC(2026, 0, 2, 12) / 1000;

test.each([
  ['#/welcome', MAP_PLACE],
  ['#/getting-started', MAP_PLACE],
  ['#/service-map', MAP_PLACE],
  ['#/service-map?timeRange=PT1H', { ...MAP_PLACE, range: { kind: 'last', seconds: 3600 } }],
  ['#/service-map?timeRange=PT0S', MAP_PLACE],
  ['#/service-map?timeRange=PT12H', { ...MAP_PLACE, range: { kind: 'last', seconds: 21_600 } }],
  [
    '#/traces?timeRange=PT15M&filter=service(%22a%26b%22)%20AND%20fault',
    { ...TRACES_PLACE, range: { kind: 'last', seconds: 900 }, filter: 'service("a&b") AND fault' },
  ],
  [
    '#/traces?timeRange=2026-01-02T11:00:00Z~2026-01-02T12:00:00Z',
    { ...TRACES_PLACE, range: { kind: 'fixed', startS: NOON - 3600, endS: NOON } },
  ],
  [
    '#/traces?timeRange=2026-01-01T12:00:00~2026-01-02T12:00:00',
    { ...TRACES_PLACE, range: { kind: 'fixed', startS: NOON - 21_600, endS: NOON } },
  ],
  ['#/traces?timeRange=yesterday', TRACES_PLACE],
  ['#/analytics?filter=fault', { ...ANALYTICS_PLACE, within: 'fault' }],
  [`#/traces/${ID}`, tracePlace(ID)],
  [`#/traces/${ID}/raw`, { ...tracePlace(ID), view: 'raw' }],
  ['#/traces/none', null],
  ['#main', null],
  ['', null],
])('%s', (hash, place) => {
  expect(readXrayLink(hash)).toEqual(place);
});
