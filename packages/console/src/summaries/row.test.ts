import type { TraceSummary } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { columnIn, quoted } from './filter-error.ts';
import { sortRows } from './columns.ts';
import { summaryRow, urlParts } from './row.ts';

const A: TraceSummary = { Id: 'a', StartTime: 3, ResponseTime: 0.2, Http: { HttpStatus: 200 } };
const B: TraceSummary = { Id: 'b', StartTime: 1, ResponseTime: 0.1, HasFault: true, HasThrottle: true };
const C: TraceSummary = { Id: 'c', StartTime: 2, IsPartial: true };
const ROWS = [A, B, C].map(summaryRow);

test.each([
  ['start', true, 'acb'],
  ['start', false, 'bca'],
  ['response', true, 'abc'],
  ['response', false, 'bac'],
  ['outcome', true, 'bca'],
  ['unknown', true, 'acb'],
])('by %s, descending %s: %s; no figure comes last', (sort, descending, ids) => {
  expect(
    sortRows(ROWS, sort, descending)
      .map((row) => row.id)
      .join(''),
  ).toBe(ids);
});

test('of several flags the worst is told; clients are not services', () => {
  const row = summaryRow({
    ...B,
    ServiceIds: [{ Name: 's', Type: 'client' }, { Name: 's' }],
    Annotations: { k: [{}, {}], l: [{}] },
  });
  expect(row).toMatchObject({ outcome: 'fault', services: ['s'], annotationCount: 3 });
});

test('annotations and causes are told in words', () => {
  const row = summaryRow({
    Annotations: { tier: [{ AnnotationValue: { StringValue: 'gold' } }, { AnnotationValue: { NumberValue: 2 } }] },
    FaultRootCauses: [
      { Services: [{ Name: 'shop' }, { Name: 'bank', EntityPath: [{ Exceptions: [{ Name: 'Declined' }] }] }] },
    ],
    ResponseTimeRootCauses: [{ Services: [{ Name: 'shop', EntityPath: [{ Coverage: 1 }] }] }],
  });
  expect([row.annotations.get('tier'), row.faultCause, row.slowCause, row.errorCause]).toEqual([
    'gold, 2',
    'shop → bank: Declined',
    'shop',
    '',
  ]);
});

test.each([
  ['https://shop.example/a?b#c', 'shop.example', '/a?b#c'],
  ['https://shop.example', 'shop.example', '/'],
  ['javascript:alert(1)', '', 'javascript:alert(1)'],
  ['', '', ''],
])('%s is host %s and path %s', (url, host, path) => {
  expect(urlParts(url)).toEqual({ host, path });
});

test.each([
  ['Invalid filter expression at column 21: unknown keyword.', 21],
  ['syntax error (col 3)', 3],
  ['position: 7', 7],
  ['no place named', undefined],
])('%s names column %s', (message, column) => {
  expect(columnIn(message)).toBe(column);
});

test('a name becomes a string literal', () => {
  expect(quoted('a"b\\c')).toBe('"a\\"b\\\\c"');
});
