import type { TraceAnnotation } from '@fluoroscope/store';
import { rowOf } from '@fluoroscope/store/conformance';
import { expect, test } from 'vitest';
import { packRows, unpackRows } from './packed-rows.ts';

test.each<[string, readonly (readonly TraceAnnotation[])[]]>([
  ['no rows', []],
  ['no annotations', [[], []]],
  ['texts, some the same', [[of('a', 'x', [0]), of('b', 'x', [0, 1])], [], [of('a', 'x', [0]), of('a', 'y', [1])]]],
  ['an empty text and an empty list', [[of('', '', [])]]],
  ['other types', [[of('a', 0, [0]), of('a', -0, [0]), of('a', true, [0]), of('a', false, [0])], [of('a', '0', [0])]]],
  ['lists whose digits are the same', [[of('a', 'x', [1, 23]), of('a', 'x', [12, 3])]]],
])('%s', (_name, annotations) => {
  const rows = annotations.map((annotationsOf, place) => rowOf(place + 1, { annotations: annotationsOf }));
  expect(unpackRows(structuredClone(packRows(rows)))).toStrictEqual(rows);
});

function of(key: string, value: TraceAnnotation['value'], services: readonly number[]): TraceAnnotation {
  return { key, value, services };
}
