import type { Looked, TraceGroup } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { columnOf } from './columns.ts';
import { csvPiece, groupsTable, JSON_END, jsonPiece, printCsv, printJson, tracesTable } from './export.ts';
import { describeLooked, sortGroups } from './groups.ts';
import { summaryRow } from './row.ts';

const group = (text: string | null, count: number, faultCount: number, p50: number | null): TraceGroup => ({
  value: { text, filter: null },
  count,
  faultCount,
  errorCount: 0,
  throttleCount: 0,
  p50,
  p95: p50,
  p99: p50,
  trend: [],
});
const GROUPS = [group('a10', 4, 2, 0.1), group('a9', 9, 3, null), group(null, 1, 1, 0.3)];

test.each([
  ['count', true, 'a9 a10 null'],
  ['value', false, 'a9 a10 null'],
  ['value', true, 'a10 a9 null'],
  ['fault', true, 'null a10 a9'],
  ['p50', true, 'null a10 a9'],
  ['p50', false, 'a10 null a9'],
] as const)('groups by %s, descending %s: %s', (column, descending, names) => {
  expect(
    sortGroups(GROUPS, column, descending)
      .map(({ value }) => String(value.text))
      .join(' '),
  ).toBe(names);
});

const LOOKED: Looked = {
  count: 12_000,
  countMax: 12_000,
  complete: false,
  reachedTime: 0,
  matchingCount: null,
  unjudgedCount: 0,
};

test.each([
  [{ complete: true, count: 1 }, /^All 1 matching trace$/],
  [{ complete: true, unjudgedCount: 2 }, /^All 12.0k matching traces; 2 could not be held against the filter$/],
  [{ matchingCount: 20_000 }, /^The newest 12.0k matching traces, of 20.0k, back to \d\d:\d\d:\d\d$/],
  [{ matchingCount: 50_000 }, /of more than 50.0k/],
  [{}, /not counted further/],
])('%j is said as %s', (looked, said) => {
  expect(describeLooked({ ...LOOKED, ...looked })).toMatch(said);
});

test.each([
  ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ['+1', "'+1"],
  ['-1+1', "'-1+1"],
  ['@sum', "'@sum"],
  [' =1', "' =1"],
  ['\t=1', "'\t=1"],
  ['a,b', '"a,b"'],
  ['line\nbreak', '"line\nbreak"'],
  ['https://shop.test/', 'https://shop.test/'],
])('%j in a table is %s', (text, cell) => {
  expect(printCsv({ columns: ['c'], rows: [[text]] })).toBe(`c\r\n${cell}\r\n`);
});

test('traces and groups as tables', () => {
  const row = summaryRow({ Id: '1-a', StartTime: 0, ResponseTime: 0.5, Http: { HttpURL: '=1', HttpStatus: 200 } });
  expect(printCsv(tracesTable([row], columnsOf('id', 'time', 'start', 'url', 'response', 'annotation.a,b')))).toBe(
    'id,start,method,url,responseSeconds,"annotation.a,b"\r\n1-a,1970-01-01T00:00:00.000Z,,\'=1,0.5,\r\n',
  );
  expect(JSON.parse(printJson(groupsTable(GROUPS)))[1]).toMatchObject({
    value: 'a9',
    type: null,
    count: 9,
    p50Seconds: null,
  });
});

test('pieces of an export add up to the whole', () => {
  const tables = [['1-a', '1-b'], ['1-c']].map((ids) =>
    tracesTable(
      ids.map((Id) => summaryRow({ Id })),
      columnsOf('status'),
    ),
  );
  expect(tables.map((table, at) => csvPiece(table, at === 0)).join('')).toBe('id,status\r\n1-a,\r\n1-b,\r\n1-c,\r\n');
  expect(JSON.parse(tables.map((table, at) => jsonPiece(table, at === 0)).join('') + JSON_END)).toEqual([
    { id: '1-a', status: null },
    { id: '1-b', status: null },
    { id: '1-c', status: null },
  ]);
});

function columnsOf(...ids: string[]) {
  return ids.flatMap((id) => columnOf(id) ?? []);
}
