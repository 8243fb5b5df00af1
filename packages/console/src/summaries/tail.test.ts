import { SUMMARIES_ASKED_MAX } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { liveRow, summaryRow } from './row.ts';
import {
  arrive,
  askKey,
  catchUp,
  complete,
  lackingCauses,
  NO_TAIL,
  release,
  type Tail,
  TAIL_ROWS_MAX,
  TAIL_WAITING_MAX,
} from './tail.ts';

const SHOWN: Tail = { ...NO_TAIL, rows: rowsOf('b', 'a') };

test.each([
  ['comes on top', false, 'dcba', ''],
  ['waits while somebody reads', true, 'ba', 'dc'],
])('what is new %s', (_name, held, rows, waiting) => {
  const tail = arrive(SHOWN, { rows: rowsOf('d', 'c'), passedCount: 0, hasMore: false }, held);
  expect([idsOf(tail.rows), idsOf(tail.waiting)]).toEqual([rows, waiting]);
});

test('what waited comes on top, with what arrives then', () => {
  const waiting = arrive(SHOWN, arrivalOf('c'), true);
  expect(idsOf(release(waiting).rows)).toBe('cba');
  expect(idsOf(arrive(waiting, arrivalOf('d'), false).rows)).toBe('dcba');
});

test('what is known changes where it stands, and never back', () => {
  const newer = arrive(SHOWN, { rows: [summaryRow({ Id: 'a', Revision: 3 })], passedCount: 0, hasMore: false }, true);
  expect(newer.rows.map(({ id, revision }) => `${id}${revision}`)).toEqual(['b0', 'a3']);
  expect(catchUp(newer, rowsOf('a', 'b'), true).rows[1]?.revision).toBe(3);
});

test('a list that is read again brings only what was missed', () => {
  const tail = catchUp(SHOWN, rowsOf('c', 'b', 'a'), false);
  expect(idsOf(tail.rows)).toBe('cba');
});

test('causes of rows that came live are asked for, and stay in sight while a newer revision is asked about', () => {
  const came = arrive(SHOWN, { ...arrivalOf(), rows: [liveRow({ Id: 'c', Revision: 1 })] }, false);
  expect(lackingCauses(came.rows, new Set()).map(askKey)).toEqual(['c 1']);
  expect(lackingCauses(came.rows, new Set(['c 1']))).toEqual([]);
  const known = complete(came, [caused('c', 1, 'bank')]);
  expect([causesOf(known), lackingCauses(known.rows, new Set())]).toEqual([['c bank', 'b ', 'a '], []]);
  const newer = arrive(known, { ...arrivalOf(), rows: [liveRow({ Id: 'c', Revision: 2 })] }, false);
  expect([causesOf(newer)[0], lackingCauses(newer.rows, new Set(['c 1'])).map(askKey)]).toEqual(['c bank', ['c 2']]);
  expect(causesOf(complete(newer, [caused('c', 1, 'old')]))[0]).toBe('c bank');
});

test('what is told again without causes does not take them away; no more are asked for than one call takes', () => {
  const known = { ...NO_TAIL, rows: [caused('c', 1, 'bank')] };
  expect(causesOf(arrive(known, { ...arrivalOf(), rows: [liveRow({ Id: 'c', Revision: 1 })] }, false))).toEqual([
    'c bank',
  ]);
  const many = Array.from({ length: SUMMARIES_ASKED_MAX + 5 }, (_, at) => liveRow({ Id: `t${at}` }));
  expect(lackingCauses(many, new Set())).toHaveLength(SUMMARIES_ASKED_MAX);
});

test('rows are bounded, and what is passed over is counted', () => {
  const many = Array.from({ length: TAIL_ROWS_MAX + 10 }, (_, at) => `t${at}`);
  expect(arrive(NO_TAIL, arrivalOf(...many), false).rows).toHaveLength(TAIL_ROWS_MAX);
  const held = arrive(
    SHOWN,
    { ...arrivalOf(...many.slice(0, TAIL_WAITING_MAX + 3)), passedCount: 4, hasMore: true },
    true,
  );
  expect(held).toMatchObject({ passedCount: 7, hasMore: true });
  expect(held.waiting).toHaveLength(TAIL_WAITING_MAX);
});

function caused(Id: string, Revision: number, Name: string) {
  return summaryRow({ Id, Revision, FaultRootCauses: [{ Services: [{ Name }] }] });
}

function causesOf({ rows }: Tail): readonly string[] {
  return rows.map(({ id, faultCause }) => `${id} ${faultCause}`);
}

function rowsOf(...ids: string[]) {
  return ids.map((Id) => summaryRow({ Id }));
}

function arrivalOf(...ids: string[]) {
  return { rows: rowsOf(...ids), passedCount: 0, hasMore: false };
}

function idsOf(rows: readonly { readonly id: string }[]): string {
  return rows.map(({ id }) => id).join('');
}
