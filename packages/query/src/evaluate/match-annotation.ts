import type { AnnotationValue } from '@fluoroscope/model';
import type { AnnotationNode } from '../filter/ast.ts';
import { checked } from '../filter/row-condition.ts';
import { readAnnotationTest } from '../filter/typed-test.ts';
import type { Annotations } from '../indexer/entity.ts';
import { matchesNumber, matchesText } from './match-value.ts';
import type { Work } from './work.ts';

export type AnnotationsMatch = (annotations: readonly Annotations[], work: Work) => boolean;

/** Any value of the key counts; one of another type than the operand never does (ADR-006). */
export function compileAnnotation({ key, test: written }: AnnotationNode): AnnotationsMatch {
  const test = checked(readAnnotationTest(written));
  switch (test?.type) {
    case undefined:
      return (annotations, work) => isSet(valuesOf(key, annotations, work));
    case 'number':
      return anyValue(key, (value) => typeof value === 'number' && matchesNumber(value, test.is, test.value));
    case 'text':
      return anyValue(key, (value) => typeof value === 'string' && matchesText(value, test.is, test.value));
    case 'boolean':
      return anyValue(key, (value) => typeof value === 'boolean' && (value === test.value) === (test.is === '='));
    default:
      return test satisfies never;
  }
}

/** True, or other values and no `false` among them. */
function isSet(values: readonly AnnotationValue[]): boolean {
  return values.includes(true) || (values.length > 0 && !values.includes(false));
}

function anyValue(key: string, matches: (value: AnnotationValue) => boolean): AnnotationsMatch {
  return (annotations, work) => valuesOf(key, annotations, work).some(matches);
}

/** Keys are users' words: `__proto__` is a key like any other. */
function valuesOf(key: string, annotations: readonly Annotations[], work: Work): readonly AnnotationValue[] {
  work.spend(annotations.length);
  const values: AnnotationValue[] = [];
  for (const one of annotations) {
    const value = Object.hasOwn(one, key) ? one[key] : undefined;
    if (value !== undefined) values.push(value);
  }
  return values;
}
