import type { AnnotationValue } from '@fluoroscope/model';
import type { TraceAnnotation } from './trace-store.ts';

/** The order in which a store that sorts gives a row's annotations: by key; of one key flags, numbers, texts, each ascending. */
export function compareAnnotations(a: TraceAnnotation, b: TraceAnnotation): number {
  return compare(a.key, b.key) || rankOf(a.value) - rankOf(b.value) || compare(a.value, b.value);
}

function rankOf(value: AnnotationValue): number {
  if (typeof value === 'string') return 2;
  return typeof value === 'number' ? 1 : 0;
}

function compare(a: AnnotationValue, b: AnnotationValue): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
