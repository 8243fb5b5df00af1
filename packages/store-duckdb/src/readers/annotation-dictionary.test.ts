import type { AnnotationValue } from '@fluoroscope/model';
import { compareAnnotations, matchesCondition, type Condition, type TraceStore } from '@fluoroscope/store';
import { batchOf, rowOf, traceQueryOf } from '@fluoroscope/store/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRig } from '../testing/source-rig.ts';

type Pairs = readonly (readonly [key: string, value: AnnotationValue])[];

/** One list a trace. Keys and texts whose order by bytes is not that of JavaScript, values that are alike but for their type. */
const TRACES: readonly Pairs[] = [
  [
    ['tenant', 'a'],
    ['items', 3],
    ['vip', true],
  ],
  [
    ['tenant', ''],
    ['items', 0],
    ['vip', false],
    ['😀', '😀'],
  ],
  [
    ['tenant', 'ab'],
    ['tenant', 3],
    ['tenant', true],
    ['items', 1e300],
  ],
  [
    ['tenant', 'b'],
    ['ﬀ', 'ﬀ'],
    ['items', 0.5],
    ['items', '3'],
  ],
  [
    ['tenant', 'ä\u0000'],
    ['items', -7],
  ],
  [],
];

const set = (key: string): Condition => ({ op: 'annotation-set', key });
const text = (key: string, is: '=' | '!=' | 'begins-with', value: string): Condition => ({
  op: 'annotation',
  key,
  is,
  value,
});
const number = (is: '=' | '!=' | '<' | '<=' | '>' | '>=', value: number): Condition => ({
  op: 'annotation',
  key: 'items',
  is,
  value,
});
const flag = (key: string, is: '=' | '!=', value: boolean): Condition => ({ op: 'annotation', key, is, value });

const CONDITIONS: readonly Condition[] = [
  ...['tenant', '😀', 'ﬀ', 'none'].map(set),
  ...['', 'a', 'ab', 'abc', 'b', 'ä\u0000', '3', 'true'].map((value) => text('tenant', '=', value)),
  text('😀', '=', '😀'),
  text('ﬀ', '=', 'ﬀ'),
  text('tenant', '!=', 'a'),
  text('tenant', 'begins-with', 'a'),
  ...([3, 0, -7, 4, Number.NaN, Infinity] as const).flatMap((value) =>
    (['=', '!=', '<', '<=', '>', '>='] as const).map((is) => number(is, value)),
  ),
  flag('vip', '=', true),
  flag('vip', '!=', true),
  flag('tenant', '=', false),
  { op: 'not', term: text('tenant', '=', 'none') },
  { op: 'not', term: text('tenant', '=', 'a') },
  { op: 'or', terms: [text('tenant', '=', 'none'), number('=', 3)] },
  { op: 'or', terms: [{ op: 'and', terms: [number('>', 1), text('tenant', '=', 'none')] }, text('tenant', '=', 'b')] },
  { op: 'and', terms: [number('>=', 0), set('vip')] },
  { op: 'or', terms: [] },
];

/** More than is held of one slice. */
const LARGE: Pairs = [['large', 'x'.repeat(5 * 2 ** 20)]];

describe.each([
  ['a dictionary that is held', []],
  ['a dictionary too large to be held', [LARGE]],
] satisfies [string, Pairs[]][])('%s', (_name, added) => {
  const rows = [...TRACES, ...added].map((pairs, at) => {
    const annotations = pairs.map(([key, value]) => ({ key, value, services: [] }));
    return rowOf(at + 1, { start: -at, annotations: annotations.sort(compareAnnotations) });
  });
  let store: TraceStore;
  let remove: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    ({ store, remove } = await openRig({ seals: () => true, joins: () => 0 }));
    await store.write(batchOf(1, { traces: rows }));
  });
  afterAll(async () => remove?.());

  test.each(CONDITIONS.map((condition) => [JSON.stringify(condition), condition] as const))(
    '%s',
    async (_text, condition) => {
      const found = await store.findTraces(traceQueryOf({ condition }));
      expect(found.rows).toEqual(rows.filter((row) => matchesCondition(row, condition)));
    },
  );
});
