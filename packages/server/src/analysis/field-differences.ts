import {
  DIFFERENCE_ANNOTATIONS_MAX,
  DIFFERENCE_VALUES_MAX,
  TRACE_FIELDS,
  type DifferenceField,
  type FieldDifference,
  type SidedCount,
  type ValueDifference,
} from '@fluoroscope/api';
import { printServiceKey, type AnnotationValue } from '@fluoroscope/model';
import { outcomesWhere, type TraceRow } from '@fluoroscope/store';
import { createAnnotationCounts, type AnnotationCounts } from './annotation-counts.ts';
import { differenceOf } from './difference.ts';
import type { NamedFields } from './named-fields.ts';
import { printBand, timeBand, timeBandAt } from './number-bands.ts';
import { isCauseField, valuesOf, type KeyedValue, type RowField } from './trace-fields.ts';
import { createValueCounts, type ShownValue, type Side, type ValueCounts } from './value-counts.ts';
import { bandFilter, serviceFilter } from './value-filter.ts';

export interface FieldDifferences {
  add(side: Side, row: TraceRow): void;
  /** Of sets of so many traces, most telling first. */
  print(total: SidedCount): readonly FieldDifference[];
  readonly uncountedAnnotations: SidedCount;
}

const ROW_FIELDS: readonly RowField[] = TRACE_FIELDS.flatMap((field) => (isCauseField(field) ? [] : [field]));
/** Scores that are nearer are equal. */
const SCORE_STEP = 1e-9;
const TIME_FIELDS = ['responsetime', 'duration'] as const;

const FAILURES = [
  ['fault', outcomesWhere(({ fault }) => fault)],
  ['error', outcomesWhere(({ error }) => error)],
  ['throttle', outcomesWhere(({ throttle }) => throttle)],
] as const;

export function createFieldDifferences(named: NamedFields): FieldDifferences {
  const rowCounts = ROW_FIELDS.map((field) => [field, createValueCounts()] as const);
  const timeCounts = TIME_FIELDS.map((field) => [field, createValueCounts()] as const);
  const failing = createValueCounts();
  const entries = new Set<string>();
  const annotations = new Map<string, AnnotationCounts>();
  const uncountedAnnotations = { a: 0, b: 0 };

  function addAnnotations(side: Side, row: TraceRow): void {
    let isBeyond = false;
    for (const [key, values] of valuesByKey(row)) {
      let counts = annotations.get(key);
      // The second set finds room, whatever the first one has.
      const room = side === 'a' ? DIFFERENCE_ANNOTATIONS_MAX / 2 : DIFFERENCE_ANNOTATIONS_MAX;
      if (counts === undefined && annotations.size >= room) isBeyond = true;
      else {
        if (counts === undefined) annotations.set(key, (counts = createAnnotationCounts(key)));
        counts.add(side, values);
      }
    }
    if (isBeyond) uncountedAnnotations[side] += 1;
  }

  /** When a set is made by how traces ended, where they came in did so too. */
  function isNamedFailure(text: string): boolean {
    return named.services.has(text) || (named.fields.has('outcome') && entries.has(text));
  }

  return {
    add(side, row) {
      for (const [field, counts] of rowCounts) counts.add(side, valuesOf(row, field));
      for (const [field, counts] of timeCounts) counts.add(side, [timeValue(row, field)]);
      failing.add(side, failuresOf(row));
      const entry = row.entryPoint === null ? undefined : row.services[row.entryPoint];
      if (entry !== undefined && entries.size < DIFFERENCE_ANNOTATIONS_MAX) entries.add(entry.name);
      addAnnotations(side, row);
    },
    uncountedAnnotations,
    print(total) {
      const isNamedService = (text: string): boolean => named.services.has(text);
      const found = [
        ...rowCounts.map(([field, counts]) =>
          printField(
            { field, kind: 'values', named: named.fields.has(field), counts },
            total,
            field === 'service' || field === 'entry' ? isNamedService : () => false,
          ),
        ),
        printField({ field: 'failing', kind: 'values', named: false, counts: failing }, total, isNamedFailure),
        ...timeCounts.map(([field, counts]) => printField(timeField(field, counts, named), total, () => false)),
        ...[...annotations].map(([key, counts]) => {
          const field: DifferenceField = `annotation.${key}`;
          return printField({ field, named: named.fields.has(field), ...counts.shown(total) }, total, () => false);
        }),
      ];
      return found.filter(({ values }) => values.some(({ value }) => value.text !== null)).sort(inOrder);
    },
  };
}

function valuesByKey({ annotations }: TraceRow): ReadonlyMap<string, readonly AnnotationValue[]> {
  const found = new Map<string, AnnotationValue[]>();
  for (const { key, value } of annotations) {
    const values = found.get(key);
    if (values === undefined) found.set(key, [value]);
    else values.push(value);
  }
  return found;
}

/** Of equals what applications annotated comes first: a status tells the same as the failure that is to be explained. */
function inOrder(x: FieldDifference, y: FieldDifference): number {
  return (
    Number(x.named) - Number(y.named) ||
    (Math.abs(y.score - x.score) > SCORE_STEP ? y.score - x.score : 0) ||
    Number(isAnnotation(y)) - Number(isAnnotation(x)) ||
    x.field.localeCompare(y.field, 'en')
  );
}

function isAnnotation({ field }: FieldDifference): boolean {
  return field.startsWith('annotation.');
}

interface CountedField extends Pick<FieldDifference, 'field' | 'kind' | 'named'> {
  readonly counts: Pick<ValueCounts, 'uncounted'> & { readonly counted: readonly ShownValue[] };
}

function printField(
  { field, kind, named, counts }: CountedField,
  total: SidedCount,
  isNamed: (text: string) => boolean,
): FieldDifference {
  const values = counts.counted.map(({ value, a, b, band }): ValueDifference => ({
    value,
    ...(band !== undefined && { band }),
    a,
    b,
    ...differenceOf({ a, aTotal: total.a, b, bTotal: total.b }),
    named: named || (value.text !== null && isNamed(value.text)),
  }));
  return {
    field,
    kind,
    named,
    score: values.reduce((most, value) => (value.named && !named ? most : Math.max(most, value.score)), 0),
    valueCount: values.length,
    values: kind === 'bands' ? values : values.toSorted(mostTelling).slice(0, DIFFERENCE_VALUES_MAX),
    uncounted: counts.uncounted,
  };
}

/** Of equals what A has more of comes first: `canary` rather than that it is not `stable`. */
function mostTelling(x: ValueDifference, y: ValueDifference): number {
  const score = y.score - x.score;
  return (
    Number(x.named) - Number(y.named) ||
    (Math.abs(score) > SCORE_STEP ? score : 0) ||
    y.difference - x.difference ||
    y.a + y.b - x.a - x.b
  );
}

function failuresOf({ services, outcomes }: TraceRow): readonly KeyedValue[] {
  return services.flatMap((service, at) =>
    FAILURES.flatMap(([failure, bits]): readonly KeyedValue[] =>
      ((outcomes[at] ?? 0) & bits) === 0
        ? []
        : [
            {
              key: `${failure} ${printServiceKey(service)}`,
              value: () => ({ text: service.name, type: failure, filter: serviceFilter(service, failure) }),
            },
          ],
    ),
  );
}

type TimeField = (typeof TIME_FIELDS)[number];

function timeValue(row: TraceRow, field: TimeField): KeyedValue {
  const us = field === 'responsetime' ? row.responseTimeUs : row.endUs - row.startUs;
  if (us === null) return { key: '', value: () => ({ text: null, filter: `!${field}` }) };
  const at = timeBandAt(us);
  const band = timeBand(at);
  return { key: String(at), value: () => ({ text: printBand(band), filter: bandFilter(field, band) }) };
}

function timeField(field: TimeField, { counted, uncounted }: ValueCounts, named: NamedFields): CountedField {
  const shown = counted
    .toSorted((x, y) => Number(x.key) - Number(y.key))
    .map(({ key, value, a, b }): ShownValue => {
      if (key === '') return { key, value, a, b };
      return { key, value, band: timeBand(Number(key)), a, b };
    });
  return { field, kind: 'bands', named: named.fields.has(field), counts: { counted: shown, uncounted } };
}
