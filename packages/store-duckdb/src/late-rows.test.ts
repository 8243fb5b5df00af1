import type { ChangedTrace } from '@fluoroscope/store';
import { rowOf } from '@fluoroscope/store/conformance';
import { expect, test } from 'vitest';
import { LateRows } from './late-rows.ts';
import { WAITING_ENTITIES_MAX, WAITING_QUIET_MS, WAITING_ROWS_MAX } from './limits.ts';

const [A, B, C] = [rowOf(1), rowOf(2), rowOf(3)];
const LATER = WAITING_QUIET_MS;

test('due are those that were left alone, and none that is about to change', () => {
  const late = waiting([A, B]);
  late.add([C], 1);
  expect(late.due(LATER - 1, [])).toEqual([]);
  expect(late.due(LATER, [])).toEqual([A, B]);
  expect(late.due(LATER, [A])).toEqual([B]);
});

test('a trace that changes waits anew, with what it is then', () => {
  const late = waiting([A, B]);
  const again = { ...A, revision: 2 };
  late.add([again], 1);
  expect([late.size, late.all(), late.has(A), late.has(again)]).toEqual([2, [B, again], false, true]);
  expect(late.due(LATER, [])).toEqual([B]);
});

test('of too many the least recently changed are due; those that stay in the batch are counted once', () => {
  const rows = Array.from({ length: WAITING_ROWS_MAX }, (_, at) => rowOf(at + 1));
  const late = waiting(rows);
  expect(late.due(0, [])).toEqual([]);
  expect(late.due(0, rows.slice(0, 10))).toEqual([]);
  expect(late.due(0, [rowOf(9e6), rowOf(9e6 + 1)])).toEqual(rows.slice(0, 2));
});

test('of too large ones likewise, by what they were when they came', () => {
  const large: {
    traceId: typeof A.traceId;
    entityCount: number;
    mustRead: boolean;
    isLikelyWhole: boolean;
    readRow: () => typeof A;
  } = {
    traceId: A.traceId,
    entityCount: WAITING_ENTITIES_MAX,
    mustRead: false,
    isLikelyWhole: false,
    readRow: () => A,
  };
  const late = waiting([large, B]);
  expect(late.due(0, [])).toEqual([large]);
  large.entityCount = 1;
  late.remove([large]);
  expect([late.size, late.due(0, [C])]).toEqual([1, []]);
  expect(late.due(0, [{ ...C, entityCount: WAITING_ENTITIES_MAX }])).toEqual([B]);
});

function waiting(traces: readonly ChangedTrace[]): LateRows {
  const late = new LateRows();
  late.add(traces, 0);
  return late;
}
