import { expect, test } from 'vitest';
import { summaryRow } from '../summaries/row.ts';
import { likeFilter, offersOf } from './like-trace.ts';

test.each([
  ['shop', 'POST /checkout', 'service("shop") AND http.method = "POST" AND http.url CONTAINS "/checkout"'],
  ['a "b"', 'GET /items?q="x"', 'service("a \\"b\\"") AND http.method = "GET" AND http.url CONTAINS "/items"'],
  ['worker', '', 'service("worker")'],
  ['worker', 'Invoke', 'service("worker")'],
])('like a trace of %s that does %j', (name, detail, filter) => {
  expect(likeFilter(headOf(name, detail))).toBe(filter);
});

test('what went otherwise is offered first, then the nearest in time; never the trace itself, nor too many', () => {
  const rows = [
    summaryRow({ Id: 'self', StartTime: 100, HasFault: true }),
    summaryRow({ Id: 'failed', StartTime: 100, HasFault: true }),
    summaryRow({ Id: 'far', StartTime: 10 }),
    summaryRow({ Id: 'near', StartTime: 101 }),
  ];
  const plan = { startUs: 100e6, flags: new Uint16Array([FAULT]) };
  expect(offersOf(rows, 'self', plan).map(({ id }) => id)).toEqual(['near', 'far', 'failed']);
  const well = { ...plan, flags: new Uint16Array([0]) };
  expect(offersOf(rows, 'self', well)[0]?.id).toBe('failed');
  const many = Array.from({ length: 20 }, (_, at) => summaryRow({ Id: `t${at}` }));
  expect(offersOf(many, 'self', plan)).toHaveLength(8);
});

/** As `outcomeOfRow` reads it. */
const FAULT = 4 << 4;

function headOf(name: string, detail: string): Parameters<typeof likeFilter>[0] {
  return { strings: ['', name, detail], name: new Uint32Array([1]), detail: new Uint32Array([2]) };
}
