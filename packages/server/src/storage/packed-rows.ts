import type { AnnotationValue } from '@fluoroscope/model';
import type { TraceAnnotation, TracePage, TraceRow } from '@fluoroscope/store';

/**
 * Rows on their way from one thread to another. A page can have tens of thousands of annotations, few of which are different in
 * key, value or services; as objects they would take most of the time of the copy.
 */
export interface PackedRows {
  /** Without their annotations. */
  readonly rows: readonly TraceRow[];
  readonly keys: readonly string[];
  readonly values: readonly AnnotationValue[];
  readonly services: readonly (readonly number[])[];
  /** Of each annotation, one row after the other: places in the lists above. */
  readonly keyAt: Int32Array;
  readonly valueAt: Int32Array;
  readonly servicesAt: Int32Array;
  /** Of each row. */
  readonly annotationCounts: Int32Array;
}

export function packRows(rows: readonly TraceRow[]): PackedRows {
  const keys = createList<string, string>();
  const values = createList<AnnotationValue, string>();
  const services = createList<readonly number[], string>();
  const annotations = rows.flatMap((row) => row.annotations);
  return {
    rows: rows.map((row) => ({ ...row, annotations: [] })),
    keyAt: Int32Array.from(annotations, ({ key }) => keys.placeOf(key, key)),
    // Only texts are looked up: numbers that are equal may be different (0 and -0).
    valueAt: Int32Array.from(annotations, ({ value }) =>
      typeof value === 'string' ? values.placeOf(value, value) : values.add(value),
    ),
    servicesAt: Int32Array.from(annotations, ({ services: list }) => services.placeOf(list.join(), list)),
    annotationCounts: Int32Array.from(rows, (row) => row.annotations.length),
    keys: keys.items,
    values: values.items,
    services: services.items,
  };
}

export type PackedPage = Omit<TracePage, 'rows'> & { readonly rows: PackedRows };

export function packPage(page: TracePage): PackedPage {
  return { ...page, rows: packRows(page.rows) };
}

export function unpackPage(page: PackedPage): TracePage {
  return { ...page, rows: unpackRows(page.rows) };
}

export function unpackRows(packed: PackedRows): TraceRow[] {
  let from = 0;
  return packed.rows.map((row, place) => {
    const to = from + (packed.annotationCounts[place] ?? 0);
    const annotations: TraceAnnotation[] = [];
    for (let at = from; at < to; at += 1) {
      annotations.push({
        key: itemAt(packed.keys, packed.keyAt[at]),
        value: itemAt(packed.values, packed.valueAt[at]),
        services: itemAt(packed.services, packed.servicesAt[at]),
      });
    }
    from = to;
    return { ...row, annotations };
  });
}

interface List<Item, Key> {
  readonly items: readonly Item[];
  /** Of the item with this key, which is added where there is none. */
  placeOf(key: Key, item: Item): number;
  add(item: Item): number;
}

function createList<Item, Key>(): List<Item, Key> {
  const items: Item[] = [];
  const places = new Map<Key, number>();
  return {
    items,
    placeOf(key, item) {
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, items.length);
      return items.push(item) - 1;
    },
    add: (item) => items.push(item) - 1,
  };
}

function itemAt<Item>(items: readonly Item[], place: number | undefined): Item {
  const item = items[place ?? -1];
  if (item === undefined) throw new TypeError(`packed rows have no item ${place}`);
  return item;
}
