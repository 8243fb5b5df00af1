// Hot path: runs once for each annotation of a row. Numbers in place of a structure with two texts each took a quarter of
// the time of writing rows, and an eighth of a head's memory.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { AnnotationValue } from '@fluoroscope/model';
import type { TraceAnnotation } from '@fluoroscope/store';
import {
  KNOWN_ANNOTATIONS_MAX,
  KNOWN_ANNOTATION_CHARS_MAX,
  KNOWN_SERVICE_LISTS_MAX,
  KNOWN_VALUES_MAX,
} from '../limits.ts';
import { booleanColumn, doubleColumn, int32Column, listColumn, textColumn, type Column } from './column.ts';
import { createTableWriter, type TableWriter } from './table-writer.ts';

/**
 * Annotations of a head's rows as numbers, and what these stand for in tables of the head. A pair that was forgotten meanwhile gets
 * another number, so that what is remembered is bounded; whoever reads a pair's numbers reads all of them.
 */
export interface HeadAnnotations extends Omit<TableWriter, 'begin' | 'endRow'> {
  /** As a TableWriter's. Another schema is another head, empty, and the one before is never written to again. */
  begin(schema: string): Promise<void>;
  /** Columns of the rows. */
  readonly ids: Column;
  readonly sets: Column;
  /** Of one row. */
  push(annotations: readonly TraceAnnotation[]): void;
}

export function createHeadAnnotations(connection: DuckDBConnection): HeadAnnotations {
  const values = createValuesTable(connection);
  const lists = createServiceListsTable(connection);
  const idItems = int32Column();
  const setItems = int32Column();
  const ids = listColumn(idItems);
  const sets = listColumn(setItems);
  let current: string | null = null;

  return {
    ids,
    sets,
    async begin(schema) {
      if (schema !== current) {
        values.restart();
        lists.restart();
        current = schema;
      }
      await values.table.begin(schema);
      await lists.table.begin(schema);
    },
    push(annotations) {
      let services: readonly number[] | null = null;
      let setNo = 0;
      for (const annotation of annotations) {
        // Mostly those of one service, one after another.
        if (annotation.services !== services) {
          services = annotation.services;
          setNo = lists.numberOf(services);
        }
        idItems.push(values.numberOf(annotation.key, annotation.value));
        setItems.push(setNo);
      }
      ids.pushCount(annotations.length);
      sets.pushCount(annotations.length);
    },
    finish() {
      values.table.finish();
      lists.table.finish();
    },
    abandon() {
      // What was written in this transaction is not there; numbers are not given twice.
      values.forget();
      lists.forget();
      values.table.abandon();
      lists.table.abandon();
    },
  };
}

interface Numbers {
  readonly table: TableWriter;
  /** From here on numbers begin anew. */
  restart(): void;
  forget(): void;
}

function createValuesTable(
  connection: DuckDBConnection,
): Numbers & { numberOf(key: string, value: AnnotationValue): number } {
  const annotationIds = int32Column();
  const keys = textColumn();
  const texts = textColumn();
  const numbers = doubleColumn();
  const flags = booleanColumn();
  // In the order of the table's columns.
  const table = createTableWriter(connection, 'annotation_values', [annotationIds, keys, texts, numbers, flags]);
  const known = new Map<string, Map<AnnotationValue, number>>();
  let knownCount = 0;
  let next = 0;

  function add(key: string, value: AnnotationValue): number {
    annotationIds.push(next);
    keys.push(key);
    texts.push(typeof value === 'string' ? value : null);
    numbers.push(typeof value === 'number' ? value : null);
    flags.push(typeof value === 'boolean' ? value : null);
    table.endRow();
    next += 1;
    return next - 1;
  }

  function forget(): void {
    known.clear();
    knownCount = 0;
  }

  /** For this key, with room for one more. */
  function roomFor(key: string): Map<AnnotationValue, number> {
    if (knownCount >= KNOWN_ANNOTATIONS_MAX) forget();
    let ofKey = known.get(key);
    if (ofKey === undefined) {
      ofKey = new Map();
      known.set(key, ofKey);
    } else if (ofKey.size >= KNOWN_VALUES_MAX) {
      // A key whose values do not come again must not drive out the others.
      knownCount -= ofKey.size;
      ofKey.clear();
    }
    knownCount += 1;
    return ofKey;
  }

  return {
    table,
    numberOf(key, value) {
      const found = known.get(key)?.get(value);
      if (found !== undefined) return found;
      const number = add(key, value);
      const chars = key.length + (typeof value === 'string' ? value.length : 0);
      if (chars <= KNOWN_ANNOTATION_CHARS_MAX) roomFor(key).set(value, number);
      return number;
    },
    forget,
    restart() {
      forget();
      next = 0;
    },
  };
}

function createServiceListsTable(
  connection: DuckDBConnection,
): Numbers & { numberOf(services: readonly number[]): number } {
  const setNos = int32Column();
  const places = int32Column();
  const services = listColumn(places);
  const table = createTableWriter(connection, 'annotation_services', [setNos, services]);
  const known = new Map<string, number>();
  let next = 0;

  return {
    table,
    numberOf(list) {
      const text = list.join(',');
      const found = known.get(text);
      if (found !== undefined) return found;
      if (known.size >= KNOWN_SERVICE_LISTS_MAX) known.clear();
      known.set(text, next);
      setNos.push(next);
      for (const place of list) places.push(place);
      services.pushCount(list.length);
      table.endRow();
      next += 1;
      return next - 1;
    },
    forget: () => known.clear(),
    restart() {
      known.clear();
      next = 0;
    },
  };
}
