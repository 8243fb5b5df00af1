import type { AnnotationValue } from '@fluoroscope/model';
import type { TraceAnnotation } from '@fluoroscope/store';

/** The order in which the contract gives a row's annotations: by key; of one key flags, numbers, texts, each ascending. */
export function compareAnnotations(a: TraceAnnotation, b: TraceAnnotation): number {
  return compare(a.key, b.key) || kindOf(a.value) - kindOf(b.value) || compare(a.value, b.value);
}

function kindOf(value: AnnotationValue): number {
  return ['boolean', 'number', 'string'].indexOf(typeof value);
}

function compare(a: AnnotationValue, b: AnnotationValue): number {
  return a < b ? -1 : Number(a > b);
}
