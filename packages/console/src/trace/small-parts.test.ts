import { expect, test } from 'vitest';
import { annotationFilter } from './annotation-filter.ts';
import { readDocument } from './entity.ts';
import { linksOf } from './links.ts';
import { otlpJson } from './otlp-json.ts';
import { drawOverview } from './overview-grid.ts';
import { formatSql } from './sql-format.ts';
import { timeTicks } from './ticks.ts';
import { fitWindow, panWindow, printWindow, readWindow, zoomWindow } from './time-window.ts';

test.each([
  [
    'select a, b from t where x = ? and y in (1, 2) order by a',
    'select a, b\nfrom t\nwhere x = ?\n  and y in (1, 2)\norder by a',
  ],
  ['SELECT \'from where\' FROM "and"', 'SELECT \'from where\'\nFROM "and"'],
  ['SELECT * FROM a LEFT JOIN b ON a.x=b.x', 'SELECT *\nFROM a\nLEFT JOIN b\n  ON a.x=b.x'],
  ['INSERT INTO t (a, b) VALUES (1, 2)', 'INSERT INTO t (a, b)\nVALUES (1, 2)'],
  ['SELECT x FROM (SELECT y FROM u WHERE z) v', 'SELECT x\nFROM (\n  SELECT y\n  FROM u\n  WHERE z\n) v'],
  ['not sql at all', 'not sql at all'],
  ['', ''],
])('statement %s', (statement, expected) => {
  expect(formatSql(statement)).toBe(expected);
});

test.each([
  ['table', 'x', 'annotation.table = "x"'],
  ['a.b', 'say "no" \\', String.raw`annotation[a.b] = "say \"no\" \\"`],
  ['n', 1.5, 'annotation.n = 1.5'],
  ['yes', true, 'annotation.yes = true'],
  ['x]', 'y', null],
  ['list', [1], null],
])('annotation %s of %s', (key, value, expected) => {
  expect(annotationFilter(key, value)).toBe(expected);
});

test.each([
  [
    { fromUs: -5, toUs: 50 },
    { fromUs: 0, toUs: 55 },
  ],
  [
    { fromUs: 900, toUs: 1200 },
    { fromUs: 700, toUs: 1000 },
  ],
  [
    { fromUs: 40, toUs: 20 },
    { fromUs: 20, toUs: 40 },
  ],
  [
    { fromUs: 500, toUs: 500 },
    { fromUs: 500, toUs: 510 },
  ],
  [
    { fromUs: 0, toUs: 9000 },
    { fromUs: 0, toUs: 1000 },
  ],
])('window %j of 1000 µs', (window, expected) => {
  expect(fitWindow(window, 1000)).toEqual(expected);
});

test('zooming keeps what is at the pointer, panning the width', () => {
  expect(zoomWindow({ fromUs: 0, toUs: 1000 }, 0.5, 250, 1000)).toEqual({ fromUs: 125, toUs: 625 });
  expect(panWindow({ fromUs: 100, toUs: 200 }, 0.5, 1000)).toEqual({ fromUs: 150, toUs: 250 });
});

test.each(['', null, '5', '9~3', 'a~b'])('no window: %s', (text) => {
  expect(readWindow(text)).toBeNull();
});

test('a window comes back from its link', () => {
  expect(readWindow(printWindow({ fromUs: 12, toUs: 345 }))).toEqual({ fromUs: 12, toUs: 345 });
});

test('the overview: a cell shows the worst that runs there', () => {
  const { columns, lanes, cells } = drawOverview(
    { start: Float64Array.from([0, 50]), length: Float64Array.from([100, 25]), badness: (row) => (row === 1 ? 3 : 0) },
    100,
  );
  expect([lanes, cells[0], cells[columns - 1]]).toEqual([2, 1, 1]);
  const second = cells.subarray(columns);
  expect([second[columns / 2 - 1], second[columns / 2], second[(columns * 3) / 4]]).toEqual([0, 3, 0]);
});

test.each([
  [0.183, 6, [0, 0.05, 0.1, 0.15]],
  [10, 5, [0, 2, 4, 6, 8, 10]],
  [0, 5, [0]],
])('an axis of %s s with about %s steps', (lengthS, wanted, ticks) => {
  expect(timeTicks(lengthS, wanted).map((tick) => Math.round(tick * 1e6) / 1e6)).toEqual(ticks);
});

const OTHER = '1-5759e988-bd862e3fe1be46a994272793';

test('links to other traces; what is none is left out', () => {
  const links = [
    { trace_id: OTHER, id: '00000000000000a1', attributes: { 'aws.xray.reference_type': 'parent' } },
    { trace_id: OTHER },
    { trace_id: 'none' },
    7,
  ];
  expect(linksOf(readDocument({ id: 'a', name: 'b', links }))).toEqual([
    { traceId: OTHER, entityId: '00000000000000a1', kind: 'parent' },
    { traceId: OTHER, entityId: null, kind: null },
  ]);
});

test('a trace as OTLP', () => {
  const document = { trace_id: OTHER, id: '00000000000000a1', name: 'shop', start_time: 1, end_time: 2 };
  expect(otlpJson({ Segments: [{ Document: JSON.stringify(document) }] })).toMatchObject({
    resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'shop', spanId: '00000000000000a1' }] }] }],
  });
});
